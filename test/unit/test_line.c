/* Rounds over a simulated line: line.c, hedge, flight, rtt and quality are the real ones; time and
 * packets are not. */
#include "line.h"

#include "support.h"
#include "wire.h"

#define WINDOW_US (30 * SECOND)

enum knowledge {
	NOT_KNOWN, /* every round is the first one */
	LEARNT,	   /* from the first round on */
	SETTLED	   /* all is known already */
};

static struct line line;

/* A line of which all targets answer after `rtt_us`. */
static void start(const struct line_rule *rule, int64_t rtt_us, enum knowledge knowledge)
{
	wire_begin();
	line_init(&line, rule);
	line_watch_quality(&line, WINDOW_US);
	for (size_t i = 0; i < rule->count; i++) {
		wire.rtt_us[i] = rtt_us;
		for (int n = 0; n < 100 && knowledge == SETTLED; n++)
			rtt_take(&line.rtts[i], rtt_us);
	}
}

static void step_until_us(int64_t until_us)
{
	while (wire.now_us < until_us) {
		wire.now_us = wire_next_us(until_us);
		(void)line_step(&line);
	}
}

/* From its beginning to its verdict. */
static void run_round(void)
{
	line_begin(&line);
	while (line_step(&line) == VERDICT_PENDING) {
		int64_t next_us = wire_next_us(line_wake_us(&line));

		assert_true(next_us > wire.now_us);
		wire.now_us = next_us;
	}
}

/* One lost echo */

/* A round gets over the loss of any one of its echoes where another host may answer instead, or the
 * same one be asked again. When all hosts are needed, and an answer may take as long as the whole
 * round (SRTT + 4 RTTVAR, which is three round trips after the first answer; 10 ms at least),
 * hedge_plan has no time to ask again. */
static void asking_again_takes_a_round_longer_than_the_answer_may_take(void **state)
{
	static const struct {
		int64_t timeout_ms, rtt_us;
		enum knowledge knowledge;
		unsigned bad; /* rounds that are bad when their first echo is lost, of ten */
	} cases[] = {
		{ 200, 10000, LEARNT, 0 },
		/* SRTT + 4 RTTVAR of n like samples is 1 + 2 * 0.75^(n-1) round trips; who does not
		 * answer within a quarter is asked again in the first round, and n is 2 after it,
		 * or 3. */
		{ 200, 48000, LEARNT, 0 },
		{ 200, 78000, LEARNT, 0 },
		{ 200, 79000, LEARNT, 1 },
		{ 200, 100000, LEARNT, 1 },
		{ 200, 100000, SETTLED, 0 },
		{ 200, 195000, SETTLED, 0 },
		{ 200, 66000, NOT_KNOWN, 0 },
		{ 200, 146000, NOT_KNOWN, 0 },
		{ 200, 148000, NOT_KNOWN, 10 }, /* asked again after a quarter: too late */
		{ 11, 100, SETTLED, 0 },
		{ 10, 100, SETTLED, 10 }, /* HEDGE_LATE_MIN_US */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct line_rule rule = wire_rule(2, 2, cases[i].timeout_ms);
		static struct line before;
		unsigned bad = 0;

		start(&rule, cases[i].rtt_us, cases[i].knowledge);
		for (int round = 0; round < 10; round++) {
			static struct wire then;

			if (cases[i].knowledge == NOT_KNOWN)
				memset(line.rtts, 0, sizeof(line.rtts));
			before = line;
			then = wire;
			wire.lost_one = wire.sent + 1;
			run_round();
			bad += line.round.verdict != VERDICT_UP;
			line = before;
			wire = then;
			run_round();
			step_until_us(wire.now_us + SECOND);
		}
		CHECK(bad == cases[i].bad, "case %zu: %u bad", i, bad);
	}
}

/* What comes late */

static void an_answer_counts_in_the_round_in_which_it_comes(void **state)
{
	struct line_rule rule = wire_rule(1, 1, 200);

	(void)state;
	rule.late_ms = 150;
	rule.lost_ms = 3000;
	start(&rule, 250 * MS, NOT_KNOWN);
	run_round();
	assert_int_equal(line.round.verdict, VERDICT_DOWN);
	run_round();
	assert_int_equal(line.round.verdict, VERDICT_UP);
	assert_int_equal(line.round.targets[0].rtt_us, 250 * MS);
	assert_true(line.round.targets[0].late);
	step_until_us(wire.now_us + 4 * SECOND);
	/* None is lost of all of them. */
	assert_int_equal(line_quality(&line).lost, 0);
	assert_int_equal(line_quality(&line).late, 0);
	assert_int_equal(line_quality(&line).answered, wire.sent);
	assert_int_equal(line_quality(&line).rtt_us, 250 * MS);
}

static void what_is_not_answered_is_late_first_and_lost_then(void **state)
{
	struct line_rule rule = wire_rule(1, 1, 200);
	int64_t start_us;

	(void)state;
	rule.late_ms = 200;
	rule.lost_ms = 3000;
	rule.tries = 1;
	start(&rule, 10 * MS, NOT_KNOWN);
	wire.dead[0] = true;
	start_us = wire.now_us;
	run_round();
	step_until_us(start_us + 2999 * MS);
	assert_int_equal(line_quality(&line).lost, 0);
	assert_int_equal(line_quality(&line).late, 1);
	step_until_us(start_us + 3 * SECOND);
	assert_int_equal(line_quality(&line).lost, 1);
	assert_int_equal(line_quality(&line).late, 0);
}

/* What was sent before the quality began anew is none of its business, answered or lost. */
static void a_new_quality_begins_with_the_next_echo(void **state)
{
	struct line_rule rule = wire_rule(2, 2, 200);

	(void)state;
	rule.late_ms = 200;
	rule.lost_ms = 3000;
	start(&rule, 250 * MS, NOT_KNOWN);
	wire.dead[0] = true;
	run_round();
	line_watch_quality(&line, WINDOW_US);
	step_until_us(wire.now_us + 4 * SECOND);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(quality_sum(&line.qualities[i], wire.now_us).answered, 0);
		assert_int_equal(quality_sum(&line.qualities[i], wire.now_us).lost, 0);
		assert_int_equal(line.flight.late[i], 0);
	}
}

/* A full queue */

static void a_full_queue_is_tried_again(void **state)
{
	const struct line_rule rule = wire_rule(3, 1, 500);

	(void)state;
	for (unsigned run = 0; run < 500; run++) {
		start(&rule, 10 * MS, SETTLED);
		wire.jam_pct = 75;
		run_round();
		CHECK(line.round.verdict == VERDICT_UP, "run %u", run);
	}
	start(&rule, 10 * MS, SETTLED);
	wire.jam_pct = 100;
	run_round();
	assert_int_equal(line.round.verdict, VERDICT_DOWN);
	assert_int_equal(line_trouble(&line), -ENOBUFS);
	assert_int_equal(line.round.took_us, 490 * MS);
}

/* Another rule */

static struct quality_sum quality_of(size_t index)
{
	return quality_sum(&line.qualities[index], wire.now_us);
}

/* A line that was watched for a while, and has echoes on their way. */
static struct line_rule start_and_turn_rule_round(void)
{
	struct line_rule rule = wire_rule(3, 3, 200);
	struct addr first;

	start(&rule, 10 * MS, NOT_KNOWN);
	wire.rtt_us[2] = 20 * MS;
	for (int i = 0; i < 50; i++)
		run_round();
	line_begin(&line);
	(void)line_step(&line);
	assert_int_not_equal(wire.flying_count, 0);
	first = rule.targets[0];
	rule.targets[0] = rule.targets[2];
	rule.targets[2] = first;
	rule.targets[1] = (struct addr){ AF_INET, { 192, 0, 2, 7 } };
	return rule;
}

static void targets_that_stay_keep_what_is_known_of_them(void **state)
{
	struct line_rule rule = start_and_turn_rule_round();
	const struct rtt first = line.rtts[0], last = line.rtts[2];
	struct quality_sum before;

	(void)state;
	before = quality_of(0);
	assert_true(before.answered >= 50);
	assert_int_not_equal(before.rtt_us, quality_of(2).rtt_us);
	line_renew(&line, &rule, WINDOW_US, true);
	assert_memory_equal(&line.rtts[2], &first, sizeof(first));
	assert_memory_equal(&line.rtts[0], &last, sizeof(last));
	assert_false(rtt_is_known(&line.rtts[1]));
	assert_int_equal(quality_of(2).answered, before.answered);
	assert_int_equal(quality_of(2).rtt_us, before.rtt_us);
	assert_int_equal(quality_of(1).answered + quality_of(1).lost, 0);

	rule = start_and_turn_rule_round();
	line_renew(&line, &rule, WINDOW_US / 2, false);
	assert_true(rtt_is_known(&line.rtts[0]));
	assert_int_equal(quality_of(0).answered + quality_of(0).lost, 0);
}

/* Of another line everything is to be learnt: also the echoes that are still on their way say
 * nothing of it, neither when they are answered nor when they are not. */
static void another_interface_begins_anew(void **state)
{
	struct line_rule rule = start_and_turn_rule_round();
	struct line fresh;

	(void)state;
	snprintf(rule.iface, sizeof(rule.iface), "ppp1");
	line_renew(&line, &rule, WINDOW_US, true);
	for (int i = 0; i < 100; i++) {
		wire.now_us += 10 * MS;
		assert_int_equal(line_step(&line), VERDICT_PENDING);
	}
	assert_int_equal(wire.flying_count, 0);
	for (size_t i = 0; i < rule.count; i++) {
		assert_false(rtt_is_known(&line.rtts[i]));
		assert_int_equal(quality_of(i).answered + quality_of(i).lost, 0);
	}
	line_init(&fresh, &rule);
	assert_int_equal(flight_waiting_us(&line.flight), 0);
	assert_memory_equal(&line.round, &fresh.round, sizeof(fresh.round));
	assert_int_equal(line.number, 0);
	assert_string_equal(line.rule.iface, "ppp1");
}

/* Even tries, as fo-keepalive has them: one host, a long time */

/* A round of them from its beginning to its verdict. Where `known`, the line's round trip is, which
 * must not matter. */
static void run_even_round(int64_t timeout_ms, unsigned tries, int64_t rtt_us, uint32_t lost_mask,
			   bool known)
{
	struct line_rule rule = wire_rule(1, 1, timeout_ms);

	rule.even = true;
	rule.tries = tries;
	start(&rule, rtt_us, known ? SETTLED : NOT_KNOWN);
	wire.lost_mask = lost_mask;
	run_round();
}

static void even_tries_are_sent_at_even_times(void **state)
{
	static const int64_t timeouts_ms[] = { 100, 101, 3000, 60000 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(timeouts_ms); i++) {
		int64_t time_us = timeouts_ms[i] * 980;

		for (unsigned tries = 1; tries <= 10; tries++) {
			run_even_round(timeouts_ms[i], tries, 10 * MS, UINT32_MAX, tries % 2 == 0);
			assert_int_equal(line.round.verdict, VERDICT_DOWN);
			assert_int_equal(line.round.targets[0].answer, LINE_SILENT);
			assert_int_equal(wire.sent, tries);
			assert_int_equal(line.tries, tries);
			for (unsigned n = 0; n < tries; n++)
				CHECK(wire.sent_us[n] - line.start_us == time_us / tries * n,
				      "%u of %u: %lld", n, tries,
				      (long long)(wire.sent_us[n] - line.start_us));
			assert_int_equal(wire.now_us - line.start_us, time_us);
		}
	}
}

/* The first one's answer is here after the second one, or all others, were sent. */
static void a_late_answer_to_an_early_try_counts(void **state)
{
	(void)state;
	for (unsigned tries = 2; tries <= 10; tries++) {
		int64_t each_us = 2940 * MS / tries;

		for (unsigned late = 1; late < tries; late++) {
			int64_t rtt_us = each_us * late + each_us / 2;

			run_even_round(3000, tries, rtt_us, ~UINT32_C(1), late % 2 == 0);
			CHECK(line.round.verdict == VERDICT_UP, "%u of %u", late, tries);
			assert_int_equal(line.round.targets[0].answer, LINE_ANSWERED);
			assert_int_equal(line.round.targets[0].rtt_us, rtt_us);
			assert_int_equal(line.round.took_us, rtt_us);
			assert_int_equal(wire.sent, late + 1);
		}
	}
}

/* Any loss, any round trip: the first answer that comes in time decides, and no echo is sent once
 * it is here. */
static void the_first_answer_in_time_ends_even_tries(void **state)
{
	unsigned up = 0, all = 20000;

	(void)state;
	for (unsigned i = 0; i < all; i++) {
		unsigned tries = 1 + random_below(10), sent = 0;
		int64_t timeout_ms = 100 + random_below(5000), time_us = timeout_ms * 980;
		int64_t rtt_us = 1 + random_below((uint32_t)time_us * 5 / 4), at_us = INT64_MAX;
		uint32_t lost = random_next();

		lost &= random_next(); /* a quarter of them */
		for (unsigned n = 0; n < tries && at_us == INT64_MAX; n++) {
			if ((lost >> n & 1) == 0)
				at_us = time_us / tries * n + rtt_us;
		}
		for (unsigned n = 0; n < tries; n++)
			sent += time_us / tries * n < at_us;
		run_even_round(timeout_ms, tries, rtt_us, lost, i % 2 == 0);
		CHECK((line.round.verdict == VERDICT_UP) == (at_us <= time_us), "round %u", i);
		CHECK(wire.sent == sent, "round %u: %u, not %u", i, wire.sent, sent);
		CHECK(line.round.took_us == (at_us <= time_us ? at_us : time_us), "round %u", i);
		up += at_us <= time_us;
	}
	assert_in_range(up, all / 4, all * 3 / 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(asking_again_takes_a_round_longer_than_the_answer_may_take),
		cmocka_unit_test(an_answer_counts_in_the_round_in_which_it_comes),
		cmocka_unit_test(what_is_not_answered_is_late_first_and_lost_then),
		cmocka_unit_test(a_new_quality_begins_with_the_next_echo),
		cmocka_unit_test(a_full_queue_is_tried_again),
		cmocka_unit_test(targets_that_stay_keep_what_is_known_of_them),
		cmocka_unit_test(another_interface_begins_anew),
		cmocka_unit_test(even_tries_are_sent_at_even_times),
		cmocka_unit_test(a_late_answer_to_an_early_try_counts),
		cmocka_unit_test(the_first_answer_in_time_ends_even_tries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
