#include "history_aside.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "log.h"
#include "store_lock.h"
#include "support.h"

static const struct history_news news = { "fo-test", EVENT_LINE, "down", 0 };

static size_t count;
static char texts[200][EVENT_TEXT_MAX];

static bool take(const struct event *event, void *data)
{
	(void)data;
	assert_in_range(count, 0, ARRAY_LEN(texts) - 1);
	memcpy(texts[count++], event->text, sizeof(event->text));
	return true;
}

static size_t read_all(void)
{
	count = 0;
	assert_int_equal(history_read(take, NULL), 0);
	return count;
}

static void events_are_written_in_order(void **state)
{
	struct history_aside aside = { .count = 0 };
	char text[32];

	(void)state;
	for (int i = 0; i < 10; i++)
		history_aside_add(&aside, &news, "event %d", i);
	history_aside_end(&aside);
	assert_int_equal(read_all(), 10);
	for (int i = 0; i < 10; i++) {
		snprintf(text, sizeof(text), "event %d", i);
		assert_string_equal(texts[i], text);
	}
	/* No process is left, and none is waited for. */
	assert_int_equal(waitpid(-1, NULL, 0), -1);
	assert_int_equal(errno, ECHILD);
}

/* The lock stands for a disk that does not answer: the writer hangs on it for two seconds. */
static void who_adds_does_not_wait_for_the_writer(void **state)
{
	struct history_aside aside = { .count = 0 };
	int lock = -1;

	(void)state;
	assert_int_equal(store_lock("history.lock", 0, &lock), 0);
	history_aside_add(&aside, &news, "first");
	for (int i = 0; i < HISTORY_ASIDE_MAX + 3; i++)
		history_aside_add(&aside, &news, "event %d", i);
	assert_int_equal(read_all(), 0); /* so it was not waited for */
	assert_int_equal(aside.count, HISTORY_ASIDE_MAX);
	assert_int_equal(aside.lost, 3);
	store_unlock(lock);
	history_aside_end(&aside);
	history_aside_add(&aside, &news, "last");
	history_aside_end(&aside);
	assert_int_equal(read_all(), 1 + HISTORY_ASIDE_MAX + 1);
	assert_string_equal(texts[0], "first");
	assert_string_equal(texts[count - 1], "last (3 events before this one were left out)");
}

static void the_writer_holds_no_lock_of_ours(void **state)
{
	struct aside aside = { .pid = 0 };
	int lock = -1, again = -1, pipes[2];
	sigset_t term;
	char byte;
	int ret;

	(void)state;
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	assert_int_equal(sigprocmask(SIG_BLOCK, &term, NULL), 0);
	assert_int_equal(store_lock("test.lock", 0, &lock), 0);
	assert_return_code(pipe(pipes), errno);
	ret = aside_begin(&aside);
	if (ret == 1) {
		pause();
		_exit(0);
	}
	assert_int_equal(ret, 0);
	close(pipes[1]);
	assert_int_equal(read(pipes[0], &byte, 1), 0); /* it has closed what it had */
	close(pipes[0]);
	close(lock);
	assert_int_equal(store_lock("test.lock", 0, &again), 0);
	store_unlock(again);
	assert_false(aside_is_free(&aside));
	kill(aside.pid, SIGTERM); /* a service that ends */
	aside_wait(&aside, 20);
	assert_false(aside_is_free(&aside));
	kill(aside.pid, SIGKILL);
	aside_wait(&aside, 10000);
	assert_true(aside_is_free(&aside));
}

static void who_is_driven_wild_does_not_fill_it(void **state)
{
	struct history_aside aside = { .count = 0 };

	(void)state;
	for (int i = 0; i < 150; i++) {
		history_aside_add(&aside, &news, "event %d", i);
		aside_wait(&aside.writer, 10000);
	}
	history_aside_end(&aside);
	assert_int_equal(read_all(), HISTORY_ASIDE_BURST);
	aside.refill_us -= (int64_t)2 * HISTORY_ASIDE_REFILL_US;
	for (int i = 0; i < 5; i++)
		history_aside_add(&aside, &news, "later");
	history_aside_end(&aside);
	assert_int_equal(read_all(), HISTORY_ASIDE_BURST + 2);
	assert_string_equal(texts[HISTORY_ASIDE_BURST],
			    "later (86 events before this one were left out)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(events_are_written_in_order, state_setup),
		cmocka_unit_test_setup(who_adds_does_not_wait_for_the_writer, state_setup),
		cmocka_unit_test_setup(the_writer_holds_no_lock_of_ours, state_setup),
		cmocka_unit_test_setup(who_is_driven_wild_does_not_fill_it, state_setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
