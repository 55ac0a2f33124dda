#include "alert_queue.h"

#include "event_list.h"
#include "history.h"
#include "store.h"
#include "support.h"

static struct conf_events wanted(const char *text)
{
	struct conf_events events;
	char why[128];

	assert_int_equal(event_list_parse(text, &events, why, sizeof(why)), 0);
	return events;
}

static void happen(enum event_kind kind, const char *value)
{
	history_add(&(struct history_news){ "fo-test", kind, value, 0 }, "text");
}

static void it_has_what_is_wanted_behind_the_cursor(void **state)
{
	const struct conf_events some = wanted("line, redial:failed"), all = wanted("all");
	struct alert_queue queue;

	(void)state;
	happen(EVENT_LINE, "down");
	happen(EVENT_STATE, "backup");
	happen(EVENT_REDIAL, "begin");
	happen(EVENT_REDIAL, "failed");
	happen(EVENT_ALERT, "failed");
	assert_int_equal(alert_queue_read(&some, 0, &queue), 0);
	assert_int_equal(queue.times.waiting, 2);
	assert_int_equal(queue.events[0].id, 1);
	assert_int_equal(queue.events[1].id, 4);
	assert_int_equal(queue.last_id, 5);
	assert_int_equal(queue.first_id, 1);
	assert_true(queue.times.state_ms > 0);
	assert_true(queue.times.oldest_ms > 0);
	alert_queue_free(&queue);
	assert_int_equal(alert_queue_read(&some, 1, &queue), 0);
	assert_int_equal(queue.times.waiting, 1);
	assert_int_equal(queue.first_id, 4);
	alert_queue_free(&queue);
	assert_int_equal(alert_queue_read(&all, 0, &queue), 0);
	assert_int_equal(queue.times.waiting, 4); /* never of alerts */
	alert_queue_free(&queue);
	assert_int_equal(alert_queue_read(&all, -1, &queue), 0);
	assert_int_equal(queue.times.waiting, 0);
	assert_int_equal(queue.last_id, 5);
	alert_queue_free(&queue);
}

static void of_many_the_oldest_are_counted(void **state)
{
	const struct conf_events all = wanted("all");
	struct alert_queue queue;

	(void)state;
	for (int i = 0; i < ALERT_QUEUE_MAX + 57; i++)
		happen(EVENT_LINE, "down");
	assert_int_equal(alert_queue_read(&all, 0, &queue), 0);
	assert_int_equal(queue.count, ALERT_QUEUE_MAX);
	assert_int_equal(queue.earlier, 57);
	assert_int_equal(queue.first_id, 1);
	for (size_t i = 0; i < queue.count; i++)
		assert_int_equal(queue.events[i].id, 58 + i);
	alert_queue_free(&queue);
}

static void a_history_that_begins_anew_is_all_new(void **state)
{
	const struct conf_events all = wanted("all");
	struct alert_queue queue;

	(void)state;
	happen(EVENT_LINE, "down");
	assert_int_equal(alert_queue_read(&all, 99, &queue), 0);
	assert_int_equal(queue.times.waiting, 1);
	alert_queue_free(&queue);
	assert_int_equal(store_remove(STORE_LIB, "history"), 0);
	assert_int_equal(alert_queue_read(&all, 99, &queue), 0);
	assert_int_equal(queue.times.waiting, 0);
	alert_queue_free(&queue);
}

static void a_mark_tells_that_there_is_more(void **state)
{
	int64_t mark = history_mark();

	(void)state;
	happen(EVENT_LINE, "down");
	assert_true(history_mark() != mark);
	mark = history_mark();
	assert_true(history_mark() == mark);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(it_has_what_is_wanted_behind_the_cursor, state_setup),
		cmocka_unit_test_setup(of_many_the_oldest_are_counted, state_setup),
		cmocka_unit_test_setup(a_history_that_begins_anew_is_all_new, state_setup),
		cmocka_unit_test_setup(a_mark_tells_that_there_is_more, state_setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
