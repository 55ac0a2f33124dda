#include "rtt.h"
#include "support.h"

/* RFC 6298, section 2, by its formulas: what whole microseconds make of them may be off by what
 * was rounded away, which the shares 1/8 and 1/4 keep below 8, and 8 + 4. */
struct model {
	double srtt, rttvar;
	bool known;
};

static double distance(double a, double b)
{
	return a > b ? a - b : b - a;
}

static void model_take(struct model *model, double r)
{
	if (!model->known) {
		model->srtt = r;
		model->rttvar = r / 2;
	} else {
		model->rttvar = 0.75 * model->rttvar + 0.25 * distance(model->srtt, r);
		model->srtt = 0.875 * model->srtt + 0.125 * r;
	}
	model->known = true;
}

static void nothing_is_known_at_first(void **state)
{
	const struct rtt rtt = { 0 };

	(void)state;
	assert_false(rtt_is_known(&rtt));
	assert_int_equal(rtt_timeout_us(&rtt), 0);
}

static void the_first_sample_is_taken_whole(void **state)
{
	static const int64_t samples[] = { 2, 10000, 60000000 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(samples); i++) {
		struct rtt rtt = { 0 };

		rtt_take(&rtt, samples[i]);
		assert_int_equal(rtt.smoothed_us, samples[i]);
		assert_int_equal(rtt.variation_us, samples[i] / 2);
		assert_int_equal(rtt_timeout_us(&rtt), 3 * samples[i]);
	}
}

/* Zero means "not known", and a clock that does not tick must not make it so. */
static void an_answer_in_no_time_is_still_one(void **state)
{
	struct rtt rtt = { 0 };

	(void)state;
	for (int i = 0; i < 100; i++) {
		rtt_take(&rtt, 0);
		assert_true(rtt_is_known(&rtt));
		assert_true(rtt_timeout_us(&rtt) > 0);
	}
}

static void every_sequence_is_smoothed_as_the_rfc_says(void **state)
{
	(void)state;
	for (int run = 0; run < 2000; run++) {
		uint32_t limit = 1 + random_below(run % 2 ? 60000000 : 30000);
		struct model model = { .known = false };
		struct rtt rtt = { 0 };

		for (int i = 0; i < 100; i++) {
			int64_t sample_us = 1 + random_below(limit);

			rtt_take(&rtt, sample_us);
			model_take(&model, (double)sample_us);
			CHECK(distance((double)rtt.smoothed_us, model.srtt) < 8 &&
				      distance((double)rtt.variation_us, model.rttvar) < 12,
			      "run %d, sample %d", run, i);
			assert_true(rtt.smoothed_us > 0 && rtt.variation_us >= 0);
			assert_int_equal(rtt_timeout_us(&rtt),
					 rtt.smoothed_us + 4 * rtt.variation_us);
		}
	}
}

/* From any start: a line that has become slower, or quicker, is known after some rounds. */
static void a_steady_line_is_known_to_the_microsecond(void **state)
{
	(void)state;
	for (int run = 0; run < 1000; run++) {
		int64_t steady_us = 1 + random_below(200000);
		struct rtt rtt = { .smoothed_us = 1 + random_below(1000000),
				   .variation_us = random_below(1000000) };

		for (int i = 0; i < 200; i++)
			rtt_take(&rtt, steady_us);
		assert_true(distance((double)rtt.smoothed_us, (double)steady_us) < 8);
		assert_in_range(rtt.variation_us, 0, 11);
		assert_true(rtt_timeout_us(&rtt) >= steady_us - 7);
	}
}

static void an_estimate_differs_by_an_eighth_and_a_millisecond(void **state)
{
	static const struct {
		struct rtt a, b;
		bool differ;
	} cases[] = {
		{ { 0, 0 }, { 0, 0 }, false },
		{ { 0, 0 }, { 1, 0 }, true }, /* known, not known */
		{ { 100, 50 }, { 1100, 50 }, false },
		{ { 100, 50 }, { 1101, 50 }, true }, /* more than a millisecond */
		{ { 80000, 0 }, { 90000, 0 }, false },
		{ { 80000, 0 }, { 90001, 0 }, true }, /* more than an eighth */
		{ { 80000, 0 }, { 80000, 2500 }, false },
		{ { 80000, 0 }, { 80000, 2501 }, true }, /* the time-out counts, too */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CHECK(rtt_differs(&cases[i].a, &cases[i].b) == cases[i].differ, "case %zu", i);
		CHECK(rtt_differs(&cases[i].b, &cases[i].a) == cases[i].differ, "case %zu", i);
		assert_false(rtt_differs(&cases[i].a, &cases[i].a));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_known_at_first),
		cmocka_unit_test(the_first_sample_is_taken_whole),
		cmocka_unit_test(an_answer_in_no_time_is_still_one),
		cmocka_unit_test(every_sequence_is_smoothed_as_the_rfc_says),
		cmocka_unit_test(a_steady_line_is_known_to_the_microsecond),
		cmocka_unit_test(an_estimate_differs_by_an_eighth_and_a_millisecond),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
