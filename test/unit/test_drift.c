#include "drift.h"
#include "support.h"

#define SECOND INT64_C(1000000)

/* Corrects `count` times, as soon as each may be made. Returns the time of the last. */
static int64_t correct(struct drift *drift, int64_t now_us, int count)
{
	for (int i = 0; i < count; i++) {
		now_us = drift_due(drift, now_us);
		(void)drift_note(drift, now_us);
	}
	return now_us;
}

static void the_first_follow_at_once(void **state)
{
	struct drift drift = { .used = 0 };

	(void)state;
	assert_int_equal(drift_due(&drift, 1000 * SECOND), 1000 * SECOND);
	assert_int_equal(correct(&drift, 1000 * SECOND, DRIFT_BURST), 1000 * SECOND);
	assert_int_equal(drift_due(&drift, 1000 * SECOND), 1000 * SECOND);
}

static void one_a_second_is_put_right_for_ever(void **state)
{
	struct drift drift = { .used = 0 };

	(void)state;
	for (int64_t s = 1000; s < 3000; s++) {
		assert_int_equal(drift_due(&drift, s * SECOND), s * SECOND);
		assert_false(drift_note(&drift, s * SECOND));
	}
}

static void who_never_rests_gets_ever_fewer(void **state)
{
	struct drift drift = { .used = 0 };
	int64_t begin_us = correct(&drift, 1000 * SECOND, DRIFT_BURST), now_us = begin_us;
	int corrections = 0, loud = 0;

	(void)state;
	while (now_us < begin_us + 3600 * SECOND) {
		loud += drift_note(&drift, now_us);
		now_us = drift_due(&drift, now_us + 20000);
		corrections++;
	}
	assert_int_equal(loud, 1);
	CHECK(corrections < 100, "%d corrections in an hour", corrections);
	/* After an hour of quiet, all is as at first. */
	now_us += 3600 * SECOND;
	assert_int_equal(correct(&drift, now_us, DRIFT_BURST), now_us);
}

static void a_war_is_an_event_an_hour(void **state)
{
	struct drift drift = { .used = 0 };
	int64_t now_us = 1000 * SECOND, told = 0, counted = 0;

	(void)state;
	for (int i = 0; i < 24 * 60; i++) {
		int64_t before = drift_tell(&drift, now_us + (int64_t)i * 60 * SECOND);

		told += before >= 0;
		counted += before >= 0 ? 1 + before : 0;
	}
	assert_int_equal(told, 24);
	assert_int_equal(counted, 23 * 60 + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_follow_at_once),
		cmocka_unit_test(one_a_second_is_put_right_for_ever),
		cmocka_unit_test(who_never_rests_gets_ever_fewer),
		cmocka_unit_test(a_war_is_an_event_an_hour),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
