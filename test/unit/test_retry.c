#include "retry.h"
#include "support.h"

static const struct retry_hint nothing = { .wait_ms = 0 };

static void the_wait_doubles_up_to_its_bound(void **state)
{
	static const int64_t waits_ms[] = { 1000, 2000, 4000, 8000, 16000, 20000, 20000, 20000 };
	struct retry retry = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(waits_ms); i++)
		assert_int_equal(retry_wait_ms(&retry, &nothing, 0), waits_ms[i]);
	assert_int_equal(retry.failures, ARRAY_LEN(waits_ms));
}

static void chance_takes_up_to_half_away(void **state)
{
	(void)state;
	for (unsigned failures = 0; failures < 40; failures++) {
		int64_t least = INT64_MAX, most = 0;
		struct retry calm = { .failures = failures };
		int64_t full = retry_wait_ms(&calm, &nothing, 0);

		for (int i = 0; i < 2000; i++) {
			struct retry retry = { .failures = failures };
			int64_t wait_ms = retry_wait_ms(&retry, &nothing, random_next() * 2 + 1);

			least = wait_ms < least ? wait_ms : least;
			most = wait_ms > most ? wait_ms : most;
		}
		assert_in_range(least, full / 2, full * 55 / 100);
		assert_in_range(most, full * 95 / 100, full);
	}
}

static void the_server_s_wait_is_not_undercut_but_bounded(void **state)
{
	static const struct {
		int64_t server_ms, wait_ms;
	} cases[] = {
		{ 0, 1000 },	  { 999, 1000 },    { 1001, 1001 },	  { 45000, 45000 },
		{ 60000, 60000 }, { 60001, 60000 }, { INT64_MAX, 60000 }, { -5, 1000 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct retry retry = { 0 };
		const struct retry_hint hint = { .wait_ms = cases[i].server_ms };
		int64_t wait_ms = retry_wait_ms(&retry, &hint, 0);

		CHECK(wait_ms == cases[i].wait_ms, "server %lld: %lld",
		      (long long)cases[i].server_ms, (long long)wait_ms);
	}
}

static void it_never_overflows(void **state)
{
	struct retry retry = { .failures = UINT32_MAX - 1 };

	(void)state;
	assert_int_equal(retry_wait_ms(&retry, &nothing, 0), RETRY_MAX_MS);
}

/* A thousand routers, of which a minute takes a hundred: the first refusal spreads them over the
 * nine minutes that are left, and a little more; after a later one they wait as the server says. */
static void a_fleet_is_spread_over_the_minutes_that_it_needs(void **state)
{
	const struct retry_hint hint = { .wait_ms = 30000, .quota = 100 };
	int64_t least = INT64_MAX, most = 0;

	(void)state;
	for (int i = 0; i < 2000; i++) {
		struct retry retry = { .fleet = 1000 };
		int64_t first_ms = retry_wait_ms(&retry, &hint, random_next() * 2 + 1);
		int64_t second_ms = retry_wait_ms(&retry, &hint, random_next() * 2 + 1);

		least = first_ms < least ? first_ms : least;
		most = first_ms > most ? first_ms : most;
		assert_int_equal(second_ms, 30000);
	}
	assert_in_range(least, 30000, 40000);
	assert_in_range(most, 30000 + 560000, 30000 + 567000);
}

static void a_quota_that_is_enough_spreads_nobody(void **state)
{
	static const struct {
		int64_t fleet, quota;
	} cases[] = { { 1, 100 }, { 100, 100 }, { 0, 1 }, { 1000, 0 }, { 1000, 1000000 } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct retry_hint hint = { .wait_ms = 30000, .quota = cases[i].quota };
		struct retry retry = { .fleet = cases[i].fleet };

		assert_int_equal(retry_wait_ms(&retry, &hint, UINT32_MAX), 30000);
		assert_false(retry.is_spread);
	}
}

static void the_largest_fleet_waits_for_an_hour_at_most(void **state)
{
	const struct retry_hint hint = { .wait_ms = INT64_MAX, .quota = 1 };
	struct retry retry = { .fleet = 1000000 };

	(void)state;
	assert_in_range(retry_wait_ms(&retry, &hint, UINT32_MAX),
			RETRY_SERVER_MAX_MS + RETRY_SPREAD_MAX_MS - 10,
			RETRY_SERVER_MAX_MS + RETRY_SPREAD_MAX_MS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_wait_doubles_up_to_its_bound),
		cmocka_unit_test(chance_takes_up_to_half_away),
		cmocka_unit_test(the_server_s_wait_is_not_undercut_but_bounded),
		cmocka_unit_test(it_never_overflows),
		cmocka_unit_test(a_fleet_is_spread_over_the_minutes_that_it_needs),
		cmocka_unit_test(a_quota_that_is_enough_spreads_nobody),
		cmocka_unit_test(the_largest_fleet_waits_for_an_hour_at_most),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
