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

enum split_event split_rule_take(struct split_rule *rule, enum split_finding finding)
{
	bool answered = finding == SPLIT_ANSWERED;

	rule->asking = false;
	rule->due_us = rule->asked_us + SPLIT_EVERY_US;
	if (finding == SPLIT_UNKNOWN)
		return SPLIT_NONE;
	if (answered == rule->split) {
		rule->contrary = 0;
		return SPLIT_NONE;
	}
	rule->contrary++;
	if (rule->contrary == SPLIT_FINDINGS) {
		rule->split = answered;
		rule->contrary = 0;
		return answered ? SPLIT_BEGINS : SPLIT_ENDS;
	}
	/* An end may wait: who answers now and then is one split, and not a line of log each. */
	if (answered)
		rule->due_us = rule->asked_us + SPLIT_ANSWER_US;
	return SPLIT_NONE;
}

void split_rule_hear(struct split_rule *rule)
{
	int64_t soonest_us = rule->asked_us + SPLIT_ANSWER_US;

	if (!rule->asking && rule->due_us != SPLIT_NEVER && soonest_us < rule->due_us)
		rule->due_us = soonest_us;
}
