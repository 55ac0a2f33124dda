#include "split_rule.h"

#include "support.h"

#define MS     INT64_C(1000)
#define SECOND INT64_C(1000000)

static struct split_rule master_at(int64_t now_us)
{
	struct split_rule rule = { .due_us = SPLIT_NEVER };

	split_rule_watch(&rule, now_us);
	return rule;
}

/* Asks when it is due. Returns the time of the finding. */
static int64_t find(struct split_rule *rule, enum split_finding finding, enum split_event *event)
{
	int64_t now_us = rule->due_us;

	assert_false(rule->asking);
	split_rule_ask(rule, now_us);
	assert_true(rule->asking);
	now_us = finding == SPLIT_ANSWERED ? now_us + MS : rule->due_us;
	*event = split_rule_take(rule, finding);
	return now_us;
}

static void a_new_master_asks_at_once_and_then_every_ten_seconds(void **state)
{
	struct split_rule rule = master_at(100 * SECOND);
	enum split_event event = SPLIT_BEGINS;

	(void)state;
	for (int i = 0; i < 5; i++) {
		assert_int_equal(rule.due_us, (100 + i * 10) * SECOND);
		assert_int_equal(find(&rule, SPLIT_SILENT, &event), (101 + i * 10) * SECOND);
		assert_int_equal(event, SPLIT_NONE);
	}
	/* It stays as it is when it hears that it is master again. */
	split_rule_watch(&rule, 145 * SECOND);
	assert_int_equal(rule.due_us, 150 * SECOND);
}

static void one_answer_is_no_split_and_two_in_a_row_are(void **state)
{
	struct split_rule rule = master_at(0);
	enum split_event event;

	(void)state;
	find(&rule, SPLIT_ANSWERED, &event);
	assert_int_equal(event, SPLIT_NONE);
	assert_int_equal(rule.due_us, SECOND);
	find(&rule, SPLIT_SILENT, &event);
	assert_int_equal(rule.due_us, 2 * SECOND);
	find(&rule, SPLIT_ANSWERED, &event);
	assert_int_equal(event, SPLIT_NONE);
	assert_int_equal(find(&rule, SPLIT_ANSWERED, &event), 3 * SECOND + MS);
	assert_int_equal(event, SPLIT_BEGINS);
	assert_true(rule.split);
	find(&rule, SPLIT_ANSWERED, &event);
	assert_int_equal(event, SPLIT_NONE);
}

static void one_silence_does_not_end_it_and_ten_seconds_of_it_do(void **state)
{
	struct split_rule rule = master_at(0);
	enum split_event event;

	(void)state;
	rule.split = true;
	find(&rule, SPLIT_SILENT, &event);
	find(&rule, SPLIT_ANSWERED, &event);
	rule.announcements = 0;
	find(&rule, SPLIT_SILENT, &event);
	assert_int_equal(event, SPLIT_NONE);
	find(&rule, SPLIT_SILENT, &event);
	assert_int_equal(event, SPLIT_ENDS);
	assert_false(rule.split);
}

/* Finds silence. Returns whether hosts are to be told, as they then are. */
static bool is_told(struct split_rule *rule)
{
	enum split_event event;
	bool may;

	find(rule, SPLIT_SILENT, &event);
	may = split_rule_may_announce(rule);
	if (may)
		split_rule_announced(rule);
	return may;
}

static void hosts_are_told_twice_when_another_machine_answers_no_more(void **state)
{
	struct split_rule rule = master_at(0);
	enum split_event event;

	(void)state;
	assert_false(is_told(&rule));
	for (int i = 0; i < 5; i++)
		find(&rule, SPLIT_ANSWERED, &event);
	/* It is asked every second, so that the end is seen soon. */
	assert_int_equal(rule.due_us, 15 * SECOND);
	assert_false(split_rule_listens(&rule));
	find(&rule, SPLIT_UNKNOWN, &event);
	assert_false(is_told(&rule));
	assert_int_equal(rule.due_us, rule.asked_us + SECOND);
	assert_true(split_rule_listens(&rule));
	assert_true(is_told(&rule));
	assert_int_equal(rule.due_us, rule.asked_us + SECOND);
	assert_true(is_told(&rule));
	assert_int_equal(rule.due_us, rule.asked_us + 10 * SECOND);
	assert_true(rule.split);
	find(&rule, SPLIT_SILENT, &event);
	assert_int_equal(event, SPLIT_ENDS);
	assert_false(split_rule_may_announce(&rule));
}

static void a_lost_answer_moves_no_host(void **state)
{
	struct split_rule rule = master_at(0);
	enum split_event event;

	(void)state;
	for (int i = 0; i < 20; i++) {
		find(&rule, SPLIT_ANSWERED, &event);
		assert_false(is_told(&rule));
	}
}

/* It may have begun and ended between two questions. */
static void hosts_are_told_when_another_machine_has_claimed_it_unasked(void **state)
{
	struct split_rule rule = master_at(0);

	(void)state;
	assert_false(is_told(&rule));
	split_rule_hear(&rule, true);
	assert_int_equal(rule.due_us, SECOND);
	split_rule_hear(&rule, false);
	assert_true(is_told(&rule)); /* nobody had answered before that, either */
	assert_true(is_told(&rule));
	assert_false(is_told(&rule));
	/* A new master is told of by keepalived. */
	split_rule_hear(&rule, true);
	(void)split_rule_rest(&rule);
	split_rule_watch(&rule, 100 * SECOND);
	assert_false(is_told(&rule));
	assert_false(is_told(&rule));
}

static void who_claims_it_without_end_is_answered_twice_in_ten_seconds(void **state)
{
	struct split_rule rule = master_at(0);
	int told = 0;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		split_rule_hear(&rule, true);
		told += is_told(&rule);
	}
	assert_in_range(told, 2, 2 + 2 * rule.asked_us / (10 * SECOND));
	/* What was postponed is done when it may be. */
	for (int i = 0; i < 4; i++)
		told += is_told(&rule);
	assert_int_equal(rule.announcements, 0);
}

static void a_split_that_was_known_before_goes_on(void **state)
{
	struct split_rule rule = master_at(0);
	enum split_event event;

	(void)state;
	split_rule_take_over(&rule, 5 * SECOND);
	assert_int_equal(rule.due_us, 5 * SECOND);
	find(&rule, SPLIT_ANSWERED, &event);
	assert_int_equal(event, SPLIT_NONE);
	split_rule_take_over(&rule, 7 * SECOND);
	assert_false(is_told(&rule));
	assert_true(is_told(&rule));
}

/* Who answers now and then must not fill a log. */
static void begin_and_end_are_ten_seconds_apart_at_least(void **state)
{
	struct split_rule rule = master_at(0);
	int64_t last_us = -10 * SECOND;

	(void)state;
	for (int i = 0; i < 10000; i++) {
		enum split_event event;
		int64_t now_us = find(&rule, random_below(3), &event);

		if (event == SPLIT_ENDS)
			CHECK(now_us - last_us >= 10 * SECOND, "after %lld us",
			      (long long)(now_us - last_us));
		if (event != SPLIT_NONE)
			last_us = now_us;
	}
}

static void what_could_not_be_told_changes_nothing(void **state)
{
	struct split_rule rule = master_at(0);
	enum split_event event;

	(void)state;
	find(&rule, SPLIT_ANSWERED, &event);
	find(&rule, SPLIT_UNKNOWN, &event);
	assert_int_equal(event, SPLIT_NONE);
	find(&rule, SPLIT_ANSWERED, &event);
	assert_int_equal(event, SPLIT_BEGINS);
	for (int i = 0; i < 10; i++) {
		find(&rule, SPLIT_UNKNOWN, &event);
		assert_int_equal(event, SPLIT_NONE);
	}
	assert_true(rule.split);
}

static void what_is_heard_is_asked_after_but_not_without_end(void **state)
{
	struct split_rule rule = master_at(0);
	enum split_event event;

	(void)state;
	find(&rule, SPLIT_SILENT, &event);
	assert_int_equal(rule.due_us, 10 * SECOND);
	for (int i = 0; i < 100; i++)
		split_rule_hear(&rule, false);
	assert_int_equal(rule.due_us, SECOND); /* it was asked at 0 */
	split_rule_ask(&rule, 3 * SECOND);
	split_rule_hear(&rule, false);
	assert_int_equal(rule.due_us, 4 * SECOND); /* the end of the question */
}

static void who_is_not_master_does_not_ask(void **state)
{
	struct split_rule rule = master_at(0);

	(void)state;
	assert_int_equal(split_rule_rest(&rule), SPLIT_NONE);
	split_rule_hear(&rule, false);
	assert_false(rule.asking);
	split_rule_watch(&rule, 7 * SECOND);
	assert_int_equal(rule.due_us, 7 * SECOND);
	rule.split = true;
	assert_int_equal(split_rule_rest(&rule), SPLIT_ENDS);
	assert_int_equal(rule.due_us, SPLIT_NEVER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_master_asks_at_once_and_then_every_ten_seconds),
		cmocka_unit_test(one_answer_is_no_split_and_two_in_a_row_are),
		cmocka_unit_test(one_silence_does_not_end_it_and_ten_seconds_of_it_do),
		cmocka_unit_test(hosts_are_told_twice_when_another_machine_answers_no_more),
		cmocka_unit_test(a_lost_answer_moves_no_host),
		cmocka_unit_test(hosts_are_told_when_another_machine_has_claimed_it_unasked),
		cmocka_unit_test(who_claims_it_without_end_is_answered_twice_in_ten_seconds),
		cmocka_unit_test(a_split_that_was_known_before_goes_on),
		cmocka_unit_test(begin_and_end_are_ten_seconds_apart_at_least),
		cmocka_unit_test(what_could_not_be_told_changes_nothing),
		cmocka_unit_test(what_is_heard_is_asked_after_but_not_without_end),
		cmocka_unit_test(who_is_not_master_does_not_ask),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
