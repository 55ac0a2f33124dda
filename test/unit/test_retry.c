#include "retry.h"
#include "support.h"

static void the_wait_doubles_up_to_its_bound(void **state)
{
	static const int64_t waits_ms[] = { 1000, 2000, 4000, 8000, 16000, 20000, 20000, 20000 };
	struct retry retry = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(waits_ms); i++)
		assert_int_equal(retry_wait_ms(&retry, 0, 0), waits_ms[i]);
	assert_int_equal(retry.failures, ARRAY_LEN(waits_ms));
}

static void chance_takes_up_to_half_away(void **state)
{
	(void)state;
	for (unsigned failures = 0; failures < 40; failures++) {
		int64_t least = INT64_MAX, most = 0;
		struct retry calm = { failures };
		int64_t full = retry_wait_ms(&calm, 0, 0);

		for (int i = 0; i < 2000; i++) {
			struct retry retry = { failures };
			int64_t wait_ms = retry_wait_ms(&retry, 0, random_next() * 2 + 1);

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
		int64_t wait_ms = retry_wait_ms(&retry, cases[i].server_ms, 0);

		CHECK(wait_ms == cases[i].wait_ms, "server %lld: %lld",
		      (long long)cases[i].server_ms, (long long)wait_ms);
	}
}

static void it_never_overflows(void **state)
{
	struct retry retry = { .failures = UINT32_MAX - 1 };

	(void)state;
	assert_int_equal(retry_wait_ms(&retry, 0, 0), RETRY_MAX_MS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_wait_doubles_up_to_its_bound),
		cmocka_unit_test(chance_takes_up_to_half_away),
		cmocka_unit_test(the_server_s_wait_is_not_undercut_but_bounded),
		cmocka_unit_test(it_never_overflows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
