/* passage.h - whether a metered line carries traffic, by what passes over it. Pure.
 *
 * A router that is not master goes by fo-keepalive's last run. While it is master, whatever comes
 * in shows that the line lives, however late; only while nothing does, an echo a second is due.
 * Silence is evidence where an answer was due: the target is known to answer, or the LAN goes on
 * sending. */
#ifndef FO_PASSAGE_H
#define FO_PASSAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "verdict.h"

/* Nothing has come in for so long although an echo was due each second: dead. A full queue in front
 * of 32 kbit/s delays an answer by 5 s; half of the echoes may then be lost as well. */
#define PASSAGE_SILENT_MS 10000

/* The same for a target that need not answer, of which nothing was ever heard, while the LAN has
 * sent something in at least so many seconds of it. */
#define PASSAGE_VAIN_MS	  30000
#define PASSAGE_VAIN_SENT 10

/* Such a verdict cannot be taken back by an answer: it is no longer believed after this. */
#define PASSAGE_FORGET_MS 600000

/* More echoes to such a target are no use. */
#define PASSAGE_VAIN_ECHOES 10

/* From echo to echo while something ought to come in; while the line counts as dead and this router
 * is not master it doubles up to the second. */
#define PASSAGE_ASK_MS	   1000
#define PASSAGE_ASK_MAX_MS 1200000

/* A line that went silent under the LAN is worth a run of fo-keepalive, which redials it. */
#define PASSAGE_RUN_MS 20000

struct passage_rule {
	bool require_reply;  /* the target is known to answer */
	int64_t runs_wanted; /* of fo-keepalive, until it redials */
};

/* What is seen of the line. */
struct passage_facts {
	int64_t now_ms;
	bool up;	/* the interface is there, and up */
	bool address;	/* it has one of the target's family */
	int64_t index;	/* of the interface */
	int64_t rx, tx; /* packets */
	bool answered;	/* the target has, since the last look */
	bool master;
	bool silent_run; /* fo-keepalive's last run got no answer, and nothing has come in since */
};

/* All zero at the start. */
struct passage {
	enum verdict verdict;
	enum verdict_reason reason;  /* while down */
	bool silent;		     /* the line counts as dead, link or not */
	bool under_lan;		     /* it went so while this router was master */
	bool usable, master;	     /* at the last look: up, with an address; master */
	bool answers;		     /* the target has answered on this interface */
	int64_t index, rx, tx;	     /* at the last look */
	int64_t own;		     /* echoes sent since */
	int64_t heard_ms;	     /* when something last came in, or began to be looked for */
	int64_t silent_ms;	     /* since when the line counts as dead */
	int64_t asking_ms, asked_ms; /* the first and the last echo since then; 0: none */
	int64_t asked;		     /* echoes since then */
	int64_t sent, sent_ms;	     /* seconds since then with packets of the LAN; the last one */
	int64_t pause_ms;	     /* to the next echo, while not master */
	int64_t runs, run_ms;	     /* of fo-keepalive that were wanted; the last one */
};

/* Takes what is seen into account. Returns whether an echo is due. */
bool passage_look(struct passage *passage, const struct passage_rule *rule,
		  const struct passage_facts *facts);

/* An echo was due: whether it has left, or was stuck in the queue of a modem that takes nothing. */
void passage_note_echo(struct passage *passage, int64_t now_ms, bool left);

/* Whether a run of fo-keepalive is due now; it is then taken for started. */
bool passage_wants_run(struct passage *passage, const struct passage_rule *rule, int64_t now_ms);

#endif
