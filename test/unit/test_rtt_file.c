#include "rtt_file.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log.h"
#include "store.h"
#include "support.h"

#define FILE_NAME "check.rtt"

/* As many as the file keeps. */
enum { KEPT = 32 };

/* A fresh state directory for each test. */
static int setup(void **state)
{
	static unsigned count;
	char name[32], root[256];

	(void)state;
	log_open("test", LOG_LEVEL_ERROR);
	snprintf(name, sizeof(name), "state%u", count++);
	snprintf(root, sizeof(root), "%s", temp_path(name));
	return setenv("FO_STATE_DIR", root, 1);
}

static struct addr host(unsigned number)
{
	char text[ADDR_TEXT_MAX];
	struct addr addr = { .family = AF_UNSPEC };

	snprintf(text, sizeof(text), number % 2 ? "192.0.2.%u" : "2001:db8::%u", number);
	assert_int_equal(addr_parse(text, AF_UNSPEC, &addr), 0);
	return addr;
}

static void save_one(unsigned number, int64_t smoothed_us, int64_t variation_us)
{
	const struct rtt rtt = { smoothed_us, variation_us };
	const struct addr addr = host(number);

	rtt_file_save(&addr, 1, &rtt);
}

/* What is known of a host: its smoothed round trip, or 0. */
static int64_t load_one(unsigned number)
{
	const struct addr addr = host(number);
	struct rtt rtt = { 0 };

	rtt_file_load(&addr, 1, &rtt);
	return rtt.smoothed_us;
}

/* Which file it is: another one after every write. */
static ino_t file(void)
{
	char path[512];
	struct stat st;

	snprintf(path, sizeof(path), "%s/run/" FILE_NAME, getenv("FO_STATE_DIR"));
	return stat(path, &st) == 0 ? st.st_ino : 0;
}

static void write_file(const char *text)
{
	assert_int_equal(store_write(STORE_RUN, FILE_NAME, text, 0644), 0);
}

static void what_was_measured_is_known_to_the_next_run(void **state)
{
	struct addr hosts[16];
	struct rtt rtts[16], back[16];

	(void)state;
	for (int run = 0; run < 20; run++) {
		for (unsigned i = 0; i < 16; i++) {
			hosts[i] = host(i);
			rtts[i] =
				(struct rtt){ 1 + random_below(60000000), random_below(60000000) };
			back[i] = (struct rtt){ 0 };
		}
		setup(state);
		rtt_file_save(hosts, 16, rtts);
		rtt_file_load(hosts, 16, back);
		for (unsigned i = 0; i < 16; i++) {
			assert_int_equal(back[i].smoothed_us, rtts[i].smoothed_us);
			assert_int_equal(back[i].variation_us, rtts[i].variation_us);
		}
	}
}

static void without_a_file_nothing_is_known_and_nothing_is_touched(void **state)
{
	struct addr hosts[] = { host(1), host(2) };
	struct rtt rtts[] = { { 7, 3 }, { 0, 0 } };

	(void)state;
	rtt_file_load(hosts, 2, rtts);
	assert_int_equal(rtts[0].smoothed_us, 7);
	assert_int_equal(rtts[0].variation_us, 3);
	assert_false(rtt_is_known(&rtts[1]));
	assert_int_equal(file(), 0);
	save_one(2, 0, 0); /* not known: not worth a file */
	assert_int_equal(file(), 0);
}

static void only_what_differs_is_written(void **state)
{
	ino_t first;

	(void)state;
	save_one(1, 10000, 500);
	first = file();
	assert_int_not_equal(first, 0);
	save_one(1, 10000, 500);
	save_one(1, 10900, 500);
	save_one(1, 0, 0); /* no answer this time: what was known stays */
	assert_int_equal(file(), first);
	assert_int_equal(load_one(1), 10000);
	save_one(1, 30000, 500);
	assert_int_not_equal(file(), first);
	assert_int_equal(load_one(1), 30000);
}

static void other_hosts_are_kept(void **state)
{
	(void)state;
	for (unsigned i = 0; i < KEPT; i++)
		save_one(i, 10000 + i, 0);
	save_one(5, 99000, 0);
	for (unsigned i = 0; i < KEPT; i++)
		assert_int_equal(load_one(i), i == 5 ? 99000 : 10000 + i);
}

static void a_host_too_many_takes_the_place_of_the_oldest(void **state)
{
	(void)state;
	for (unsigned i = 0; i < KEPT + 8; i++) {
		save_one(i, 10000 + i, 0);
		for (unsigned j = 0; j <= i; j++)
			CHECK(load_one(j) == (i < KEPT + j ? 10000 + j : 0), "host %u after %u", j,
			      i);
	}
}

/* Also at once, and with the longest rows. */
static void more_hosts_than_are_kept_do_no_harm(void **state)
{
	struct addr hosts[KEPT * 2];
	struct rtt rtts[KEPT * 2], back[KEPT * 2] = { { 0 } };

	(void)state;
	for (unsigned i = 0; i < KEPT * 2; i++) {
		hosts[i] = (struct addr){ .family = AF_INET6 };
		memset(hosts[i].bytes, 0xee, 16);
		hosts[i].bytes[15] = (uint8_t)i;
		rtts[i] = (struct rtt){ 60000000, 60000000 };
	}
	rtt_file_save(hosts, ARRAY_LEN(hosts), rtts);
	rtt_file_load(hosts, ARRAY_LEN(hosts), back);
	for (unsigned i = 0; i < KEPT * 2; i++)
		assert_int_equal(rtt_is_known(&back[i]), i >= KEPT);
}

static void a_file_that_is_not_wholly_ours_is_nothing_known(void **state)
{
	static const char good[] = "192.0.2.1 10000 500\n";
	static const char *const bad[] = {
		"x",
		"192.0.2.3",
		"192.0.2.3 10000",
		"192.0.2.3 10000 ",
		"192.0.2.3 10000 500 7",
		"192.0.2.3  10000 500",
		" 192.0.2.3 10000 500",
		"192.0.2.3 0 500", /* would mean "not known" */
		"192.0.2.3 -1 500",
		"192.0.2.3 10000 -1",
		"192.0.2.3 60000001 500",
		"192.0.2.3 10000 60000001",
		"192.0.2.3 99999999999999999999 500",
		"192.0.2.3 1e4 500",
		"localhost 10000 500",
		"- 10000 500",
		"\xff\xfe 10000 500",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		char text[256];

		snprintf(text, sizeof(text), "%s%s\n", good, bad[i]);
		write_file(text);
		CHECK(load_one(1) == 0, "%s", bad[i]);
		snprintf(text, sizeof(text), "%s\n%s", bad[i], good);
		write_file(text);
		CHECK(load_one(1) == 0, "%s", bad[i]);
	}
	save_one(3, 20000, 0); /* and is replaced */
	assert_int_equal(load_one(3), 20000);
	write_file("");
	assert_int_equal(load_one(3), 0);
	write_file(good);
	assert_int_equal(load_one(1), 10000);
}

static void a_file_of_any_size_is_survived(void **state)
{
	static const char row[] = "192.0.2.1 10000 500\n";
	static char text[100000];

	(void)state;
	log_open("test", LOG_LEVEL_ERROR);
	for (size_t i = 0; i < KEPT + 8; i++)
		memcpy(text + i * strlen(row), row, sizeof(row));
	write_file(text); /* too many rows, but they fit */
	assert_int_equal(load_one(1), 10000);
	memset(text, 'x', sizeof(text) - 1);
	write_file(text);
	capture_start(STDERR_FILENO);
	save_one(1, 10000, 0);
	capture_stop();
	assert_int_equal(load_one(1), 10000);
}

static void a_file_that_cannot_be_written_costs_nothing_else(void **state)
{
	const char *log;

	(void)state;
	setenv("FO_STATE_DIR", temp_file("no-directory", "", 0), 1);
	capture_start(STDERR_FILENO);
	log_open("test", LOG_LEVEL_ERROR);
	save_one(1, 10000, 0);
	log = capture_stop();
	assert_non_null(strstr(log, "cannot use the state directory "));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(what_was_measured_is_known_to_the_next_run, setup),
		cmocka_unit_test_setup(without_a_file_nothing_is_known_and_nothing_is_touched,
				       setup),
		cmocka_unit_test_setup(only_what_differs_is_written, setup),
		cmocka_unit_test_setup(other_hosts_are_kept, setup),
		cmocka_unit_test_setup(a_host_too_many_takes_the_place_of_the_oldest, setup),
		cmocka_unit_test_setup(more_hosts_than_are_kept_do_no_harm, setup),
		cmocka_unit_test_setup(a_file_that_is_not_wholly_ours_is_nothing_known, setup),
		cmocka_unit_test_setup(a_file_of_any_size_is_survived, setup),
		cmocka_unit_test_setup(a_file_that_cannot_be_written_costs_nothing_else, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
