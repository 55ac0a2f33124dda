/* line.h - rounds of echoes over a line, and what each shows. Job. */
#ifndef FO_LINE_H
#define FO_LINE_H

#include <stddef.h>
#include <stdint.h>

#include "addr.h"
#include "compiler.h"
#include "flight.h"
#include "hedge.h"
#include "line_rule.h"
#include "probe.h"
#include "quality.h"
#include "rtt.h"
#include "verdict.h"

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
	int64_t rtt_us;	      /* when LINE_ANSWERED, and */
	bool late;	      /* whether that is more than the rule's `late_ms` */
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
	int64_t silent_us;   /* the silence has lasted since then; may be set after line_begin */
	int64_t due_us;	     /* so long after the start an answer is due */
	int64_t last_rtt_us; /* of the last answer; 0: not known */
	int64_t retry_us;    /* the next try where a queue was full, */
	uint32_t jammed;     /* for these targets, a bit mask */
	bool was_jammed;     /* in this round */
	unsigned volleys;    /* due in this round so far */
	unsigned tries;	     /* echoes to those that were asked most often */
	unsigned asked;	     /* targets, so far */
	unsigned sent;	     /* echoes in this round */
	size_t first;	     /* the target asked first */
	uint32_t number;     /* of the round */
	struct flight flight;
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

/* The quality of the line, by what its targets see of it (quality_of_line), with the echoes that
 * are late. */
struct quality_sum line_quality(struct line *line);

/* Begins a round: asks the first targets, another one first each time. */
void line_begin(struct line *line);

/* Goes on with the round: takes what came in, asks who is due. Never waits. Returns its verdict,
 * VERDICT_PENDING until it is certain; `round` then has the details. An answer counts for the round
 * in which it comes, whichever the echo was of. Between rounds it may be called to take in what
 * comes late. No interface, or one that is down or without an address, is a dead line, not an
 * error. Where a queue of this machine is full, it is tried again. */
enum verdict line_step(struct line *line);

/* Leaves out `gap_us` in which nobody could look: no silence, and no part of a round trip. */
void line_skip(struct line *line, int64_t gap_us);

/* When line_step has to be called if nothing comes in before (clock_mono_us). */
int64_t line_wake_us(const struct line *line);

/* Why the last round is no evidence about the line: -errno of this machine's own trouble in
 * sending, or 0. */
int line_trouble(const struct line *line);

/* A whole round, waiting. Returns as line_trouble does. */
int line_judge(struct line *line) FO_MUST_CHECK;

#endif
