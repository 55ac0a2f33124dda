#include "support.h"
#include "usage.h"

#define MINUTE INT64_C(60000)
#define HOUR   (60 * MINUTE)

/* A reading of a line that is up, on a router that is not master. */
static struct usage_facts reading(int64_t rx, int64_t tx)
{
	return (struct usage_facts){ .boot = "boot-1",
				     .iface = "ppp0",
				     .index = 5,
				     .rx = rx,
				     .tx = tx,
				     .now_ms = 10 * MINUTE,
				     .month = 202611 };
}

/* An account that has begun with one. */
static struct usage begun(int64_t rx, int64_t tx)
{
	struct usage usage = { .boot = "" };
	const struct usage_facts facts = reading(rx, tx);

	assert_int_equal(usage_read(&usage, &facts), USAGE_KEEP);
	return usage;
}

static void check_bytes(const struct usage *usage, int64_t month, int64_t master_rx,
			int64_t master_tx, int64_t backup_rx, int64_t backup_tx)
{
	const struct usage_bytes is = month == 0 ? usage->pending : usage_of(usage, month);

	CHECK(is.master_rx == master_rx && is.master_tx == master_tx && is.backup_rx == backup_rx &&
		      is.backup_tx == backup_tx,
	      "month %lld: %lld %lld %lld %lld", (long long)month, (long long)is.master_rx,
	      (long long)is.master_tx, (long long)is.backup_rx, (long long)is.backup_tx);
}

static void the_first_reading_counts_nothing(void **state)
{
	struct usage usage = begun(1000, 100);
	struct usage_facts facts = reading(1500, 120);

	(void)state;
	check_bytes(&usage, 202611, 0, 0, 0, 0);
	assert_int_equal(usage_read(&usage, &facts), USAGE_NEWS);
	check_bytes(&usage, 202611, 0, 0, 500, 20);
	assert_int_equal(usage_read(&usage, &facts), USAGE_SAME);
}

static void bytes_are_of_the_state_before(void **state)
{
	struct usage usage = begun(0, 0);
	struct usage_facts facts = reading(100, 10);

	(void)state;
	facts.master = true;
	usage_read(&usage, &facts);
	check_bytes(&usage, 202611, 0, 0, 100, 10);
	facts.rx = 1100;
	facts.tx = 210;
	facts.master = false;
	usage_read(&usage, &facts);
	check_bytes(&usage, 202611, 1000, 200, 100, 10);
}

static void another_interface_begins_at_zero(void **state)
{
	struct usage usage = begun(5000, 500);
	struct usage_facts facts = reading(9000, 900);

	(void)state;
	facts.index = 6;
	usage_read(&usage, &facts);
	check_bytes(&usage, 202611, 0, 0, 9000, 900);
	/* No line at all, and again one. */
	facts.index = 0;
	facts.rx = facts.tx = 0;
	assert_int_equal(usage_read(&usage, &facts), USAGE_SAME);
	facts.index = 7;
	facts.rx = facts.tx = 10;
	usage_read(&usage, &facts);
	check_bytes(&usage, 202611, 0, 0, 9010, 910);
}

static void the_last_counters_of_an_interface_count_once_also_when_they_come_late(void **state)
{
	struct usage usage = begun(0, 0);
	struct usage_facts facts = reading(700, 70);

	(void)state;
	usage_read(&usage, &facts);
	facts = reading(30, 3);
	facts.index = 6;
	usage_read(&usage, &facts);
	check_bytes(&usage, 202611, 0, 0, 730, 73);
	facts = reading(900, 90);
	facts.gone = true;
	assert_int_equal(usage_read(&usage, &facts), USAGE_NEWS);
	check_bytes(&usage, 202611, 0, 0, 930, 93);
	assert_int_equal(usage_read(&usage, &facts), USAGE_SAME);
	facts.index = 4; /* nobody has ever read that one */
	assert_int_equal(usage_read(&usage, &facts), USAGE_SAME);
	facts = reading(40, 4);
	facts.index = 6;
	facts.gone = true;
	usage_read(&usage, &facts);
	check_bytes(&usage, 202611, 0, 0, 940, 94);
	facts = reading(5, 5);
	facts.index = 7;
	usage_read(&usage, &facts);
	check_bytes(&usage, 202611, 0, 0, 945, 99);
}

static void after_a_boot_everything_is_new_and_of_no_master(void **state)
{
	struct usage usage = begun(1000, 1000);
	struct usage_facts facts = reading(1500, 1500);

	(void)state;
	facts.master = true;
	usage_read(&usage, &facts);
	facts = reading(1600, 1600); /* the same index, and counters that are even higher */
	memcpy(facts.boot, "boot-2", 7);
	facts.now_ms++;
	facts.master = true;
	assert_int_equal(usage_read(&usage, &facts), USAGE_KEEP);
	check_bytes(&usage, 202611, 0, 0, 500 + 1600, 500 + 1600);
}

static void a_boot_without_a_line_forgets_the_interface(void **state)
{
	struct usage usage = begun(1000, 1000);
	struct usage_facts facts = reading(0, 0);

	(void)state;
	memcpy(facts.boot, "boot-2", 7);
	facts.index = 0;
	usage_read(&usage, &facts);
	facts.index = 5;
	facts.rx = 1200;
	facts.tx = 50;
	usage_read(&usage, &facts);
	check_bytes(&usage, 202611, 0, 0, 1200, 50);
}

static void an_uplink_of_another_name_begins_a_new_reading(void **state)
{
	struct usage usage = begun(1000, 1000);
	struct usage_facts facts = reading(500000, 500000);

	(void)state;
	memcpy(facts.iface, "wwan0", 6);
	facts.index = 3;
	usage_read(&usage, &facts);
	check_bytes(&usage, 202611, 0, 0, 0, 0);
	facts.rx += 5;
	usage_read(&usage, &facts);
	check_bytes(&usage, 202611, 0, 0, 5, 0);
}

static void a_boot_that_cannot_be_told_is_no_reading(void **state)
{
	struct usage usage = begun(1000, 1000);
	struct usage_facts facts = reading(2000, 2000);

	(void)state;
	facts.boot[0] = '\0';
	assert_int_equal(usage_read(&usage, &facts), USAGE_SAME);
	check_bytes(&usage, 202611, 0, 0, 0, 0);
}

/* From, to, and what has passed. */
static void a_counter_wraps_or_begins_again(void **state)
{
	static const struct {
		int64_t from, to, passed;
	} cases[] = {
		{ 4294967290, 10, 16 },
		{ 4294967290, 4294967300, 10 }, /* 64 bits */
		{ 3000000000, 100, 1294967396 },
		{ 2147483648, 100, 100 }, /* half of the way around, or more */
		{ 1000, 100, 100 },
		{ 5000000000, 100, 100 },
		{ 4294967296, 100, 100 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct usage usage = begun(cases[i].from, 0);
		const struct usage_facts facts = reading(cases[i].to, 0);

		usage_read(&usage, &facts);
		check_bytes(&usage, 202611, 0, 0, cases[i].passed, 0);
	}
}

/* One counter may look as if it had gone on. */
static void both_counters_begin_again_together(void **state)
{
	struct usage usage = begun(10, 1000);
	const struct usage_facts facts = reading(30, 100);

	(void)state;
	usage_read(&usage, &facts);
	check_bytes(&usage, 202611, 0, 0, 30, 100);
}

static void bytes_wait_for_a_clock_that_is_not_set(void **state)
{
	struct usage usage = begun(0, 0);
	struct usage_facts facts = reading(100, 0);

	(void)state;
	facts.month = 197001;
	assert_int_equal(usage_read(&usage, &facts), USAGE_NEWS);
	check_bytes(&usage, 0, 0, 0, 100, 0);
	facts.month = 202612;
	facts.master = true;
	usage_read(&usage, &facts); /* nothing has passed, and yet it is settled */
	check_bytes(&usage, 202612, 0, 0, 100, 0);
	check_bytes(&usage, 0, 0, 0, 0, 0);
}

static void a_month_that_is_over_is_believed_after_an_hour(void **state)
{
	struct usage usage = begun(0, 0);
	struct usage_facts facts = reading(100, 0);

	(void)state;
	usage_read(&usage, &facts);
	facts.month = 203701;
	facts.rx = 200;
	usage_read(&usage, &facts);
	facts.month = 202612;
	facts.rx = 300;
	usage_read(&usage, &facts);
	check_bytes(&usage, 0, 0, 0, 100, 0);
	assert_false(usage_warns(&usage, 202612, 1));
	facts.now_ms += HOUR - 1;
	usage_read(&usage, &facts);
	check_bytes(&usage, 0, 0, 0, 100, 0);
	facts.now_ms++;
	usage_read(&usage, &facts);
	check_bytes(&usage, 202611, 0, 0, 100, 0);
	check_bytes(&usage, 202612, 0, 0, 200, 0);
	check_bytes(&usage, 203701, 0, 0, 0, 0);
	check_bytes(&usage, 0, 0, 0, 0, 0);
}

static void a_clock_that_is_right_again_costs_no_month(void **state)
{
	struct usage usage = begun(0, 0);
	struct usage_facts facts = reading(100, 0);

	(void)state;
	usage_read(&usage, &facts);
	facts.month = 202605;
	facts.rx = 150;
	usage_read(&usage, &facts);
	facts.now_ms += 50 * MINUTE;
	facts.month = 202611;
	usage_read(&usage, &facts);
	/* The hour begins again. */
	facts.now_ms += 50 * MINUTE;
	facts.month = 202605;
	facts.rx = 160;
	usage_read(&usage, &facts);
	check_bytes(&usage, 202611, 0, 0, 150, 0);
	check_bytes(&usage, 202605, 0, 0, 0, 0);
	check_bytes(&usage, 0, 0, 0, 10, 0);
}

static void the_hour_begins_again_with_a_boot(void **state)
{
	struct usage usage = begun(0, 0);
	struct usage_facts facts = reading(100, 0);

	(void)state;
	usage_read(&usage, &facts);
	facts.month = 202605;
	facts.rx = 200;
	usage_read(&usage, &facts);
	memcpy(facts.boot, "boot-2", 7);
	facts.now_ms += HOUR;
	facts.rx = 10;
	usage_read(&usage, &facts);
	check_bytes(&usage, 0, 0, 0, 110, 0);
	check_bytes(&usage, 202611, 0, 0, 100, 0);
}

static void thirteen_months_are_kept(void **state)
{
	struct usage usage = begun(0, 0);
	struct usage_facts facts = reading(0, 0);

	(void)state;
	for (int i = 0; i < 14; i++) {
		facts.month = i < 2 ? 202611 + i : 202699 + i;
		facts.rx += i + 1;
		usage_read(&usage, &facts);
	}
	check_bytes(&usage, 202712, 0, 0, 14, 0);
	check_bytes(&usage, 202612, 0, 0, 2, 0);
	check_bytes(&usage, 202611, 0, 0, 0, 0);
	assert_true(usage_month_before(202701) == 202612);
	assert_true(usage_month_before(202702) == 202701);
}

static void the_disk_is_written_to_once_an_hour_and_for_what_ends(void **state)
{
	struct usage usage = begun(0, 0);
	struct usage_facts facts = reading(1, 0);

	(void)state;
	usage_read(&usage, &facts); /* a month begins */
	facts.rx++;
	facts.now_ms += HOUR - 1;
	assert_int_equal(usage_read(&usage, &facts), USAGE_NEWS);
	facts.now_ms++;
	assert_int_equal(usage_read(&usage, &facts), USAGE_SAME);
	facts.rx++;
	assert_int_equal(usage_read(&usage, &facts), USAGE_KEEP);
	facts.master = true;
	assert_int_equal(usage_read(&usage, &facts), USAGE_NEWS); /* within a minute */
	facts.now_ms += MINUTE;
	facts.master = false;
	assert_int_equal(usage_read(&usage, &facts), USAGE_KEEP);
	facts.last = true;
	assert_int_equal(usage_read(&usage, &facts), USAGE_KEEP);
	facts.last = false;
	facts.now_ms += MINUTE;
	facts.gone = true;
	assert_int_equal(usage_read(&usage, &facts), USAGE_KEEP);
	facts.gone = false;
	facts.month = 202612;
	facts.rx++;
	facts.now_ms += MINUTE;
	assert_int_equal(usage_read(&usage, &facts), USAGE_KEEP);
}

static void a_limit_is_told_once_a_month(void **state)
{
	struct usage usage = begun(0, 0);
	struct usage_facts facts = reading(600, 400);

	(void)state;
	usage_read(&usage, &facts);
	assert_false(usage_warns(&usage, 202611, 0));
	assert_false(usage_warns(&usage, 202611, 1000)); /* reached, not passed */
	assert_true(usage_warns(&usage, 202611, 999));
	assert_false(usage_warns(&usage, 202611, 999));
	assert_false(usage_warns(&usage, 202611, 500)); /* more than that was told */
	facts.rx += 1000;
	usage_read(&usage, &facts);
	assert_true(usage_warns(&usage, 202611, 1500));
	facts.month = 202612;
	facts.rx += 1000;
	usage_read(&usage, &facts);
	assert_false(usage_warns(&usage, 202611, 1900)); /* that month is over */
	assert_true(usage_warns(&usage, 202612, 999));
}

static void sums_stay_within_bounds(void **state)
{
	struct usage usage = begun(0, 0);
	struct usage_facts facts = reading(USAGE_NUMBER_MAX, USAGE_NUMBER_MAX);
	struct usage_bytes bytes;
	char text[USAGE_TEXT_MAX];

	(void)state;
	usage_read(&usage, &facts);
	facts.index = 6;
	usage_read(&usage, &facts);
	bytes = usage_of(&usage, 202611);
	assert_true(bytes.backup_rx == USAGE_NUMBER_MAX);
	assert_true(usage_total(&bytes) == USAGE_NUMBER_MAX);
	assert_int_equal(usage_parse(usage_format(text, &usage), &usage), 0);
}

static void an_account_reads_back_as_itself(void **state)
{
	struct usage usage = { .boot = "boot-1", .iface = "ppp0" }, back;
	char first[USAGE_TEXT_MAX], second[USAGE_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < USAGE_MONTHS; i++) {
		usage.months[i].month = 209912 - (int64_t)i;
		if (i == 12)
			usage.months[i].month = 209812;
		usage.months[i].bytes = (struct usage_bytes){ USAGE_NUMBER_MAX, USAGE_NUMBER_MAX,
							      USAGE_NUMBER_MAX, USAGE_NUMBER_MAX };
	}
	usage.pending = usage.months[0].bytes;
	usage.index = usage.rx = usage.tx = usage.behind_ms = usage.kept_ms = USAGE_NUMBER_MAX;
	usage.warned = usage.warned_bytes = USAGE_NUMBER_MAX;
	usage.master = 1;
	usage_format(first, &usage);
	assert_int_equal(first[strlen(first) - 1], '\n');
	assert_int_equal(usage_parse(first, &back), 0);
	assert_string_equal(usage_format(second, &back), first);
}

static void what_is_torn_or_strange_is_refused(void **state)
{
	static const char *const texts[] = {
		"boot\n",
		"boot 0123456789012345678901234567890123456789\n",
		"name a-name-that-is-too-long\n",
		"received -1\n",
		"received 1",
		"received 1 2\n",
		"month 202611 1 2 3\n",
		"month 202611 1 2 3 4 5\n",
		"month 202600 1 2 3 4\n",
		"month 202613 1 2 3 4\n",
		"month 202512 1 2 3 4\n",
		"month 202611 1 2 3 4\nmonth 202611 1 2 3 4\n",
		"month 202611 1 2 3 4\nmonth 202612 1 2 3 4\n",
		"pending 1 2 3\n",
		"master 2\n",
		"price 1\n",
		"\n",
		"received 4611686018427387904\n",
	};
	const struct usage untouched = { .rx = 4711 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct usage usage = untouched;
		bool torn = strcmp(texts[i], "received 1") == 0; /* that newline may be missing */

		CHECK(usage_parse(texts[i], &usage) == (torn ? 0 : -EINVAL), "%s", texts[i]);
		CHECK(torn || usage.rx == 4711, "%s", texts[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_reading_counts_nothing),
		cmocka_unit_test(bytes_are_of_the_state_before),
		cmocka_unit_test(another_interface_begins_at_zero),
		cmocka_unit_test(
			the_last_counters_of_an_interface_count_once_also_when_they_come_late),
		cmocka_unit_test(after_a_boot_everything_is_new_and_of_no_master),
		cmocka_unit_test(a_boot_without_a_line_forgets_the_interface),
		cmocka_unit_test(an_uplink_of_another_name_begins_a_new_reading),
		cmocka_unit_test(a_boot_that_cannot_be_told_is_no_reading),
		cmocka_unit_test(a_counter_wraps_or_begins_again),
		cmocka_unit_test(both_counters_begin_again_together),
		cmocka_unit_test(bytes_wait_for_a_clock_that_is_not_set),
		cmocka_unit_test(a_month_that_is_over_is_believed_after_an_hour),
		cmocka_unit_test(a_clock_that_is_right_again_costs_no_month),
		cmocka_unit_test(the_hour_begins_again_with_a_boot),
		cmocka_unit_test(thirteen_months_are_kept),
		cmocka_unit_test(the_disk_is_written_to_once_an_hour_and_for_what_ends),
		cmocka_unit_test(a_limit_is_told_once_a_month),
		cmocka_unit_test(sums_stay_within_bounds),
		cmocka_unit_test(an_account_reads_back_as_itself),
		cmocka_unit_test(what_is_torn_or_strange_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
