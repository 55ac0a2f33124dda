#include "flight.h"

#include "support.h"

static struct flight flight;

/* Gives up what is due at `now_us`, after `lost_us`. Returns how many were lost that count. */
static unsigned lost(int64_t now_us, int64_t lost_us)
{
	unsigned count = 0;
	size_t target;

	while (flight_give_up(&flight, now_us, lost_us, &target))
		count++;
	return count;
}

static void an_echo_is_answered_once(void **state)
{
	uint16_t seq;

	(void)state;
	flight_begin(&flight, 65534);
	seq = flight_enter(&flight, 3, 7, 1000);
	assert_int_equal(seq, 65534);
	assert_int_equal(flight_find(&flight, seq)->target, 3);
	assert_int_equal(flight_find(&flight, seq)->sent_us, 1000);
	assert_true(flight_answer(&flight, seq));
	assert_null(flight_find(&flight, seq));
	assert_int_equal(lost(INT64_MAX, 1), 0);
}

static void a_number_that_was_not_given_finds_nothing(void **state)
{
	(void)state;
	flight_begin(&flight, 65000);
	for (int i = 0; i < 900; i++)
		(void)flight_enter(&flight, 0, 1, 1);
	for (uint32_t seq = 0; seq <= UINT16_MAX; seq++) {
		bool given = seq >= 65000 || seq < 65000 + 900 - 65536;

		assert_int_equal(flight_find(&flight, (uint16_t)seq) != NULL, given);
	}
}

static void a_full_table_gives_up_the_oldest(void **state)
{
	unsigned lost_count = 0;

	(void)state;
	flight_begin(&flight, 12345);
	for (int i = 0; i < 200000; i++) {
		lost_count += lost(i, INT64_MAX);
		(void)flight_enter(&flight, (size_t)i % 16, 1, i);
	}
	assert_int_equal(lost_count, 200000 - FLIGHT_ECHOES);
	assert_int_equal(flight_waiting_us(&flight), 200000 - FLIGHT_ECHOES);
}

static void late_is_counted_until_the_fate_is_known(void **state)
{
	uint16_t first, second;

	(void)state;
	flight_begin(&flight, 1);
	first = flight_enter(&flight, 0, 1, 0);
	second = flight_enter(&flight, 1, 1, 0);
	(void)flight_enter(&flight, 1, 1, 50);
	flight_mark_late(&flight, 99, 100);
	assert_int_equal(flight.late[0] + flight.late[1], 0);
	flight_mark_late(&flight, 100, 100);
	assert_int_equal(flight.late[0], 1);
	assert_int_equal(flight.late[1], 1);
	assert_true(flight_answer(&flight, first));
	assert_true(flight_close(&flight, second));
	assert_int_equal(flight.late[0] + flight.late[1], 0);
	flight_mark_late(&flight, 150, 100);
	assert_int_equal(flight.late[1], 1);
	assert_int_equal(lost(1000, 900), 1);
	assert_int_equal(flight.late[1], 0);
}

static void what_is_discounted_counts_for_nothing(void **state)
{
	uint16_t before, after;

	(void)state;
	flight_begin(&flight, 1);
	before = flight_enter(&flight, 0, 1, 0);
	(void)flight_enter(&flight, 0, 1, 0);
	flight_mark_late(&flight, 100, 100);
	flight_discount(&flight);
	assert_int_equal(flight.late[0], 0);
	after = flight_enter(&flight, 0, 1, 100);
	assert_false(flight_answer(&flight, before));
	assert_int_equal(lost(150, 100), 0);
	assert_true(flight_answer(&flight, after));
}

static void the_line_owes_what_was_sent_after_the_last_answer(void **state)
{
	uint16_t seqs[4];

	(void)state;
	flight_begin(&flight, 1);
	assert_int_equal(flight_waiting_us(&flight), 0);
	for (int i = 0; i < 4; i++)
		seqs[i] = flight_enter(&flight, 0, 1, INT64_C(10) * (i + 1));
	assert_int_equal(flight_waiting_us(&flight), 10);
	/* The first one is lost, then: another one was answered before it. */
	flight_answer(&flight, seqs[1]);
	assert_int_equal(flight_waiting_us(&flight), 30);
	flight_answer(&flight, seqs[0]);
	assert_int_equal(flight_waiting_us(&flight), 30);
	flight_shift(&flight, 5);
	assert_int_equal(flight_waiting_us(&flight), 35);
	flight_answer(&flight, seqs[3]);
	assert_int_equal(flight_waiting_us(&flight), 0);
	(void)flight_enter(&flight, 0, 1, 50);
	flight_forget(&flight);
	assert_int_equal(flight_waiting_us(&flight), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_echo_is_answered_once),
		cmocka_unit_test(a_number_that_was_not_given_finds_nothing),
		cmocka_unit_test(a_full_table_gives_up_the_oldest),
		cmocka_unit_test(late_is_counted_until_the_fate_is_known),
		cmocka_unit_test(what_is_discounted_counts_for_nothing),
		cmocka_unit_test(the_line_owes_what_was_sent_after_the_last_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
