/* line.h - rounds of echoes over a line, and what each shows. Job. */
#ifndef FO_LINE_H
#define FO_LINE_H

#include <net/if.h>
#include <stddef.h>
#include <stdint.h>

#include "addr.h"
#include "compiler.h"
#include "hedge.h"
#include "probe.h"
#include "quality.h"
#include "rtt.h"
#include "verdict.h"

#define LINE_TARGETS_MAX QUALITY_HOSTS_MAX

/* What to ask, and how long to wait. */
struct line_rule {
	char iface[IFNAMSIZ];
	struct addr targets[LINE_TARGETS_MAX];
	size_t count;	    /* of targets, 1..LINE_TARGETS_MAX */
	unsigned need;	    /* how many must answer, 1..count */
	int64_t timeout_ms; /* a round ends strictly before this */
	unsigned tries;	    /* echoes to one target in a round at most, 1..HEDGE_TRIES_MAX; or */
	bool even;	    /* at even intervals (hedge_plan_evenly), 1..LINE_ECHOES / count */
};

enum line_answer {
	LINE_UNASKED, /* was not needed */
	LINE_SILENT,  /* asked, no answer (yet) */
	LINE_ANSWERED,
	LINE_UNREACHABLE, /* an ICMP error came back */
	LINE_UNSENT	  /* the echo has not left this machine */
};

/* What became of one target in a round. */
struct line_target {
	struct addr addr;
	enum line_answer answer;
	int64_t rtt_us;	      /* when LINE_ANSWERED */
	struct addr reporter; /* when LINE_UNREACHABLE: who reports it */
	uint8_t type, code;   /* when LINE_UNREACHABLE: icmp_error_text */
	int error;	      /* when LINE_UNSENT: -errno */
};

struct line_round {
	enum verdict verdict;
	unsigned answered;
	int64_t took_us;
	struct line_target targets[LINE_TARGETS_MAX]; /* in the order of the rule */
	size_t count;
};

/* Echoes whose fate is open at the same time; of more, the oldest are forgotten. */
#define LINE_ECHOES 256

/* A line under judgement. What is not commented is line.c's own. */
struct line {
	struct line_rule rule;
	struct line_round round;		    /* the one in progress, or the last one */
	struct rtt rtts[LINE_TARGETS_MAX];	    /* known from earlier rounds; may be preset */
	struct quality qualities[LINE_TARGETS_MAX]; /* kept after line_watch_quality */
	struct probe probe;			    /* its descriptors may be polled */
	struct hedge_round state;
	struct hedge_times times;
	int64_t start_us;
	unsigned volleys; /* due in this round so far */
	unsigned tries;	  /* echoes to those that were asked most often */
	unsigned asked;	  /* targets, so far */
	size_t first;	  /* the target asked first */
	uint32_t number;  /* of the round */
	uint16_t next_seq, oldest_seq;
	/* By sequence number: what was sent. Nothing of this is ever read from a packet. */
	struct line_echo {
		int64_t sent_us;
		uint32_t round;
		uint8_t target;
		bool open; /* neither answered nor lost */
	} echoes[LINE_ECHOES];
};

/* Prepares to judge a line. Opens nothing yet. */
void line_init(struct line *line, const struct line_rule *rule);

/* Closes the sockets; what they would still have received counts neither as an answer nor as a
 * loss. The next round opens new ones. */
void line_close(struct line *line);

/* Keeps the quality of each target over the last `window_us`, from now on. */
void line_watch_quality(struct line *line, int64_t window_us);

/* Goes by another rule from now on. Where the interface is the same, what is known of targets that
 * stay is kept: the round trips, and with `keep_quality` the quality. All else is new, with the
 * quality over the last `window_us`, from now on. */
void line_renew(struct line *line, const struct line_rule *rule, int64_t window_us,
		bool keep_quality);

/* The quality of the line, by what its targets see of it (quality_of_line). */
struct quality_sum line_quality(struct line *line);

/* Begins a round: asks the first targets, another one first each time. */
void line_begin(struct line *line);

/* Goes on with the round: takes what came in, asks who is due. Never waits. Returns its verdict,
 * VERDICT_PENDING until it is certain; `round` then has the details. Between rounds it may be
 * called to take in what comes late. No interface, or one that is down, is a dead line, not an
 * error. */
enum verdict line_step(struct line *line);

/* When line_step has to be called if nothing comes in before (clock_mono_us). */
int64_t line_wake_us(const struct line *line);

/* Why the last round is no evidence about the line: -errno of this machine's own trouble in
 * sending, or 0. */
int line_trouble(const struct line *line);

/* Logs such trouble, with what to do about it. */
void line_log_trouble(const struct line *line, int error);

/* A whole round, waiting. Returns as line_trouble does. */
int line_judge(struct line *line) FO_MUST_CHECK;

/* What became of a target, such as "silent" or "destination net unreachable, says 192.0.2.1".
 * Returns `buf`. */
const char *line_describe(const struct line_target *target, char *buf, size_t size);

#define LINE_ROUND_TEXT_MAX 512

/* The same of all targets that were asked: `; 1.1.1.1: silent; 8.8.8.8: silent`. Returns `buf`. */
const char *line_describe_round(const struct line_round *round,
				char buf[static LINE_ROUND_TEXT_MAX]);

/* Logs loss and mean round trip of each target (line_watch_quality). */
void line_log_quality(struct line *line);

#endif
