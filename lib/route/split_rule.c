#include "split_rule.h"

enum split_event split_rule_rest(struct split_rule *rule)
{
	bool was_split = rule->split;

	*rule = (struct split_rule){ .due_us = SPLIT_NEVER };
	return was_split ? SPLIT_ENDS : SPLIT_NONE;
}

void split_rule_watch(struct split_rule *rule, int64_t now_us)
{
	if (rule->due_us == SPLIT_NEVER)
		rule->due_us = now_us;
}

void split_rule_ask(struct split_rule *rule, int64_t now_us)
{
	rule->asking = true;
	rule->asked_us = now_us;
	rule->due_us = now_us + SPLIT_ANSWER_US;
}

/* While it answers, it is asked often: hosts wait for the end of it. */
static enum split_event take_answer(struct split_rule *rule)
{
	rule->silences = 0;
	rule->announcements = SPLIT_ANNOUNCEMENTS;
	rule->due_us = rule->asked_us + SPLIT_ANSWER_US;
	rule->answers += rule->answers < SPLIT_FINDINGS;
	if (rule->split || rule->answers < SPLIT_FINDINGS)
		return SPLIT_NONE;
	rule->split = true;
	return SPLIT_BEGINS;
}

/* When the next announcement may be made, at the soonest. */
static int64_t tell_us(const struct split_rule *rule)
{
	bool begins = rule->announcements == SPLIT_ANNOUNCEMENTS;

	return begins && rule->told ? rule->told_us + SPLIT_EVERY_US : INT64_MIN;
}

static enum split_event take_silence(struct split_rule *rule)
{
	int64_t soonest_us = rule->asked_us + SPLIT_ANSWER_US;

	rule->answers = 0;
	if (rule->silences == 0)
		rule->silent_us = rule->asked_us;
	rule->silences += rule->silences < SPLIT_FINDINGS;
	if (rule->announcements > 0)
		rule->due_us = soonest_us > tell_us(rule) ? soonest_us : tell_us(rule);
	if (!rule->split || rule->asked_us - rule->silent_us < SPLIT_EVERY_US)
		return SPLIT_NONE;
	rule->split = false;
	return SPLIT_ENDS;
}

enum split_event split_rule_take(struct split_rule *rule, enum split_finding finding)
{
	rule->asking = false;
	rule->due_us = rule->asked_us + SPLIT_EVERY_US;
	switch (finding) {
	case SPLIT_ANSWERED:
		return take_answer(rule);
	case SPLIT_SILENT:
		return take_silence(rule);
	case SPLIT_UNKNOWN:
		break;
	}
	return SPLIT_NONE;
}

void split_rule_hear(struct split_rule *rule, bool claimed)
{
	int64_t soonest_us = rule->asked_us + SPLIT_ANSWER_US;

	if (claimed)
		rule->announcements = SPLIT_ANNOUNCEMENTS;
	if (!rule->asking && rule->due_us != SPLIT_NEVER && soonest_us < rule->due_us)
		rule->due_us = soonest_us;
}

bool split_rule_listens(const struct split_rule *rule)
{
	return !rule->split || rule->silences > 0;
}

bool split_rule_may_announce(const struct split_rule *rule)
{
	return rule->announcements > 0 && rule->silences == SPLIT_FINDINGS &&
	       rule->asked_us >= tell_us(rule);
}

void split_rule_announced(struct split_rule *rule)
{
	if (rule->announcements == SPLIT_ANNOUNCEMENTS) {
		rule->told = true;
		rule->told_us = rule->asked_us;
	}
	rule->announcements--;
	if (rule->announcements == 0)
		rule->due_us = rule->asked_us + SPLIT_EVERY_US;
}

void split_rule_take_over(struct split_rule *rule, int64_t now_us)
{
	rule->split = true;
	rule->announcements = SPLIT_ANNOUNCEMENTS;
	rule->due_us = now_us;
}
