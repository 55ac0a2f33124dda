#include "quality.h"

#include <stdlib.h>

#include "support.h"

enum { EVENTS = 400 };

/* Every event, kept. */
struct model {
	int64_t window_us, since_us;
	size_t count;
	struct event {
		int64_t at_us, rtt_us; /* rtt_us -1: a loss */
	} events[EVENTS];
};

/* An event counts while its slot is one of the newest thirty. */
static struct quality_sum model_sum(const struct model *model, int64_t now_us)
{
	int64_t slot_us = model->window_us / QUALITY_SLOTS;
	struct quality_sum sum = { .full = now_us - model->since_us >= slot_us * QUALITY_SLOTS };

	for (size_t i = 0; i < model->count; i++) {
		const struct event *event = &model->events[i];

		if (now_us / slot_us - event->at_us / slot_us >= QUALITY_SLOTS)
			continue;
		sum.lost += event->rtt_us < 0;
		sum.answered += event->rtt_us >= 0;
		sum.rtt_us += event->rtt_us >= 0 ? event->rtt_us : 0;
	}
	if (sum.answered > 0)
		sum.rtt_us /= sum.answered;
	return sum;
}

static void assert_same(const struct quality_sum *got, const struct quality_sum *want)
{
	assert_int_equal(got->answered, want->answered);
	assert_int_equal(got->lost, want->lost);
	assert_int_equal(got->rtt_us, want->rtt_us);
	assert_int_equal(got->full, want->full);
}

/* Mostly less than a slot, sometimes within the window, sometimes far beyond it, sometimes none. */
static int64_t random_step(int64_t window_us)
{
	static const int64_t scale_permille[] = { 0, 5, 20, 20, 40, 100, 500, 3500 };
	int64_t scale = scale_permille[random_below(ARRAY_LEN(scale_permille))];

	return scale == 0 ? 0 : random_below((uint32_t)(window_us * scale / 1000 + 1));
}

static void take_random(struct quality *quality, struct model *model, int64_t now_us)
{
	struct event *event = &model->events[model->count++];

	event->at_us = now_us;
	event->rtt_us = random_below(3) == 0 ? -1 : (int64_t)random_below(200000);
	if (event->rtt_us < 0)
		quality_take_loss(quality, now_us);
	else
		quality_take_answer(quality, event->rtt_us, now_us);
}

static void the_window_is_that_of_a_model_which_keeps_everything(void **state)
{
	static const int64_t windows[] = { 1000000, 30000000, 1000007, 3600000000 };

	(void)state;
	for (unsigned run = 0; run < 200; run++) {
		static struct model model;
		int64_t now_us = random_next();
		struct quality quality;

		model = (struct model){ .window_us = windows[run % ARRAY_LEN(windows)],
					.since_us = now_us };
		quality_start(&quality, model.window_us, now_us);
		while (model.count < EVENTS) {
			struct quality_sum got, want;

			now_us += random_step(model.window_us);
			take_random(&quality, &model, now_us);
			if (random_below(4) == 0)
				now_us += random_step(model.window_us);
			got = quality_sum(&quality, now_us);
			want = model_sum(&model, now_us);
			assert_same(&got, &want);
		}
	}
}

static void the_window_is_full_when_all_of_it_was_watched(void **state)
{
	const int64_t start_us = 12345678, window_us = 30000000;
	struct quality quality;

	(void)state;
	quality_start(&quality, window_us, start_us);
	assert_false(quality_sum(&quality, start_us).full);
	assert_false(quality_sum(&quality, start_us + window_us - 1).full);
	assert_true(quality_sum(&quality, start_us + window_us).full);
	assert_int_equal(quality_sum(&quality, start_us + window_us).answered, 0);
	quality_take_answer(&quality, 10, start_us + window_us);
	quality_start(&quality, window_us, start_us + window_us); /* forgets */
	assert_false(quality_sum(&quality, start_us + window_us).full);
	assert_int_equal(quality_sum(&quality, start_us + window_us).answered, 0);
}

static void what_was_never_started_keeps_nothing(void **state)
{
	const struct quality_sum nothing = { .answered = 0 };
	struct quality quality = { .slot_us = 0 };
	struct quality_sum sum;

	(void)state;
	quality_take_answer(&quality, 10, 1000);
	quality_take_loss(&quality, 2000);
	sum = quality_sum(&quality, 3000);
	assert_same(&sum, &nothing);
}

static void loss_is_told_in_thousandths(void **state)
{
	static const struct {
		uint32_t answered, lost;
		unsigned permille;
	} cases[] = {
		{ 0, 0, 0 },	   { 10, 0, 0 },
		{ 0, 10, 1000 },   { 3, 2, 400 },
		{ 2, 1, 333 },	   { 1, 2, 666 },
		{ 1000, 1, 0 },	   { 999, 1, 1 },
		{ 601, 399, 399 }, { UINT32_MAX, UINT32_MAX, 500 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct quality_sum sum = { .answered = cases[i].answered,
						 .lost = cases[i].lost };

		CHECK(quality_loss_permille(&sum) == cases[i].permille, "case %zu", i);
	}
}

/* The line, by sorting. Loss as a fraction of numbers so small that double is exact enough to tell
 * two of them apart. */

static double loss_of(const struct quality_sum *host)
{
	return (double)host->lost / ((double)host->answered + host->lost);
}

static int by_loss(const void *a, const void *b)
{
	double x = loss_of(a), y = loss_of(b);

	return (x > y) - (x < y);
}

/* One that never answered comes last. */
static int by_rtt(const void *a, const void *b)
{
	const struct quality_sum *x = a, *y = b;

	if (x->answered == 0 || y->answered == 0)
		return (x->answered == 0) - (y->answered == 0);
	return (x->rtt_us > y->rtt_us) - (x->rtt_us < y->rtt_us);
}

static void check_line(const struct quality_sum *hosts, size_t count, unsigned need)
{
	struct quality_sum sorted[QUALITY_HOSTS_MAX];
	struct quality_sum line = quality_of_line(hosts, count, need);
	size_t n = 0;

	for (size_t i = 0; i < count; i++) {
		if (hosts[i].answered + hosts[i].lost > 0)
			sorted[n++] = hosts[i];
	}
	if (n < need) {
		const struct quality_sum nothing = { .answered = 0 };

		assert_same(&line, &nothing);
		return;
	}
	qsort(sorted, n, sizeof(sorted[0]), by_loss);
	assert_true(line.answered + line.lost > 0);
	assert_true(by_loss(&line, &sorted[need - 1]) == 0);
	qsort(sorted, n, sizeof(sorted[0]), by_rtt);
	assert_int_equal(line.rtt_us, sorted[need - 1].rtt_us);
	assert_int_equal(line.full, hosts[0].full);
}

static void the_line_is_as_good_as_its_need_th_best_host(void **state)
{
	(void)state;
	for (int run = 0; run < 20000; run++) {
		struct quality_sum hosts[QUALITY_HOSTS_MAX] = { 0 };
		size_t count = 1 + random_below(QUALITY_HOSTS_MAX);
		bool full = random_below(2) == 0;

		for (size_t i = 0; i < count; i++) {
			uint32_t kind = random_below(6);

			hosts[i].full = full;
			if (kind == 0)
				continue; /* never asked */
			hosts[i].lost = random_below(20);
			hosts[i].answered = kind == 1 ? 0 : random_below(200);
			hosts[i].rtt_us = hosts[i].answered == 0 ? 0 : 1 + random_below(1000);
		}
		check_line(hosts, count, 1 + random_below((uint32_t)count));
	}
}

static void a_dead_host_says_nothing_about_the_line(void **state)
{
	const struct quality_sum hosts[] = { { 0, 100, 0, true, 0 },
					     { 90, 10, 20000, true, 0 },
					     { 99, 1, 30000, true, 0 } };
	struct quality_sum line;

	(void)state;
	line = quality_of_line(hosts, 3, 1);
	assert_int_equal(quality_loss_permille(&line), 10);
	assert_int_equal(line.rtt_us, 20000);
	line = quality_of_line(hosts, 3, 2);
	assert_int_equal(quality_loss_permille(&line), 100);
	assert_int_equal(line.rtt_us, 30000);
	/* Unless it is needed. */
	line = quality_of_line(hosts, 3, 3);
	assert_int_equal(quality_loss_permille(&line), 1000);
	assert_int_equal(line.rtt_us, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_window_is_that_of_a_model_which_keeps_everything),
		cmocka_unit_test(the_window_is_full_when_all_of_it_was_watched),
		cmocka_unit_test(what_was_never_started_keeps_nothing),
		cmocka_unit_test(loss_is_told_in_thousandths),
		cmocka_unit_test(the_line_is_as_good_as_its_need_th_best_host),
		cmocka_unit_test(a_dead_host_says_nothing_about_the_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
