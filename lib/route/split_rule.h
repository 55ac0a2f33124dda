/* split_rule.h - when a master asks whether another machine answers for the VRRP address, and when
 * that is a split. Pure.
 *
 * At a failover both routers may answer for a moment. So one answer is none: the same has to be
 * found twice in a row. */
#ifndef FO_SPLIT_RULE_H
#define FO_SPLIT_RULE_H

#include <stdbool.h>
#include <stdint.h>

/* How long an answer is waited for, which is also how soon it is asked again: PROBE_MIN of RFC
 * 5227, section 1.1. */
#define SPLIT_ANSWER_US 1000000

#define SPLIT_EVERY_US 10000000

/* So many findings in a row make a split, or its end. */
#define SPLIT_FINDINGS 2

#define SPLIT_NEVER INT64_MAX

struct split_rule {
	bool asking;	  /* until due_us */
	bool split;	  /* another machine answers, too */
	int contrary;	  /* findings in a row that say otherwise */
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

/* Something was heard without a question: it is asked as soon as it may be. */
void split_rule_hear(struct split_rule *rule);

#endif
