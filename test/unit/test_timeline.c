#include "timeline.h"

#include <stdlib.h>

#include "support.h"

#define MINUTE INT64_C(60000)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)
#define BEGIN  INT64_C(1790000000000) /* of the month that is asked for */
#define END    (BEGIN + 30 * DAY)

/* A megabyte of it. */
static struct timeline *timeline;

static int begin(void **state)
{
	(void)state;
	if (timeline == NULL)
		timeline = malloc(sizeof(*timeline));
	if (timeline == NULL)
		return -1;
	timeline_begin(timeline, BEGIN, END, NULL, 0);
	return 0;
}

static int end_group(void **state)
{
	(void)state;
	free(timeline);
	return 0;
}

/* `after` is from the begin of the month. */
static void happens_in(const char *boot, int64_t after, enum event_kind kind, const char *value,
		       int64_t lasted_ms)
{
	struct event event = {
		.wall_ms = BEGIN + after, .kind = kind, .lasted_ms = lasted_ms, .boot_ms = lasted_ms
	};

	snprintf(event.boot, sizeof(event.boot), "%s", boot);
	snprintf(event.value, sizeof(event.value), "%s", value);
	snprintf(event.text, sizeof(event.text), "ppp0: %s, no answers", value);
	timeline_take(timeline, &event);
}

static void happens(int64_t after, enum event_kind kind, const char *value)
{
	happens_in("one", after, kind, value, 0);
}

static void ends(const char *boot, int64_t after, int64_t watched_after)
{
	const struct timeline_now now = { .boot = boot,
					  .wall_ms = BEGIN + after,
					  .watched_ms = BEGIN + watched_after };

	timeline_end(timeline, &now);
}

static struct timeline_sum sum_of(enum timeline_topic topic)
{
	return timeline_sum_of(&timeline->tracks[topic], BEGIN, END);
}

static void line_was(int64_t up_ms, int64_t down_ms, size_t downs)
{
	const struct timeline_sum sum = sum_of(TIMELINE_LINE);

	assert_int_equal(sum.up_ms, up_ms);
	assert_int_equal(sum.down_ms, down_ms);
	assert_int_equal(sum.downs, downs);
}

static void nothing_is_unknown(void **state)
{
	const struct timeline_sum sum = sum_of(TIMELINE_LINE);

	(void)state;
	ends("one", 30 * DAY, 30 * DAY);
	line_was(0, 0, 0);
	assert_int_equal(timeline_sum_up(&sum), -1);
}

static void an_outage_lasts_from_down_to_up(void **state)
{
	const struct timeline_track *track = &timeline->tracks[TIMELINE_LINE];
	struct timeline_sum sum;

	(void)state;
	happens(0, EVENT_WATCH, "begin");
	happens(0, EVENT_LINE, "up");
	happens(DAY, EVENT_LINE, "down");
	happens(DAY + 5 * MINUTE, EVENT_LINE, "up");
	ends("one", 10 * DAY, 10 * DAY);
	line_was(10 * DAY - 5 * MINUTE, 5 * MINUTE, 1);
	assert_int_equal(track->spans[1].begin_ms, BEGIN + DAY);
	assert_true(track->spans[1].ended);
	assert_string_equal(track->spans[1].reason, "no answers");
	sum = sum_of(TIMELINE_LINE);
	assert_int_equal(timeline_sum_up(&sum), 99965); /* 99.96527 */
}

/* 100 % is said of no line that was down. */
static void a_share_is_rounded_down(void **state)
{
	const struct timeline_sum sum = { .up_ms = 30 * DAY, .down_ms = 1 };
	const struct timeline_sum all = { .up_ms = 30 * DAY };

	(void)state;
	assert_int_equal(timeline_sum_up(&sum), 99999);
	assert_int_equal(timeline_sum_up(&all), 100000);
}

static void what_nobody_watched_is_unknown(void **state)
{
	(void)state;
	happens(0, EVENT_WATCH, "begin");
	happens(HOUR, EVENT_LINE, "up"); /* an hour until it was known */
	happens(2 * HOUR, EVENT_WATCH, "end");
	happens(5 * HOUR, EVENT_WATCH, "begin");
	happens(6 * HOUR, EVENT_LINE, "down");
	happens(7 * HOUR, EVENT_WATCH, "end");
	ends("one", 9 * HOUR, 7 * HOUR);
	line_was(HOUR, HOUR, 1);
	assert_false(timeline->tracks[TIMELINE_LINE].spans[1].ended);
}

static void a_watcher_that_was_killed_goes_on(void **state)
{
	(void)state;
	happens(0, EVENT_WATCH, "begin");
	happens(0, EVENT_LINE, "down");
	happens_in("one", 3 * HOUR, EVENT_WATCH, "resume", MINUTE);
	happens(4 * HOUR, EVENT_LINE, "up");
	happens(5 * HOUR, EVENT_WATCH, "end");
	happens_in("one", 5 * HOUR + MINUTE, EVENT_WATCH, "resume", MINUTE);
	ends("one", 6 * HOUR, 6 * HOUR);
	line_was(2 * HOUR - MINUTE, 4 * HOUR - MINUTE, 2);
}

static void a_watcher_that_was_killed_for_good_is_believed_until_then(void **state)
{
	(void)state;
	happens(0, EVENT_LINE, "up");
	ends("one", 9 * HOUR, 4 * HOUR);
	line_was(4 * HOUR, 0, 0);
	/* Of master nobody says otherwise. */
	assert_int_equal(sum_of(TIMELINE_MASTER).up_ms, 0);
}

/* The history is bounded: of the first outage only its end may be left. */
static void an_event_that_is_lost_is_told_by_the_next(void **state)
{
	(void)state;
	happens_in("one", HOUR, EVENT_LINE, "up", 20 * MINUTE);
	ends("one", 2 * HOUR, 2 * HOUR);
	line_was(HOUR, 20 * MINUTE, 1);
	begin(state);
	happens_in("one", HOUR, EVENT_LINE, "down", 40 * DAY);
	ends("one", 2 * HOUR, 2 * HOUR);
	line_was(HOUR, HOUR, 1);
}

static void the_same_twice_is_once(void **state)
{
	(void)state;
	happens(0, EVENT_LINE, "down");
	happens(HOUR, EVENT_LINE, "down");
	happens(2 * HOUR, EVENT_LINE, "up");
	happens(3 * HOUR, EVENT_LINE, "up");
	ends("one", 4 * HOUR, 4 * HOUR);
	line_was(2 * HOUR, 2 * HOUR, 1);
}

static void a_boot_is_known_until_its_last_sign(void **state)
{
	const struct timeline_sign sign = { "one", BEGIN + 8 * HOUR };

	(void)state;
	for (size_t signs = 0; signs < 2; signs++) {
		int64_t first = signs == 0 ? 3 * HOUR : 8 * HOUR;

		timeline_begin(timeline, BEGIN, END, &sign, signs);
		happens(0, EVENT_LINE, "up");
		happens(0, EVENT_STATE, "master");
		happens(HOUR, EVENT_LTE, "up");
		happens(3 * HOUR, EVENT_CONFIG, "read");
		happens_in("two", 10 * HOUR, EVENT_WATCH, "begin", 0);
		happens_in("two", 11 * HOUR, EVENT_LINE, "up", 0);
		ends("two", 12 * HOUR, 12 * HOUR);
		line_was(first + HOUR, 0, 0);
		assert_int_equal(sum_of(TIMELINE_MASTER).up_ms, first);
		assert_int_equal(sum_of(TIMELINE_LTE).up_ms, first - HOUR);
	}
	/* A boot without any event: nothing is known of now. */
	begin(state);
	happens(0, EVENT_LINE, "up");
	ends("two", 12 * HOUR, 12 * HOUR);
	line_was(0, 0, 0);
}

/* Without a clock of its own a router begins where it thinks that it ended, or in 1970. */
static void a_wrong_clock_counts_no_time_twice(void **state)
{
	(void)state;
	happens(0, EVENT_LINE, "up");
	happens(10 * HOUR, EVENT_LINE, "down");
	happens(11 * HOUR, EVENT_LINE, "up");
	happens_in("two", 9 * HOUR, EVENT_LINE, "up", 0);
	happens_in("two", 13 * HOUR, EVENT_CONFIG, "read", 0);
	happens_in("three", -BEGIN + HOUR, EVENT_LINE, "down", 0);
	happens_in("four", 14 * HOUR, EVENT_LINE, "down", 0);
	ends("four", 15 * HOUR, 15 * HOUR);
	line_was(12 * HOUR, 2 * HOUR, 2);
	assert_int_equal(timeline->undated, 1);
}

static void an_order_that_is_not_that_of_the_clock_does_no_harm(void **state)
{
	(void)state;
	happens(2 * HOUR, EVENT_LINE, "up");
	happens(HOUR, EVENT_LINE, "down"); /* written late */
	happens(3 * HOUR, EVENT_LINE, "up");
	ends("one", HOUR, HOUR); /* a clock that was set back */
	line_was(0, HOUR, 1);
}

static void only_the_month_counts(void **state)
{
	(void)state;
	happens(-40 * DAY, EVENT_LINE, "up");
	happens(-39 * DAY, EVENT_LINE, "down");
	happens(-38 * DAY, EVENT_LINE, "up");
	happens(-HOUR, EVENT_LINE, "down");
	happens(HOUR, EVENT_LINE, "up");
	happens(30 * DAY - HOUR, EVENT_LINE, "down");
	happens(30 * DAY + 2 * HOUR, EVENT_LINE, "up");
	ends("one", 40 * DAY, 40 * DAY);
	line_was(30 * DAY - 2 * HOUR, 2 * HOUR, 2);
	assert_int_equal(timeline->tracks[TIMELINE_LINE].spans[0].begin_ms, BEGIN - HOUR);
}

static void what_does_not_fit_is_unknown(void **state)
{
	(void)state;
	for (int64_t i = 0; i <= TIMELINE_SPANS_MAX; i++)
		happens(i * MINUTE, EVENT_LINE, i % 2 == 0 ? "up" : "down");
	ends("one", 10 * DAY, 10 * DAY);
	assert_true(timeline->tracks[TIMELINE_LINE].more);
	line_was(TIMELINE_SPANS_MAX / 2 * MINUTE, TIMELINE_SPANS_MAX / 2 * MINUTE,
		 TIMELINE_SPANS_MAX / 2);
}

/* Whatever comes: no time is counted twice, and none that was not. */
static void chance_counts_no_time_twice(void **state)
{
	static const char *const values[] = { "up", "down", "begin", "resume", "end", "master" };
	static const char *const boots[] = { "a", "b", "c" };

	for (int i = 0; i < 2000; i++) {
		int64_t now = 0;

		begin(state);
		for (int j = 0; j < 40; j++) {
			now += (int64_t)random_below(4 * (uint32_t)HOUR) -
			       (random_below(9) == 0 ? 6 * HOUR : 0);
			happens_in(boots[random_below(ARRAY_LEN(boots))], now,
				   (enum event_kind)random_below(EVENT_KINDS),
				   values[random_below(ARRAY_LEN(values))],
				   random_below(3) == 0 ? random_below((uint32_t)DAY) : 0);
		}
		ends(boots[random_below(ARRAY_LEN(boots))], now, now);
		for (unsigned topic = 0; topic < TIMELINE_TOPICS; topic++) {
			const struct timeline_sum sum = sum_of((enum timeline_topic)topic);

			CHECK(sum.up_ms >= 0 && sum.down_ms >= 0 &&
				      sum.up_ms + sum.down_ms <= END - BEGIN,
			      "round %d", i);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(nothing_is_unknown, begin),
		cmocka_unit_test_setup(an_outage_lasts_from_down_to_up, begin),
		cmocka_unit_test(a_share_is_rounded_down),
		cmocka_unit_test_setup(what_nobody_watched_is_unknown, begin),
		cmocka_unit_test_setup(a_watcher_that_was_killed_goes_on, begin),
		cmocka_unit_test_setup(a_watcher_that_was_killed_for_good_is_believed_until_then,
				       begin),
		cmocka_unit_test_setup(an_event_that_is_lost_is_told_by_the_next, begin),
		cmocka_unit_test_setup(the_same_twice_is_once, begin),
		cmocka_unit_test_setup(a_boot_is_known_until_its_last_sign, begin),
		cmocka_unit_test_setup(a_wrong_clock_counts_no_time_twice, begin),
		cmocka_unit_test_setup(an_order_that_is_not_that_of_the_clock_does_no_harm, begin),
		cmocka_unit_test_setup(only_the_month_counts, begin),
		cmocka_unit_test_setup(what_does_not_fit_is_unknown, begin),
		cmocka_unit_test_setup(chance_counts_no_time_twice, begin),
	};

	return cmocka_run_group_tests(tests, NULL, end_group);
}
