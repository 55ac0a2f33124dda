#include "split_report.h"

#include <unistd.h>

#include "clock.h"
#include "store.h"
#include "support.h"

static struct split_record two(void)
{
	struct split_record record = {
		.count = 2,
		.entries = { { .mac = { { 2, 0, 0, 0, 0, 9 } }, .since_s = 0 },
			     { .mac = { { 2, 0, 0, 0, 0, 10 } }, .since_s = clock_boottime_s() } }
	};

	assert_int_equal(addr_parse("192.168.0.254", AF_INET, &record.entries[0].address), 0);
	assert_int_equal(addr_parse("fd00::254", AF_INET6, &record.entries[1].address), 0);
	return record;
}

static void what_is_written_is_read_again(void **state)
{
	const struct split_record record = two();
	struct split_record again;

	(void)state;
	split_report_confirm();
	assert_int_equal(split_report_read(&again), 0);
	assert_int_equal(again.count, 0);
	assert_false(split_report_is_split());
	split_report_write(&record);
	assert_int_equal(split_report_read(&again), 0);
	assert_int_equal(again.count, 2);
	for (int i = 0; i < 2; i++) {
		assert_true(addr_equal(&again.entries[i].address, &record.entries[i].address));
		assert_true(mac_equal(&again.entries[i].mac, &record.entries[i].mac));
		assert_int_equal(again.entries[i].since_s, record.entries[i].since_s);
	}
	assert_true(split_report_is_split());
	split_report_write(&(struct split_record){ .count = 0 });
	assert_false(split_report_is_split());
}

/* Who asked has died with the record in place. */
static void what_nobody_confirms_means_nothing(void **state)
{
	const struct split_record record = two();
	struct split_record again;
	char text[32];

	(void)state;
	split_report_write(&record);
	assert_int_equal(split_report_read(&again), -ENOENT);
	snprintf(text, sizeof(text), "%lld\n", (long long)clock_boottime_s() - SPLIT_FRESH_S - 1);
	store_note(STORE_RUN, "split.asked", text, 0644);
	assert_false(split_report_is_split());
	split_report_confirm();
	assert_true(split_report_is_split());
	split_report_forget();
	assert_int_equal(split_report_read(&again), -ENOENT);
	assert_int_not_equal(access(state_path("run/split"), F_OK), 0);
}

static void what_is_corrupt_is_none(void **state)
{
	static const char *const wrong[] = { "\n",
					     "192.168.0.254\n",
					     "192.168.0.254 02:00:00:00:00:09\n",
					     "192.168.0.254 02:00:00:00:00:09 x\n",
					     "192.168.0.254 02:00:00:00:00:09 99999999999999\n",
					     "gateway 02:00:00:00:00:09 1\n",
					     "192.168.0.254 02-00-00-00-00-09 1\n" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		bool split;

		split_report_confirm();
		store_note(STORE_RUN, "split", wrong[i], 0644);
		capture_start(2);
		split = split_report_is_split();
		capture_stop();
		CHECK(!split, "%s", wrong[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(what_is_written_is_read_again, state_setup),
		cmocka_unit_test_setup(what_nobody_confirms_means_nothing, state_setup),
		cmocka_unit_test_setup(what_is_corrupt_is_none, state_setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
