#include "hedge.h"
#include "support.h"

enum { TARGETS = 6 };

/* Calls `check` for every round of up to TARGETS hosts. */
static void for_every_round(void (*check)(const struct hedge_round *round))
{
	struct hedge_round r;

	for (r.targets = 1; r.targets <= TARGETS; r.targets++)
		for (r.need = 1; r.need <= r.targets; r.need++)
			for (r.answered = 0; r.answered <= r.targets; r.answered++)
				for (r.refused = 0; r.refused + r.answered <= r.targets;
				     r.refused++)
					for (int over = 0; over < 2; over++) {
						r.time_over = over == 1;
						check(&r);
					}
}

static void check_definition(const struct hedge_round *r)
{
	enum verdict verdict = hedge_verdict(r);

	CHECK((verdict == VERDICT_UP) == (r->answered >= r->need), "%u of %u, %u refused",
	      r->answered, r->targets, r->refused);
	if (r->time_over)
		assert_int_not_equal(verdict, VERDICT_PENDING);
	else
		CHECK((verdict == VERDICT_DOWN) == (r->targets - r->refused < r->need),
		      "%u of %u, %u refused", r->answered, r->targets, r->refused);
}

/* Ranked from bad to good. */
static int rank(enum verdict verdict)
{
	return verdict == VERDICT_UP ? 2 : verdict == VERDICT_PENDING ? 1 : 0;
}

static void check_monotone(const struct hedge_round *r)
{
	struct hedge_round more = *r;

	if (r->answered + r->refused == r->targets)
		return;
	more.answered++;
	CHECK(rank(hedge_verdict(&more)) >= rank(hedge_verdict(r)), "%u answers of %u",
	      more.answered, r->targets);
	more = *r;
	more.refused++;
	CHECK(rank(hedge_verdict(&more)) <= rank(hedge_verdict(r)), "%u refusals of %u",
	      more.refused, r->targets);
}

/* A verdict is said once: what comes in later cannot turn it round. */
static void check_certain(const struct hedge_round *r)
{
	struct hedge_round later = *r;
	unsigned left = r->targets - r->answered - r->refused;

	if (hedge_verdict(r) == VERDICT_PENDING || r->time_over)
		return;
	for (unsigned good = 0; good <= left; good++) {
		later.answered = r->answered + good;
		later.refused = r->refused + left - good;
		later.time_over = true;
		assert_int_equal(hedge_verdict(&later), hedge_verdict(r));
	}
}

static void check_due(const struct hedge_round *r)
{
	unsigned due = hedge_targets_due(r, false);

	assert_int_equal(hedge_targets_due(r, true), r->targets);
	assert_in_range(due, r->need, r->targets);
	if (r->refused == 0)
		assert_int_equal(due, r->need); /* nobody is asked without need */
	if (due < r->targets)
		assert_int_equal(due - r->refused, r->need); /* enough are still able to answer */
}

/* Calls `check` for times as short as the shortest round and shorter, as long as the longest, and
 * for round trips from none known to more than the round has. */
static void for_every_plan(void (*check)(const struct hedge_times *times, int64_t timeout_us,
					 int64_t rto_us))
{
	static const int64_t edges[] = { 1,	2,     3,     4,      9999,    10000,	10001,
					 19999, 20000, 40000, 196000, 1000000, 58800000 };

	for (unsigned i = 0; i < 20000; i++) {
		int64_t timeout_us = i < ARRAY_LEN(edges)
					     ? edges[i]
					     : 1 + random_below(58800000) / (1 + i % 500);
		const int64_t rtos[] = { 0,
					 1,
					 9999,
					 HEDGE_LATE_MIN_US,
					 HEDGE_LATE_MAX_US + 1,
					 timeout_us / 2,
					 timeout_us - 1,
					 timeout_us,
					 timeout_us + 1,
					 random_below((uint32_t)timeout_us),
					 INT64_C(3) * 58800000 };

		for (size_t j = 0; j < ARRAY_LEN(rtos); j++) {
			struct hedge_times times = hedge_plan(timeout_us, rtos[j]);

			check(&times, timeout_us, rtos[j]);
		}
	}
}

static void check_bounds(const struct hedge_times *times, int64_t timeout_us, int64_t rto_us)
{
	int64_t answer_us = rto_us > 0 ? rto_us : timeout_us / 4;

	if (answer_us < HEDGE_LATE_MIN_US)
		answer_us = HEDGE_LATE_MIN_US;
	CHECK(0 <= times->late_us && times->late_us <= times->last_us &&
		      times->last_us < timeout_us && times->again_us >= 0,
	      "%lld of %lld", (long long)rto_us, (long long)timeout_us);
	if (times->late_us < times->last_us) {
		assert_in_range(times->late_us, HEDGE_LATE_MIN_US, HEDGE_LATE_MAX_US);
		assert_int_equal(times->late_us,
				 answer_us < HEDGE_LATE_MAX_US ? answer_us : HEDGE_LATE_MAX_US);
	}
	/* Whoever is asked last has the time to answer; a line too slow for that is asked at once.
	 */
	assert_int_equal(times->last_us, timeout_us > answer_us ? timeout_us - answer_us : 0);
}

static void check_volleys(const struct hedge_times *times, int64_t timeout_us, int64_t rto_us)
{
	for (unsigned tries = 1; tries <= HEDGE_TRIES_MAX; tries++) {
		unsigned volleys = 1;
		int64_t next_us = hedge_next_us(times, volleys, tries), last_us = 0;

		while (next_us >= 0) {
			CHECK(last_us <= next_us && next_us <= times->last_us, "%lld of %lld",
			      (long long)rto_us, (long long)timeout_us);
			if (next_us > 0)
				assert_in_range(hedge_volleys_due(times, next_us - 1, tries), 1,
						volleys);
			assert_true(hedge_volleys_due(times, next_us, tries) > volleys);
			last_us = next_us;
			next_us = hedge_next_us(times, ++volleys, tries);
		}
		assert_in_range(volleys, 2, tries + 1);
		assert_int_equal(hedge_volleys_due(times, times->last_us, tries), volleys);
		assert_int_equal(hedge_volleys_due(times, timeout_us, tries), volleys);
	}
}

static void the_verdict_is_up_with_enough_answers_and_down_without_hope(void **state)
{
	(void)state;
	for_every_round(check_definition);
}

static void more_answers_never_turn_up_into_down(void **state)
{
	(void)state;
	for_every_round(check_monotone);
}

static void an_early_verdict_is_certain(void **state)
{
	(void)state;
	for_every_round(check_certain);
}

static void as_many_are_asked_as_are_needed_and_all_when_they_are_late(void **state)
{
	(void)state;
	for_every_round(check_due);
}

static void a_plan_is_within_its_bounds(void **state)
{
	(void)state;
	for_every_plan(check_bounds);
}

/* And what is due next is due then, and not before. */
static void volleys_follow_each_other_until_the_last_one(void **state)
{
	(void)state;
	for_every_plan(check_volleys);
}

static void the_plan_of_a_usual_line_is_known(void **state)
{
	static const struct {
		int64_t timeout_us, rto_us;
		struct hedge_times want;
	} cases[] = {
		{ 196000, 12000, { 12000, 49000, 184000 } },
		{ 196000, 1000, { 10000, 49000, 186000 } }, /* a busy machine has lost nothing */
		{ 196000, 0, { 49000, 49000, 147000 } },    /* not known: a quarter */
		{ 784000, 300000, { 250000, 250000, 484000 } },
		{ 196000, 150000, { 46000, 49000, 46000 } }, /* in time for those asked then */
		{ 196000, 196000, { 0, 49000, 0 } },	     /* too slow: all at once */
		{ 58800000, 0, { 250000, 14700000, 44100000 } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct hedge_times plan = hedge_plan(cases[i].timeout_us, cases[i].rto_us);

		CHECK(plan.late_us == cases[i].want.late_us &&
			      plan.again_us == cases[i].want.again_us &&
			      plan.last_us == cases[i].want.last_us,
		      "case %zu", i);
	}
}

/* The first at once, the others at the n-th part of the time each; never more than `tries`, and
 * none when the time is over. */
static void even_tries_are_due_at_even_intervals(void **state)
{
	static const int64_t timeouts_us[] = { 1,     9,      10,      98000,	 100000,
					       98001, 333333, 2940000, 58800000, INT64_C(1) << 40 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(timeouts_us); i++) {
		for (unsigned tries = 1; tries <= 20; tries++) {
			struct hedge_times times = hedge_plan_evenly(timeouts_us[i], tries);
			int64_t each_us = timeouts_us[i] / tries;

			for (unsigned n = 1; n <= tries; n++) {
				int64_t due_us = each_us * n;

				CHECK(hedge_next_us(&times, n, tries) == due_us, "%zu: %u of %u", i,
				      n, tries);
				if (each_us == 0)
					continue;
				assert_int_equal(hedge_volleys_due(&times, due_us - 1, tries), n);
				assert_int_equal(hedge_volleys_due(&times, due_us, tries), n + 1);
			}
			assert_int_equal(hedge_next_us(&times, tries + 1, tries), -1);
			assert_int_equal(hedge_volleys_due(&times, INT64_MAX, tries), tries + 1);
		}
	}
}

static void a_steady_round_ends_a_silence_after_an_answer_was_due(void **state)
{
	static const struct {
		struct hedge_steady steady;
		int64_t due_us, late_us, last_us;
	} cases[] = {
		/* An idle line, nothing known yet, and one that owes an answer for some time. */
		{ { 400000, 0, 50000, 10000, 15000, 0, true }, 10000, 15000, 410000 },
		{ { 400000, 0, 50000, 0, 0, 0, true }, 0, 50000, 400000 },
		{ { 400000, 0, 50000, 80000, 90000, 70000, true }, 10000, 20000, 410000 },
		{ { 400000, 0, 50000, 80000, 90000, 95000, true }, 0, 10000, 400000 },
		{ { 400000, 2500000, 50000, 0, 0, 0, true }, 2500000, 50000, 2900000 },
		/* A slow line is asked on, unless rounds are rare: there is time for it then. */
		{ { 400000, 0, 50000, 300000, 320000, 0, true }, 300000, 50000, 700000 },
		{ { 400000, 0, 50000, 300000, 320000, 0, false }, 300000, 320000, 700000 },
		/* No time to wait for anything. */
		{ { 10000, 0, 2500, 100, 200, 0, true }, 100, 0, 10100 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		int64_t due_us = -1;
		struct hedge_times times = hedge_plan_steadily(&cases[i].steady, &due_us);

		CHECK(due_us == cases[i].due_us, "case %zu: due %lld", i, (long long)due_us);
		CHECK(times.late_us == cases[i].late_us, "case %zu: late %lld", i,
		      (long long)times.late_us);
		CHECK(times.last_us == cases[i].last_us, "case %zu: last %lld", i,
		      (long long)times.last_us);
		assert_true(times.again_us >= HEDGE_LATE_MIN_US);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_verdict_is_up_with_enough_answers_and_down_without_hope),
		cmocka_unit_test(more_answers_never_turn_up_into_down),
		cmocka_unit_test(an_early_verdict_is_certain),
		cmocka_unit_test(as_many_are_asked_as_are_needed_and_all_when_they_are_late),
		cmocka_unit_test(a_plan_is_within_its_bounds),
		cmocka_unit_test(volleys_follow_each_other_until_the_last_one),
		cmocka_unit_test(the_plan_of_a_usual_line_is_known),
		cmocka_unit_test(even_tries_are_due_at_even_intervals),
		cmocka_unit_test(a_steady_round_ends_a_silence_after_an_answer_was_due),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
