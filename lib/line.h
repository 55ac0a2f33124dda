/* line.h - one round of echoes over a line, and what it says of the line. Dialogue. */
#ifndef FO_LINE_H
#define FO_LINE_H

#include <net/if.h>
#include <stddef.h>
#include <stdint.h>

#include "addr.h"
#include "compiler.h"
#include "verdict.h"

#define LINE_TARGETS_MAX 16

/* What to ask, and how long to wait. */
struct line_rule {
	char iface[IFNAMSIZ];
	struct addr targets[LINE_TARGETS_MAX];
	size_t count;	    /* of targets, 1..LINE_TARGETS_MAX */
	unsigned need;	    /* how many must answer, 1..count */
	int64_t timeout_ms; /* the whole round */
};

enum line_answer {
	LINE_UNASKED, /* was not needed */
	LINE_SILENT,  /* asked, no answer (yet) */
	LINE_ANSWERED,
	LINE_UNREACHABLE, /* an ICMP error came back */
	LINE_UNSENT	  /* the echo has not left this machine */
};

/* What became of one target. */
struct line_target {
	struct addr addr;
	enum line_answer answer;
	int64_t sent_us;      /* clock_mono_us; never read from a packet */
	int64_t rtt_us;	      /* when LINE_ANSWERED */
	struct addr reporter; /* when LINE_UNREACHABLE: who says so */
	uint8_t type, code;   /* when LINE_UNREACHABLE: icmp_error_text */
	int error;	      /* when LINE_UNSENT: -errno */
};

struct line_round {
	enum verdict verdict; /* VERDICT_UP or VERDICT_DOWN */
	unsigned answered;
	int64_t took_us;
	struct line_target targets[LINE_TARGETS_MAX];
	size_t count;
};

/* Asks the targets, by ICMP echo out of the interface, until the verdict is certain or the time
 * is over: as many as needed at once, the others when those are late. No interface, or one that
 * is down, is a dead line, not an error. Returns 0 and `*out`; -errno, logged with what to do,
 * when the line could not be judged for a reason of this machine. */
int line_judge(const struct line_rule *rule, struct line_round *out) FO_MUST_CHECK;

/* What became of a target, such as "silent" or "destination net unreachable, says 192.0.2.1".
 * Returns `buf`. */
const char *line_describe(const struct line_target *target, char *buf, size_t size);

#endif
