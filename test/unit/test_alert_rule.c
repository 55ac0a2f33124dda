#include "alert_rule.h"

#include "support.h"

/* Ten hours after the boot. */
#define NOW_MS	(10 * ALERT_HOUR_MS)
#define LONG_MS (INT64_MIN / 4)

/* Of one event, so long ago. */
static struct alert_times times_of(int64_t ago_ms)
{
	return (struct alert_times){ .waiting = 1,
				     .oldest_ms = NOW_MS - ago_ms,
				     .newest_ms = NOW_MS - ago_ms,
				     .change_ms = LONG_MS,
				     .class_failed_ms = LONG_MS };
}

static void it_waits_until_it_has_settled(void **state)
{
	static const struct {
		int64_t oldest_ago_ms, newest_ago_ms, state_ago_ms;
		enum alert_wait why;
		int64_t wait_ms;
	} cases[] = {
		{ 0, 0, ALERT_HOUR_MS, ALERT_UNSETTLED, 30000 },
		{ 29999, 29999, ALERT_HOUR_MS, ALERT_UNSETTLED, 1 },
		{ 30000, 30000, ALERT_HOUR_MS, ALERT_NOW, 0 },
		{ 100000, 1000, ALERT_HOUR_MS, ALERT_UNSETTLED, 29000 },
		{ 299000, 1000, ALERT_HOUR_MS, ALERT_UNSETTLED, 1000 },
		{ 300000, 1000, ALERT_HOUR_MS, ALERT_NOW, 0 },
		{ 400000, 400000, 10000, ALERT_UNSETTLED, 20000 },
		{ INT64_MAX / 8, INT64_MAX / 8, ALERT_HOUR_MS, ALERT_NOW, 0 },
	};
	const struct alert_facts facts = { .is_metered = false };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct alert_times times = times_of(0);
		struct alert_memory memory = { .cursor = 1 };
		struct alert_due due;

		times.oldest_ms = NOW_MS - cases[i].oldest_ago_ms;
		times.newest_ms = NOW_MS - cases[i].newest_ago_ms;
		times.state_ms = NOW_MS - cases[i].state_ago_ms;
		due = alert_rule_due(&facts, &times, &memory, NOW_MS);
		CHECK(due.why == cases[i].why && due.wait_ms == cases[i].wait_ms,
		      "case %zu: %s, %lld", i, alert_rule_text(due.why), (long long)due.wait_ms);
		assert_false(due.small);
	}
}

static void nothing_waits_without_events(void **state)
{
	const struct alert_facts facts = { .is_metered = true, .is_master = true };
	struct alert_memory memory = { .failures = 3, .retry_ms = NOW_MS + 1 };
	struct alert_times times = times_of(0);

	(void)state;
	times.waiting = 0;
	assert_int_equal(alert_rule_due(&facts, &times, &memory, NOW_MS).why, ALERT_NOTHING);
	assert_int_equal(memory.class_ms, 0);
}

static void a_metered_master_waits_for_its_class(void **state)
{
	static const struct {
		struct alert_facts facts;
		enum alert_wait why;
	} cases[] = {
		{ { true, true, true, false }, ALERT_NOW },
		{ { true, true, false, false }, ALERT_CLASS },
		{ { true, true, true, true }, ALERT_HELD },
		{ { true, true, false, true }, ALERT_CLASS },
		{ { true, false, false, false }, ALERT_NOW },
		{ { false, true, false, false }, ALERT_NOW },
	};
	const struct alert_times times = times_of(ALERT_HOUR_MS);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct alert_memory memory = { .cursor = 1 };

		CHECK(alert_rule_due(&cases[i].facts, &times, &memory, NOW_MS).why == cases[i].why,
		      "case %zu", i);
	}
}

/* The state may have changed long ago, as far as is written down: the wait begins when it is
 * noticed. */
static enum alert_wait why_of(const struct alert_facts *facts, const struct alert_times *times,
			      struct alert_memory *memory, int64_t now_ms)
{
	const struct alert_due due = alert_rule_due(facts, times, memory, now_ms);

	return due.why;
}

static void a_class_that_is_never_set_is_not_waited_for_forever(void **state)
{
	const struct alert_facts unset = { .is_metered = true, .is_master = true };
	const struct alert_facts set = { .is_metered = true,
					 .is_master = true,
					 .is_class_set = true };
	struct alert_times times = times_of(ALERT_HOUR_MS);
	struct alert_memory memory = { .cursor = 1 };
	struct alert_due due = alert_rule_due(&unset, &times, &memory, NOW_MS);

	(void)state;
	assert_int_equal(due.wait_ms, ALERT_CLASS_MS);
	assert_int_equal(memory.class_ms, NOW_MS);
	assert_int_equal(why_of(&unset, &times, &memory, NOW_MS + ALERT_CLASS_MS - 1), ALERT_CLASS);
	due = alert_rule_due(&unset, &times, &memory, NOW_MS + ALERT_CLASS_MS);
	assert_int_equal(due.why, ALERT_NOW);
	assert_true(due.small);
	times.class_failed_ms = NOW_MS + 1000;
	due = alert_rule_due(&unset, &times, &memory, NOW_MS + 1000);
	assert_int_equal(due.wait_ms, ALERT_MINUTE_MS);
	times.state_ms = NOW_MS + 2000; /* another one since */
	due = alert_rule_due(&unset, &times, &memory, NOW_MS + 2000);
	assert_int_equal(due.wait_ms, ALERT_CLASS_MS);
	assert_int_equal(why_of(&set, &times, &memory, NOW_MS + ALERT_HOUR_MS), ALERT_NOW);
	assert_int_equal(memory.class_ms, 0);
	memory.sent_wall_s = 1;
	memory.sent_ms = NOW_MS + ALERT_HOUR_MS;
	memory.class_ms = NOW_MS;
	due = alert_rule_due(&unset, &times, &memory, NOW_MS + ALERT_HOUR_MS);
	assert_int_equal(due.why, ALERT_CALM);
	assert_int_equal(due.wait_ms, ALERT_CLASS_GAP_MS);
}

/* A line that flaps for a day, at any pace. */
static void messages_become_seldom(void **state)
{
	const struct alert_facts facts = { .is_metered = false };

	(void)state;
	for (int64_t pace_ms = 1000; pace_ms <= ALERT_HOUR_MS; pace_ms = pace_ms * 3 / 2) {
		struct alert_memory memory = { .cursor = 0 };
		struct alert_times times = times_of(0);
		int messages = 0;
		int64_t oldest_ms = -1, newest_ms = 0;

		for (int64_t now_ms = NOW_MS; now_ms < NOW_MS + 24 * ALERT_HOUR_MS;
		     now_ms += 1000) {
			if (now_ms - newest_ms >= pace_ms || newest_ms == 0) {
				newest_ms = now_ms;
				oldest_ms = oldest_ms < 0 ? now_ms : oldest_ms;
			}
			times.waiting = oldest_ms < 0 ? 0 : 1;
			times.oldest_ms = oldest_ms;
			times.newest_ms = newest_ms;
			if (alert_rule_due(&facts, &times, &memory, now_ms).why != ALERT_NOW)
				continue;
			alert_rule_sent(&memory, 1, 1, now_ms);
			oldest_ms = -1;
			messages++;
		}
		CHECK(messages >= 20 && messages <= 50, "every %lld ms: %d messages",
		      (long long)pace_ms, messages);
	}
}

static void a_quiet_time_ends_the_pauses(void **state)
{
	struct alert_memory memory = { .cursor = 0 };

	(void)state;
	alert_rule_sent(&memory, 1, 1, NOW_MS);
	assert_int_equal(memory.gap_ms, 0);
	alert_rule_sent(&memory, 2, 1, NOW_MS + ALERT_MINUTE_MS);
	assert_int_equal(memory.gap_ms, ALERT_GAP_FIRST_MS);
	alert_rule_sent(&memory, 3, 1, NOW_MS + 3 * ALERT_MINUTE_MS);
	assert_int_equal(memory.gap_ms, 2 * ALERT_GAP_FIRST_MS);
	alert_rule_sent(&memory, 4, 1, NOW_MS + 37 * ALERT_MINUTE_MS);
	assert_int_equal(memory.gap_ms, 0);
	assert_int_equal(memory.cursor, 4);
}

static void tries_become_seldom_by_what_has_failed(void **state)
{
	static const struct {
		enum alert_result result;
		int64_t first_ms, most_ms;
	} cases[] = {
		{ ALERT_OFFLINE, ALERT_RETRY_FIRST_MS, ALERT_RETRY_OFFLINE_MS },
		{ ALERT_FAILED, ALERT_RETRY_FIRST_MS, ALERT_RETRY_MAX_MS },
		{ ALERT_REFUSED, ALERT_RETRY_REFUSED_MS, ALERT_RETRY_REFUSED_MS },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct alert_memory memory = { .cursor = 0 };

		for (int try = 0; try < 40; try++) {
			bool is_event = alert_rule_failed(&memory, cases[i].result, 0, NOW_MS, 0);
			int64_t wait_ms = memory.retry_ms - NOW_MS;

			CHECK(is_event == (cases[i].result == ALERT_REFUSED && try == 0),
			      "case %zu, try %d", i, try);
			assert_in_range(wait_ms, cases[i].first_ms, cases[i].most_ms);
			CHECK(try != 0 || wait_ms == cases[i].first_ms, "case %zu", i);
			CHECK(try < 10 || wait_ms == cases[i].most_ms, "case %zu", i);
			assert_false(alert_rule_failed(&memory, cases[i].result, 0, NOW_MS,
						       random_next()));
			assert_in_range(memory.retry_ms - NOW_MS, cases[i].first_ms / 2,
					cases[i].most_ms);
		}
	}
}

static void a_hook_may_ask_for_a_pause_that_is_bounded(void **state)
{
	struct alert_memory memory = { .cursor = 0 };

	(void)state;
	assert_false(alert_rule_failed(&memory, ALERT_FAILED, 90000, NOW_MS, 0));
	assert_int_equal(memory.retry_ms, NOW_MS + 90000);
	assert_false(alert_rule_failed(&memory, ALERT_FAILED, INT64_MAX / 2, NOW_MS, 0));
	assert_int_equal(memory.retry_ms, NOW_MS + ALERT_RETRY_MAX_MS);
}

static void a_failure_is_an_event_after_a_day_and_once(void **state)
{
	struct alert_memory memory = { .cursor = 0 };
	int64_t now_ms = NOW_MS;
	int events = 0;

	(void)state;
	for (int try = 0; try < 300; try++, now_ms += 15 * ALERT_MINUTE_MS) {
		bool is_event = alert_rule_failed(&memory, ALERT_OFFLINE, 0, now_ms, 0);

		CHECK(!is_event || now_ms - NOW_MS >= ALERT_FAILED_MS, "after %d tries", try);
		events += is_event;
	}
	assert_int_equal(events, 1);
	alert_rule_sent(&memory, 1, 1, now_ms);
	assert_int_equal(memory.failures, 0);
	assert_int_equal(memory.is_reported, 0);
}

static void another_line_is_tried_at_once(void **state)
{
	const struct alert_facts facts = { .is_metered = false };
	struct alert_times times = times_of(ALERT_HOUR_MS);
	struct alert_memory memory = { .failures = 9,
				       .result = ALERT_OFFLINE,
				       .tried_ms = NOW_MS - 1000,
				       .retry_ms = NOW_MS + ALERT_RETRY_OFFLINE_MS };
	struct alert_due due = alert_rule_due(&facts, &times, &memory, NOW_MS);

	(void)state;
	assert_int_equal(due.why, ALERT_RETRY);
	assert_int_equal(due.wait_ms, ALERT_RETRY_OFFLINE_MS);
	times.change_ms = NOW_MS - 500;
	due = alert_rule_due(&facts, &times, &memory, NOW_MS);
	assert_int_equal(due.wait_ms, ALERT_SETTLED_MS - 500);
	memory.result = ALERT_FAILED; /* that was no matter of the line */
	due = alert_rule_due(&facts, &times, &memory, NOW_MS);
	assert_int_equal(due.wait_ms, ALERT_RETRY_OFFLINE_MS);
	alert_rule_boot(&memory, 0);
	assert_int_equal(alert_rule_due(&facts, &times, &memory, NOW_MS).why, ALERT_NOW);
}

static void a_boot_does_not_end_the_pauses_unless_it_was_quiet_before(void **state)
{
	const int64_t told_s = 1764252000, quiet_s = (2 * ALERT_GAP_MAX_MS + ALERT_CALM_MS) / 1000;
	struct alert_memory memory = { .gap_ms = ALERT_GAP_MAX_MS, .sent_wall_s = told_s };

	(void)state;
	alert_rule_boot(&memory, told_s + quiet_s - 1);
	assert_int_equal(memory.gap_ms, ALERT_GAP_MAX_MS);
	alert_rule_boot(&memory, 0); /* the clock is not set yet */
	assert_int_equal(memory.gap_ms, ALERT_GAP_MAX_MS);
	alert_rule_boot(&memory, told_s + quiet_s);
	assert_int_equal(memory.gap_ms, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_waits_until_it_has_settled),
		cmocka_unit_test(nothing_waits_without_events),
		cmocka_unit_test(a_metered_master_waits_for_its_class),
		cmocka_unit_test(a_class_that_is_never_set_is_not_waited_for_forever),
		cmocka_unit_test(messages_become_seldom),
		cmocka_unit_test(a_quiet_time_ends_the_pauses),
		cmocka_unit_test(tries_become_seldom_by_what_has_failed),
		cmocka_unit_test(a_hook_may_ask_for_a_pause_that_is_bounded),
		cmocka_unit_test(a_failure_is_an_event_after_a_day_and_once),
		cmocka_unit_test(another_line_is_tried_at_once),
		cmocka_unit_test(a_boot_does_not_end_the_pauses_unless_it_was_quiet_before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
