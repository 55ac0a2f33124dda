/* The watcher's judgement over a simulated line: hours take a second, and every echo can be the one
 * that is lost. */
#include "judge.h"

#include "support.h"
#include "wire.h"

static struct judge judge;
static unsigned downs;
static int64_t changed_us;

/* The standard settings of fo.conf(5), but for the hosts, and for the hold. */
static struct judge_rule usual(size_t targets, unsigned need)
{
	struct judge_rule rule = { .line = wire_rule(targets, need, 400),
				   .levels = { .fall = 2,
					       .rise = 5,
					       .hold_us = SECOND,
					       .hold_max_us = SECOND,
					       .loss_down_pct = 40,
					       .loss_up_pct = 10 },
				   .refused_us = 200 * MS,
				   .interval_us = 200 * MS,
				   .window_us = 30 * SECOND };

	rule.line.steady = true;
	rule.line.dense = true;
	rule.line.tries = 18 * HEDGE_TRIES_MAX;
	rule.line.late_ms = 200;
	rule.line.lost_ms = 3000;
	return rule;
}

static void start(const struct judge_rule *rule, int64_t rtt_us)
{
	wire_begin();
	for (size_t i = 0; i < LINE_TARGETS_MAX; i++)
		wire.rtt_us[i] = rtt_us;
	downs = 0;
	judge_init(&judge, rule);
	judge.line.first = random_below((uint32_t)rule->line.count);
	judge_have_link(&judge);
}

static void step(void)
{
	if (!judge_step(&judge))
		return;
	downs += judge.state.verdict == VERDICT_DOWN;
	changed_us = wire.now_us;
}

static void run_until_us(int64_t until_us)
{
	while (wire.now_us < until_us) {
		int64_t next_us = wire_next_us(judge_wake_us(&judge));

		if (next_us > until_us)
			next_us = until_us;
		if (next_us > wire.now_us)
			wire.now_us = next_us;
		step();
	}
}

static void run_for_us(int64_t time_us)
{
	run_until_us(wire.now_us + time_us);
}

static void start_good(const struct judge_rule *rule, int64_t rtt_us)
{
	start(rule, rtt_us);
	run_for_us(rule->window_us + SECOND + random_below(400000));
	assert_int_equal(judge.state.verdict, VERDICT_UP);
	assert_int_equal(downs, 0);
}

/* Runs until the line is down, at most for `time_us`. Returns how long it took. */
static int64_t time_to_down_us(int64_t time_us)
{
	int64_t start_us = wire.now_us;

	run_until_us(start_us + time_us);
	assert_int_equal(downs, 1);
	return changed_us - start_us;
}

static void cut(void)
{
	wire.loss_pct = 100;
	wire.flying_count = 0;
}

/* Silence is dead */

static void a_black_hole_is_seen_in_time(void **state)
{
	int64_t sum_us = 0;

	(void)state;
	for (unsigned run = 0; run < 200; run++) {
		unsigned targets = 1 + random_below(5);
		struct judge_rule rule = usual(targets, 1 + random_below(targets));
		int64_t rtt_us = 1 + random_below(60000), took_us;

		rule.window_us = SECOND;
		start_good(&rule, rtt_us);
		cut();
		took_us = time_to_down_us(2 * SECOND);
		assert_int_equal(judge.state.reason, VERDICT_SILENT);
		CHECK(took_us > 300 * MS && took_us <= rtt_us + 600 * MS, "run %u: %lld us", run,
		      (long long)took_us);
		sum_us += took_us;
		/* And it comes back when the hold is over. */
		wire.loss_pct = 0;
		run_for_us(3 * SECOND);
		assert_int_equal(judge.state.verdict, VERDICT_UP);
		assert_int_equal(downs, 1);
	}
	assert_in_range(sum_us / 200, 400 * MS, 550 * MS);
}

/* As quick as on an idle line: what was on its way was owed. */
static void a_black_hole_behind_a_queue_is_seen_as_soon(void **state)
{
	static const int64_t queues_us[] = { 300 * MS, 600 * MS, 2 * SECOND };

	(void)state;
	for (unsigned run = 0; run < 300; run++) {
		struct judge_rule rule = usual(3, 1);
		int64_t took_us;

		start_good(&rule, 10 * MS);
		for (int i = 0; i < 200; i++) {
			wire.queue_us += queues_us[run % 3] / 200;
			run_for_us(25 * MS);
		}
		run_for_us(3 * SECOND + random_below(400000));
		assert_int_equal(downs, 0);
		cut();
		took_us = time_to_down_us(5 * SECOND);
		CHECK(took_us <= 800 * MS, "run %u: %lld us", run, (long long)took_us);
	}
}

static void before_the_first_answer_it_has_more_patience(void **state)
{
	const struct judge_rule rule = usual(3, 1);
	int64_t took_us;

	(void)state;
	start(&rule, 10 * MS);
	cut();
	took_us = time_to_down_us(10 * SECOND);
	assert_in_range(took_us, 2800 * MS, 3 * SECOND);
	start(&rule, 2500 * MS);
	run_for_us(20 * SECOND);
	assert_int_equal(judge.state.verdict, VERDICT_UP);
	assert_int_equal(downs, 0);
}

/* The line was up, with that round trip. */
static void take_over(const struct judge_rule *rule, int64_t rtt_us)
{
	const struct verdict_state up = { .verdict = VERDICT_UP };

	start(rule, rtt_us);
	judge_init(&judge, rule);
	judge_resume(&judge, &up, rtt_us);
	judge_have_link(&judge);
}

static void a_successor_knows_how_slow_the_line_is(void **state)
{
	const struct judge_rule rule = usual(3, 1);

	(void)state;
	for (int64_t rtt_us = 10 * MS; rtt_us <= 2500 * MS; rtt_us += 30 * MS) {
		take_over(&rule, rtt_us);
		run_for_us(20 * SECOND);
		CHECK(downs == 0, "%lld us", (long long)rtt_us);
		take_over(&rule, rtt_us);
		cut();
		CHECK(time_to_down_us(10 * SECOND) <= rtt_us + 600 * MS, "%lld us",
		      (long long)rtt_us);
	}
}

/* Refusals are no sign of life, and not silent either: so many in a row. */
static void refusals_are_counted(void **state)
{
	const struct judge_rule rule = usual(3, 1);
	int64_t took_us;

	(void)state;
	start_good(&rule, 10 * MS);
	wire.refuses = true;
	took_us = time_to_down_us(2 * SECOND);
	assert_in_range(took_us, 200 * MS, 450 * MS);
}

/* Late is slow */

static void a_line_with_long_round_trips_is_up(void **state)
{
	static const int64_t rtts_ms[] = { 190, 210, 250, 390, 410, 600, 1000, 2500 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rtts_ms); i++) {
		const struct judge_rule rule = usual(3, 1);

		start(&rule, rtts_ms[i] * MS);
		run_for_us(100 * SECOND);
		CHECK(judge.state.verdict == VERDICT_UP && downs == 0, "%lld ms",
		      (long long)rtts_ms[i]);
		assert_int_equal(judge.quality.lost, 0);
		assert_in_range(judge.quality.rtt_us, rtts_ms[i] * 999, rtts_ms[i] * 1001);
		/* And comes back, when it was cut off. */
		cut();
		run_for_us(SECOND + rtts_ms[i] * MS);
		CHECK(downs == 1, "%lld ms", (long long)rtts_ms[i]);
		wire.loss_pct = 0;
		run_for_us(30 * SECOND);
		CHECK(judge.state.verdict == VERDICT_UP && downs == 1, "%lld ms",
		      (long long)rtts_ms[i]);
	}
}

/* A queue that fills by so much a second, stands, and empties. */
static void fill_and_empty(int64_t per_second_us, int64_t most_us)
{
	while (wire.queue_us < most_us) {
		wire.queue_us += per_second_us / 1000;
		run_for_us(MS);
	}
	run_for_us(SECOND + random_below(SECOND));
	while (wire.queue_us > 0) {
		run_for_us(MS);
		wire.queue_us -= wire.queue_us < MS ? wire.queue_us : MS;
	}
}

static void queues_are_no_dead_line(void **state)
{
	static const int64_t most_ms[] = { 100, 300, 500, 1000, 2000 };

	(void)state;
	for (unsigned run = 0; run < 100; run++) {
		const struct judge_rule rule = usual(3, 1);

		start_good(&rule, 1 + random_below(60000));
		wire.loss_pct = run % 2 == 0 ? 0 : 2;
		fill_and_empty(SECOND / 4 + random_below(3 * SECOND / 4),
			       most_ms[run % ARRAY_LEN(most_ms)] * MS);
		run_for_us(10 * SECOND);
		CHECK(downs == 0, "run %u", run);
	}
}

/* All at once: by less than the silence of a dead line. */
static void steps_are_no_dead_line(void **state)
{
	(void)state;
	for (unsigned run = 0; run < 300; run++) {
		const struct judge_rule rule = usual(3, 1);

		start_good(&rule, 10 * MS);
		wire.queue_us = 350 * MS;
		run_for_us(5 * SECOND + random_below(SECOND));
		wire.queue_us = 0;
		run_for_us(5 * SECOND);
		CHECK(downs == 0, "run %u", run);
	}
}

static void a_slow_line_is_a_brown_out_where_asked_for(void **state)
{
	struct judge_rule rule = usual(3, 1);

	(void)state;
	rule.levels.rtt_down_us = 500 * MS;
	rule.levels.rtt_up_us = 300 * MS;
	start_good(&rule, 10 * MS);
	fill_and_empty(SECOND / 2, 400 * MS);
	assert_int_equal(downs, 0);
	wire.rtt_us[0] = wire.rtt_us[1] = wire.rtt_us[2] = 390 * MS;
	run_for_us(SECOND);
	wire.rtt_us[0] = wire.rtt_us[1] = wire.rtt_us[2] = 600 * MS;
	run_for_us(60 * SECOND);
	assert_int_equal(judge.state.verdict, VERDICT_DOWN);
	assert_int_equal(judge.state.reason, VERDICT_SLOW);
	assert_int_equal(downs, 1);
}

/* Loss */

/* Whichever one it is, with levels as sharp as can be: in a run of rounds each one is lost in turn.
 */
static void a_single_lost_echo_never_changes_the_verdict(void **state)
{
	static const int64_t rtts_us[] = { 100, 10000, 60000, 150000, 250000 };
	unsigned echoes = 0;

	(void)state;
	for (unsigned i = 0; i < 45; i++) {
		unsigned targets = 1 + i % 3;
		struct judge_rule rule = usual(targets, 1 + random_below(targets));

		rule.levels.fall = 1;
		rule.levels.rise = 1;
		rule.levels.loss_down_pct = 1;
		rule.window_us = SECOND;
		start_good(&rule, rtts_us[i % ARRAY_LEN(rtts_us)]);
		for (unsigned n = 0; n < 100; n++, echoes++) {
			wire.lost_one = wire.sent + 1;
			run_for_us(rule.window_us + 4 * SECOND);
			CHECK(downs == 0, "%u targets, %u needed, rtt %lld, echo %u", targets,
			      rule.line.need, (long long)rtts_us[i % ARRAY_LEN(rtts_us)], n);
		}
	}
	print_message("%u echoes, each lost alone\n", echoes);
}

/* An hour of it each. */
static void a_fifth_lost_or_a_dead_host_is_no_dead_line(void **state)
{
	static const int64_t rtts_us[] = { 10000, 10000, 100000, 250000 };

	(void)state;
	for (unsigned run = 0; run < 4; run++) {
		const struct judge_rule rule = usual(3, 1);

		start_good(&rule, rtts_us[run]);
		wire.dead[0] = run == 1;
		wire.loss_pct = run == 1 ? 10 : 20;
		run_for_us(3600 * SECOND);
		CHECK(downs == 0, "run %u", run);
	}
}

static void a_pause_shorter_than_the_silence_is_none(void **state)
{
	(void)state;
	for (unsigned run = 0; run < 1000; run++) {
		const struct judge_rule rule = usual(3, 1);

		start_good(&rule, 10 * MS);
		wire.loss_pct = 100;
		run_for_us(50 * MS + random_below(270000));
		wire.loss_pct = 0;
		run_for_us(2 * SECOND);
		CHECK(downs == 0, "run %u", run);
	}
}

static void a_line_that_loses_most_is_down_in_time(void **state)
{
	struct judge_rule rule = usual(3, 1);

	(void)state;
	rule.levels.hold_us = rule.levels.hold_max_us = 10 * SECOND;
	for (unsigned run = 0; run < 50; run++) {
		start_good(&rule, 10 * MS);
		wire.loss_pct = 60;
		assert_true(time_to_down_us(2 * rule.window_us) > SECOND);
		/* And as long as it loses, it does not come back, though the hold is short. */
		run_for_us(10 * rule.window_us);
		CHECK(judge.state.verdict == VERDICT_DOWN && downs == 1, "run %u", run);
		wire.loss_pct = 0;
		run_for_us(2 * rule.window_us);
		assert_int_equal(judge.state.verdict, VERDICT_UP);
	}
}

/* This machine */

static void a_gap_is_no_silence(void **state)
{
	(void)state;
	for (unsigned run = 0; run < 500; run++) {
		const struct judge_rule rule = usual(3, 1);
		int64_t mean_us;

		start_good(&rule, 10 * MS);
		wire.lost_one = wire.sent + 1;
		run_for_us(random_below(300000));
		mean_us = judge.quality.rtt_us;
		wire.now_us += 100 * MS + random_below(20 * SECOND);
		step();
		run_for_us(5 * SECOND);
		CHECK(downs == 0, "run %u", run);
		/* Nor is it a part of a round trip. */
		CHECK(judge.quality.rtt_us <= mean_us + 2 * MS, "run %u: %lld", run,
		      (long long)judge.quality.rtt_us);
	}
}

static void a_full_queue_is_no_dead_line(void **state)
{
	const struct judge_rule rule = usual(3, 1);

	(void)state;
	start_good(&rule, 10 * MS);
	wire.jam_pct = 90;
	run_for_us(600 * SECOND);
	assert_int_equal(downs, 0);
	assert_int_equal(judge.trouble, 0);
	/* Trouble is counted from the last echo that has left. */
	wire.jam_pct = 0;
	run_for_us(200 * MS);
	assert_int_equal(judge.trouble, 0);
	wire.jam_pct = 100;
	run_for_us(2900 * MS);
	assert_int_equal(judge.trouble, 0);
	run_for_us(400 * MS);
	assert_int_equal(judge.trouble, -ENOBUFS);
	wire.jam_pct = 0;
	run_for_us(500 * MS);
	assert_int_equal(judge.trouble, 0);
	assert_int_equal(downs, 0);
	/* Nor where the one echo that has left is lost. */
	wire.lost_one = wire.sent + 1;
	while (wire.sent < wire.lost_one)
		run_for_us(MS);
	wire.jam_pct = 100;
	run_for_us(2 * SECOND);
	wire.jam_pct = 0;
	run_for_us(500 * MS);
	assert_int_equal(downs, 0);
	/* And it hides none. */
	wire.jam_pct = 50;
	cut();
	assert_true(time_to_down_us(SECOND) > 0);
}

/* A burst of the LAN has filled a queue of seconds at once, or keeps it full: none of our echoes is
 * answered, and what the burst causes is. */
static void what_else_comes_in_is_life(void **state)
{
	struct judge_rule rule = usual(3, 1);

	(void)state;
	for (unsigned run = 0; run < 100; run++) {
		int64_t took_us;

		start_good(&rule, 10 * MS);
		wire.queue_us = run % 2 == 0 ? 250 * MS : 0;
		run_for_us(2 * SECOND);
		wire.others_us = 70 * MS;
		wire.loss_pct = 100;
		run_for_us((int64_t)random_below(2500) * MS);
		CHECK(downs == 0, "run %u", run);
		/* No longer than that. */
		wire.others_us = 0;
		took_us = time_to_down_us(2 * SECOND);
		CHECK(took_us <= 800 * MS, "run %u: %lld us", run, (long long)took_us);
	}
}

static void it_may_be_noise_which_hides_no_dead_line_for_long(void **state)
{
	struct judge_rule rule = usual(3, 1);
	int64_t took_us;

	(void)state;
	start_good(&rule, 10 * MS);
	wire.queue_us = 250 * MS;
	run_for_us(2 * SECOND);
	wire.others_us = MS;
	cut();
	took_us = time_to_down_us(5 * SECOND);
	assert_in_range(took_us, JUDGE_BUSY_US, JUDGE_BUSY_US + SECOND);
}

static void the_noise_of_the_internet_is_no_life(void **state)
{
	struct judge_rule rule = usual(3, 1);

	(void)state;
	for (unsigned run = 0; run < 100; run++) {
		start_good(&rule, 10 * MS);
		wire.others_us = SECOND;
		run_for_us(2 * SECOND + random_below(1000) * MS);
		cut();
		CHECK(time_to_down_us(2 * SECOND) <= 600 * MS, "run %u", run);
	}
}

/* Another rule */

static void the_same_rule_changes_nothing(void **state)
{
	const struct judge_rule rule = usual(3, 1);
	static struct judge before;

	(void)state;
	start_good(&rule, 10 * MS);
	while (!judge.in_round)
		run_for_us(MS);
	before = judge;
	judge_renew(&judge, &rule);
	assert_memory_equal(&judge, &before, sizeof(before));
}

/* Every 100 ms another rule, or the same, or another hold. */
static void rules_without_end_hide_no_dead_line(void **state)
{
	(void)state;
	for (unsigned run = 0; run < 300; run++) {
		struct judge_rule rule = usual(3, 1);
		int64_t start_us;

		start_good(&rule, 10 * MS);
		cut();
		start_us = wire.now_us;
		for (int i = 0; i < 10; i++) {
			run_for_us(100 * MS);
			rule.line.targets[2].bytes[3] ^= run % 3 == 0 ? 1 : 0;
			rule.levels.hold_us += run % 3;
			judge_renew(&judge, &rule);
		}
		CHECK(downs == 1 && changed_us - start_us <= 750 * MS, "run %u: %lld", run,
		      (long long)(changed_us - start_us));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_black_hole_is_seen_in_time),
		cmocka_unit_test(a_black_hole_behind_a_queue_is_seen_as_soon),
		cmocka_unit_test(before_the_first_answer_it_has_more_patience),
		cmocka_unit_test(a_successor_knows_how_slow_the_line_is),
		cmocka_unit_test(refusals_are_counted),
		cmocka_unit_test(a_line_with_long_round_trips_is_up),
		cmocka_unit_test(queues_are_no_dead_line),
		cmocka_unit_test(steps_are_no_dead_line),
		cmocka_unit_test(a_slow_line_is_a_brown_out_where_asked_for),
		cmocka_unit_test(a_single_lost_echo_never_changes_the_verdict),
		cmocka_unit_test(a_fifth_lost_or_a_dead_host_is_no_dead_line),
		cmocka_unit_test(a_pause_shorter_than_the_silence_is_none),
		cmocka_unit_test(a_line_that_loses_most_is_down_in_time),
		cmocka_unit_test(a_gap_is_no_silence),
		cmocka_unit_test(a_full_queue_is_no_dead_line),
		cmocka_unit_test(what_else_comes_in_is_life),
		cmocka_unit_test(it_may_be_noise_which_hides_no_dead_line_for_long),
		cmocka_unit_test(the_noise_of_the_internet_is_no_life),
		cmocka_unit_test(the_same_rule_changes_nothing),
		cmocka_unit_test(rules_without_end_hide_no_dead_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
