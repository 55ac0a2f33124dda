#include "event_counts.h"

#include <unistd.h>

#include "event_tally.h"
#include "history.h"
#include "store.h"
#include "support.h"

static struct event event_of(int64_t id, enum event_kind kind, const char *value)
{
	struct event event = { .id = id, .kind = kind };

	snprintf(event.value, sizeof(event.value), "%s", value);
	return event;
}

static void add(enum event_kind kind, const char *value)
{
	history_add(&(struct history_news){ "test", kind, value, 0 }, "something");
}

static void each_event_counts_once(void **state)
{
	const struct event events[] = {
		event_of(1, EVENT_STATE, "master"),   event_of(2, EVENT_LINE, "down"),
		event_of(3, EVENT_CLASS, "s1.fast"),  event_of(3, EVENT_CLASS, "s1.fast"),
		event_of(4, EVENT_CLASS, "s1.slow"),  event_of(5, EVENT_STATE, "backup"),
		event_of(2, EVENT_STATE, "master"),   event_of(6, EVENT_SPLIT, "end"),
		event_of(7, EVENT_STATE, "nonsense"), event_of(9, EVENT_ALERT, "dropped"),
	};
	struct event_counts counts = { .id = 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(events); i++)
		event_counts_take(&counts, &events[i]);
	assert_int_equal(counts.id, 9);
	assert_int_equal(counts.values[COUNT_MASTER], 1);
	assert_int_equal(counts.values[COUNT_BACKUP], 1);
	assert_int_equal(counts.values[COUNT_LINE_DOWN], 1);
	assert_int_equal(counts.values[COUNT_CLASS], 2);
	assert_int_equal(counts.values[COUNT_SPLIT], 0);
	assert_int_equal(counts.values[COUNT_ALERT_DROPPED], 1);
}

static void what_is_written_is_read_again(void **state)
{
	struct event_counts counts = { .id = INT64_MAX >> 1 }, again;
	char text[EVENT_COUNTS_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < COUNTS; i++)
		counts.values[i] = (INT64_MAX >> 1) - (int64_t)i;
	assert_ptr_equal(event_counts_format(text, &counts), text);
	assert_int_equal(event_counts_parse(text, &again), 0);
	assert_memory_equal(&counts, &again, sizeof(counts));
	assert_int_equal(event_counts_parse("master -1\n", &again), -EINVAL);
	assert_int_equal(event_counts_parse("mister 1\n", &again), -EINVAL);
	assert_int_equal(event_counts_parse("master\n", &again), -EINVAL);
}

static int64_t redials(void)
{
	struct event_counts counts;

	event_tally_find(&counts);
	return counts.values[COUNT_REDIAL];
}

/* The history is longer than its newest part, is removed, and is not there at all. */
static void the_tally_outlives_the_history(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(redials(), 0);
	for (int i = 0; i < 600; i++)
		add(EVENT_REDIAL, "begin");
	assert_int_equal(redials(), 600);
	assert_int_equal(redials(), 600);
	for (int i = 0; i < 3; i++)
		add(EVENT_REDIAL, "begin");
	assert_int_equal(redials(), 603);
	for (int i = 0; i < 500; i++)
		add(EVENT_REDIAL, "begin");
	assert_int_equal(redials(), 1103);
	assert_int_equal(store_remove(STORE_LIB, "history"), 0);
	assert_int_equal(redials(), 1103);
	add(EVENT_REDIAL, "begin");
	assert_int_equal(redials(), 1104);
	assert_int_equal(redials(), 1104);
	store_note(STORE_LIB, "counts", "rubbish", 0644);
	assert_int_equal(redials(), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_event_counts_once),
		cmocka_unit_test(what_is_written_is_read_again),
		cmocka_unit_test_setup(the_tally_outlives_the_history, state_setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
