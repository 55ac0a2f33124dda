#include "history.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "log.h"
#include "store.h"
#include "support.h"

static const struct history_news news = { "fo-test", EVENT_LINE, "down", 1500 };

/* The disk's time is not what is tested here. */
int __wrap_fsync(int fd);

int __wrap_fsync(int fd)
{
	return fcntl(fd, F_GETFD) < 0 ? -1 : 0;
}

enum { EVENTS_MAX = 40000 };

static struct event events[3];
static int64_t ids[EVENTS_MAX];
static size_t count;

static bool take(const struct event *event, void *data)
{
	(void)data;
	if (count < ARRAY_LEN(events))
		events[count] = *event;
	assert_in_range(count, 0, EVENTS_MAX - 1);
	ids[count++] = event->id;
	return true;
}

static size_t read_all(void)
{
	count = 0;
	assert_int_equal(history_read(take, NULL), 0);
	return count;
}

static long size_of(const char *name)
{
	struct stat st;

	return stat(state_path(name), &st) == 0 ? (long)st.st_size : -1;
}

/* Puts bytes behind what is there. */
static void spoil(const void *bytes, size_t len)
{
	FILE *file = fopen(state_path("lib/history"), "a");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

static void there_is_nothing_before_the_first_event(void **state)
{
	(void)state;
	assert_int_equal(read_all(), 0);
	assert_int_equal(size_of("lib/history"), -1);
}

static void an_event_is_read_as_it_was_added(void **state)
{
	struct stat st;

	(void)state;
	umask(0177);
	history_add(&news, "ppp0: %s\nfor %d rounds", "silent", 2);
	umask(022);
	history_add(&(struct history_news){ "fo-test", EVENT_LINE, "", 0 }, "%s", "");
	assert_int_equal(read_all(), 2);
	assert_int_equal(events[0].id, 1);
	assert_int_equal(events[1].id, 2);
	assert_int_equal(events[0].lasted_ms, 1500);
	assert_true(events[0].kind == EVENT_LINE);
	assert_string_equal(events[0].program, "fo-test");
	assert_string_equal(events[0].value, "down");
	assert_string_equal(events[0].text, "ppp0: silent?for 2 rounds");
	assert_string_equal(events[1].value, "-");
	assert_string_equal(events[1].text, "-");
	assert_true(events[1].boot_ms >= events[0].boot_ms);
	assert_return_code(stat(state_path("lib/history"), &st), errno);
	assert_int_equal(st.st_mode & 0777, 0644);
}

/* Whatever a loss of power leaves behind the last whole line: a part of one, or zeros. */
static void what_is_torn_costs_itself_alone(void **state)
{
	char line[EVENT_LINE_MAX], zeros[4096] = { 0 };
	struct event event = { .id = 2, .kind = EVENT_STATE, .value = "x", .text = "some words" };
	size_t len;

	(void)state;
	event_format(line, &event);
	len = strlen(line);
	for (size_t cut = 1; cut < len; cut++) {
		assert_int_equal(store_remove(STORE_LIB, "history"), 0);
		history_add(&news, "first");
		spoil(line, cut);
		if (random_below(3) == 0)
			spoil(zeros, 1 + random_below(sizeof(zeros)));
		history_add(&news, "last");
		assert_in_range(read_all(), 2, 2 + (cut == len - 1));
		assert_string_equal(events[0].text, "first");
		assert_string_equal(events[count - 1].text, "last");
		assert_in_range(events[count - 1].id, 1, 3);
	}
}

static void rubbish_is_not_handed_out(void **state)
{
	uint8_t bytes[5000];

	(void)state;
	for (int i = 0; i < 200; i++) {
		size_t len = random_below(sizeof(bytes));

		for (size_t j = 0; j < len; j++)
			bytes[j] = (uint8_t)random_below(256);
		history_add(&news, "before");
		spoil(bytes, len);
		history_add(&news, "after");
		assert_int_equal(read_all(), 2 * (size_t)(i + 1));
	}
}

/* More than two files hold. */
enum { MANY = 11000 };

static void the_files_are_bounded_and_numbers_go_on(void **state)
{
	(void)state;
	for (int i = 1; i <= MANY; i++)
		history_add(&news, "event %*d.", (int)random_below(90) + 300, i);
	assert_in_range(size_of("lib/history"), 1, HISTORY_BYTES_MAX);
	assert_in_range(size_of("lib/history.1"), HISTORY_BYTES_MAX - EVENT_LINE_MAX - 1,
			HISTORY_BYTES_MAX);
	assert_in_range(read_all(), 4000, MANY - 1);
	for (size_t i = 1; i < count; i++)
		assert_int_equal(ids[i], ids[i - 1] + 1);
	assert_int_equal(ids[count - 1], MANY);
	count = 0;
	assert_int_equal(history_read_recent(take, NULL), 0);
	assert_in_range(count, 60, 600);
	assert_int_equal(ids[count - 1], MANY);
	assert_return_code(unlink(state_path("lib/history")), errno);
	history_add(&news, "next");
	read_all();
	assert_int_equal(ids[count - 1], ids[count - 2] + 1);
}

/* Before NTP has set the clock, it is 1970, or the time of the last shutdown. */
static void the_time_is_that_of_the_boots_last_clock(void **state)
{
	struct event event = { .id = 1,
			       .kind = EVENT_STATE,
			       .boot = "first",
			       .boot_ms = 5000,
			       .wall_ms = 10000,
			       .value = "master",
			       .text = "before NTP" };
	char line[EVENT_LINE_MAX];

	(void)state;
	history_add(&news, "now");
	spoil(line, event_format(line, &event));
	event.id = 2;
	event.boot_ms = 65000;
	event.wall_ms = 1700000060000;
	spoil(line, event_format(line, &event));
	assert_int_equal(read_all(), 3);
	assert_int_equal(events[1].wall_ms, 1700000000000);
	assert_int_equal(events[2].wall_ms, 1700000060000);
}

/* fo-watch and fo-keepalive may see the same, and an old file must not be read for it. */
static void a_state_is_told_once_a_boot(void **state)
{
	const struct history_news up = { "fo-watch", EVENT_LTE, "up", 0 };
	const struct history_news down = { "fo-keepalive", EVENT_LTE, "down", 0 };
	struct event event = { .id = 7,
			       .kind = EVENT_LTE,
			       .boot = "other",
			       .value = "down",
			       .text = "in another boot" };
	char line[EVENT_LINE_MAX];

	(void)state;
	history_add(&up, "first");
	history_add(&news, "a line may be told twice");
	history_add(&news, "a line may be told twice");
	history_add(&up, "the same");
	assert_int_equal(read_all(), 3);
	history_add(&down, "another");
	history_add(&down, "the same");
	assert_int_equal(read_all(), 4);
	spoil(line, event_format(line, &event));
	history_add(&down, "the same");
	history_add(&up, "back");
	assert_int_equal(read_all(), 6);
	assert_int_equal(ids[5], 8);
	assert_int_equal(store_rename(STORE_LIB, "history", "history.1"), 0);
	history_add(&up, "the same, as the older file shows");
	assert_int_equal(read_all(), 6);
}

static void a_state_lasts_until_the_next(void **state)
{
	const struct history_news master = { "fo-route", EVENT_STATE, "master", 0 };
	const struct history_news backup = { "fo-route", EVENT_STATE, "backup", 0 };
	char boot[CLOCK_BOOT_MAX], line[EVENT_LINE_MAX];
	struct event event = { .id = 1, .kind = EVENT_STATE, .value = "backup", .text = "x" };
	int64_t now_ms = clock_boottime_ms();

	(void)state;
	event.boot_ms = now_ms / 2;
	snprintf(event.boot, sizeof(event.boot), "%s", clock_boot(boot));
	history_add(&news, "its own word counts");
	spoil(line, event_format(line, &event));
	history_add(&master, "now");
	assert_int_equal(read_all(), 3);
	assert_int_equal(events[0].lasted_ms, 1500);
	assert_in_range(events[2].lasted_ms, now_ms - now_ms / 2, now_ms);
	assert_return_code(unlink(state_path("lib/history")), errno);
	snprintf(event.boot, sizeof(event.boot), "other");
	spoil(line, event_format(line, &event));
	history_add(&backup, "the first of this boot");
	assert_int_equal(read_all(), 2);
	assert_int_equal(events[1].lasted_ms, 0);
}

/* root may write everywhere, but not below a file. */
static void an_event_that_cannot_be_written_is_told(void **state)
{
	const char *log;

	(void)state;
	setenv("FO_STATE_DIR", temp_file("file", "", 0), 1);
	capture_start(STDERR_FILENO);
	log_open("test", LOG_LEVEL_DEBUG);
	history_add(&news, "lost");
	log = capture_stop();
	assert_non_null(strstr(log, "cannot use the state directory "));
	assert_non_null(strstr(log, "not in the history: lost: Not a directory"));
}

enum { WRITERS = 8, WRITES = 40 };

static void many_at_once_lose_nothing(void **state)
{
	int status = -1;

	(void)state;
	for (int i = 0; i < WRITERS; i++) {
		pid_t pid = fork();

		assert_return_code(pid, errno);
		for (int j = 0; pid == 0 && j < WRITES; j++)
			history_add(&news, "writer %d event %d", i, j);
		if (pid == 0)
			_exit(0);
	}
	while (wait(&status) > 0)
		assert_int_equal(status, 0);
	assert_int_equal(read_all(), WRITERS * WRITES);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(ids[i], i + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(there_is_nothing_before_the_first_event, state_setup),
		cmocka_unit_test_setup(an_event_is_read_as_it_was_added, state_setup),
		cmocka_unit_test_setup(what_is_torn_costs_itself_alone, state_setup),
		cmocka_unit_test_setup(rubbish_is_not_handed_out, state_setup),
		cmocka_unit_test_setup(the_files_are_bounded_and_numbers_go_on, state_setup),
		cmocka_unit_test_setup(the_time_is_that_of_the_boots_last_clock, state_setup),
		cmocka_unit_test_setup(a_state_is_told_once_a_boot, state_setup),
		cmocka_unit_test_setup(a_state_lasts_until_the_next, state_setup),
		cmocka_unit_test_setup(an_event_that_cannot_be_written_is_told, state_setup),
		cmocka_unit_test_setup(many_at_once_lose_nothing, state_setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
