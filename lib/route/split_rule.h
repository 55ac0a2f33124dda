/* split_rule.h - when a master asks whether another machine answers for the VRRP address, when that
 * is a split, and when hosts have to be told again who has it. Pure.
 *
 * At a failover both routers may answer for a moment. So one answer is none: the same has to be
 * found twice in a row. Whoever has claimed the address has drawn hosts to itself, and when it
 * gives it up they go on sending there until their memory of it ends, half a minute or more.
 * keepalived says nothing: it has been master all the time. */
#ifndef FO_SPLIT_RULE_H
#define FO_SPLIT_RULE_H

#include <stdbool.h>
#include <stdint.h>

/* How long an answer is waited for, which is also how soon it is asked again: PROBE_MIN of RFC
 * 5227, section 1.1. */
#define SPLIT_ANSWER_US 1000000

#define SPLIT_EVERY_US 10000000

/* So many answers in a row make a split, and so many silences are none by a packet that was lost.
 * Silence for SPLIT_EVERY_US is the end of a split: who answers now and then is one split, and not
 * a line of log each. */
#define SPLIT_FINDINGS 2

/* ANNOUNCE_NUM of RFC 5227, section 1.1. The next series begins SPLIT_EVERY_US later at the
 * soonest, which is DEFEND_INTERVAL there: two machines that both defend an address must not do so
 * without end. */
#define SPLIT_ANNOUNCEMENTS 2

#define SPLIT_NEVER INT64_MAX

struct split_rule {
	bool asking; /* until due_us */
	bool split;  /* another machine answers, too */
	int answers; /* in a row, up to SPLIT_FINDINGS; so are the silences */
	int silences;
	int64_t silent_us; /* when it was asked first without an answer, since the last one */
	int announcements; /* still to be made, once nobody else answers */
	bool told;	   /* a series has begun at told_us */
	int64_t told_us;
	int64_t due_us;	  /* when to ask next; SPLIT_NEVER: this router is not master */
	int64_t asked_us; /* when it was asked last */
};

enum split_finding { SPLIT_ANSWERED, SPLIT_SILENT, SPLIT_UNKNOWN };
enum split_event { SPLIT_NONE, SPLIT_BEGINS, SPLIT_ENDS };

/* This router is not master, or not any more. Returns SPLIT_ENDS where there was a split. */
enum split_event split_rule_rest(struct split_rule *rule);

/* This router is master: asks at once, when it was not before. */
void split_rule_watch(struct split_rule *rule, int64_t now_us);

/* The question is sent. */
void split_rule_ask(struct split_rule *rule, int64_t now_us);

/* What came of it: an answer, at once; silence, when the time is over; or that it could not be
 * told, which changes nothing. */
enum split_event split_rule_take(struct split_rule *rule, enum split_finding finding);

/* Something was heard without a question: it is asked as soon as it may be. `claimed`: another
 * machine has claimed the address. */
void split_rule_hear(struct split_rule *rule, bool claimed);

/* Whether this router listens for claims while it does not ask: not while it knows that another
 * machine answers. */
bool split_rule_listens(const struct split_rule *rule);

/* After SPLIT_SILENT: whether hosts are to be told now that this router has the address. */
bool split_rule_may_announce(const struct split_rule *rule);

/* They were told. */
void split_rule_announced(struct split_rule *rule);

/* This router goes on with a split that an earlier program knew of. */
void split_rule_take_over(struct split_rule *rule, int64_t now_us);

#endif
