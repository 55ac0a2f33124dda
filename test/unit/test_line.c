/* Rounds over a simulated line, as the watcher judges it: line.c, hedge, rtt, quality and verdict
 * are the real ones; time and packets are not, so that hours take a second, and every echo can be
 * the one that is lost. */
#include "line.h"

#include "clock.h"
#include "support.h"

#define MS     INT64_C(1000)
#define SECOND INT64_C(1000000)

enum { ROUNDS = 300, IN_FLIGHT_MAX = 256, SENT_MAX = 12 };

enum knowledge {
	NOT_KNOWN, /* every round is the first one */
	LEARNT,	   /* from the first round on */
	SETTLED	   /* all is known already */
};

struct config {
	unsigned targets, need;
	int64_t timeout_us, interval_us, window_us;
	int64_t rtt_us[LINE_TARGETS_MAX];
	bool dead[LINE_TARGETS_MAX];
	enum knowledge knowledge;
	struct verdict_rule rule;
};

/* All there is, without a pointer: a copy of it is a point to go back to. */
static struct sim {
	struct config config;
	int64_t now_us;

	/* The network */
	unsigned sent;		   /* echoes */
	int64_t sent_us[SENT_MAX]; /* the first of them */
	uint32_t lost_mask;	   /* and those of them that are lost */
	unsigned lost_one;	   /* the echo with this number is lost; 0: none */
	uint32_t loss_pct;	   /* of all others */
	struct in_flight {
		int64_t at_us; /* when the answer is here */
		struct addr from;
		uint16_t seq;
	} flying[IN_FLIGHT_MAX];
	size_t flying_count;

	/* The watcher */
	struct line line;
	struct verdict_state state;
	bool in_round;
	int64_t next_round_us;
	unsigned rounds, bad_rounds, downs;
	int64_t changed_us;
} sim;

/* What line.c asks of the outer world */

int64_t __wrap_clock_mono_us(void);
int __wrap_probe_open(struct probe *probe, const char *iface, sa_family_t family);
int __wrap_probe_send(struct probe *probe, const struct addr *target, uint16_t seq);
bool __wrap_probe_next(struct probe *probe, struct probe_event *out);

int64_t __wrap_clock_mono_us(void)
{
	return sim.now_us;
}

int __wrap_probe_open(struct probe *probe, const char *iface, sa_family_t family)
{
	(void)probe;
	(void)iface;
	(void)family;
	return 0;
}

int __wrap_probe_send(struct probe *probe, const struct addr *target, uint16_t seq)
{
	size_t i = target->bytes[3];

	(void)probe;
	if (sim.sent < SENT_MAX)
		sim.sent_us[sim.sent] = sim.now_us;
	sim.sent++;
	if (sim.config.dead[i] || sim.sent == sim.lost_one ||
	    (sim.sent <= SENT_MAX && (sim.lost_mask >> (sim.sent - 1) & 1) != 0) ||
	    (sim.loss_pct > 0 && random_below(100) < sim.loss_pct))
		return 0;
	assert_true(sim.flying_count < IN_FLIGHT_MAX);
	sim.flying[sim.flying_count++] = (struct in_flight){
		.at_us = sim.now_us + sim.config.rtt_us[i], .from = *target, .seq = seq
	};
	return 0;
}

static size_t first_to_arrive(void)
{
	size_t first = 0;

	for (size_t i = 1; i < sim.flying_count; i++) {
		if (sim.flying[i].at_us < sim.flying[first].at_us)
			first = i;
	}
	return first;
}

bool __wrap_probe_next(struct probe *probe, struct probe_event *out)
{
	size_t i = first_to_arrive();

	(void)probe;
	if (sim.flying_count == 0 || sim.flying[i].at_us > sim.now_us)
		return false;
	*out = (struct probe_event){ .kind = PROBE_REPLY,
				     .from = sim.flying[i].from,
				     .seq = sim.flying[i].seq };
	sim.flying[i] = sim.flying[--sim.flying_count];
	return true;
}

/* The watcher, as in watch.c */

static void start_sim(const struct config *config)
{
	struct line_rule rule = { .iface = "ppp0",
				  .count = config->targets,
				  .need = config->need,
				  .timeout_ms = config->timeout_us / MS,
				  .tries = HEDGE_TRIES_MAX };

	for (size_t i = 0; i < rule.count; i++)
		rule.targets[i] = (struct addr){ AF_INET, { 192, 0, 2, (uint8_t)i } };
	memset(&sim, 0, sizeof(sim));
	sim.config = *config;
	sim.now_us = 1000 * SECOND;
	line_init(&sim.line, &rule);
	line_watch_quality(&sim.line, config->window_us);
	for (size_t i = 0; i < rule.count && config->knowledge == SETTLED; i++) {
		for (int n = 0; n < 100; n++)
			rtt_take(&sim.line.rtts[i], config->rtt_us[i]);
	}
	sim.line.first = random_below(config->targets);
	sim.next_round_us = sim.now_us;
}

static void begin_round(void)
{
	if (sim.config.knowledge == NOT_KNOWN)
		memset(sim.line.rtts, 0, sizeof(sim.line.rtts));
	sim.line.rule.tries = sim.state.verdict == VERDICT_DOWN ? 1 : HEDGE_TRIES_MAX;
	line_begin(&sim.line);
	sim.in_round = true;
}

static void finish_round(void)
{
	bool good = sim.line.round.verdict == VERDICT_UP;
	struct quality_sum quality = line_quality(&sim.line);

	sim.rounds++;
	sim.bad_rounds += !good;
	sim.in_round = false;
	sim.next_round_us = sim.line.start_us + sim.config.interval_us;
	if (verdict_take_round(&sim.state, &sim.config.rule, good, &quality, sim.now_us)) {
		sim.downs += sim.state.verdict == VERDICT_DOWN;
		sim.changed_us = sim.now_us;
	}
	if (sim.state.verdict == VERDICT_DOWN && sim.state.last_bad_us == sim.now_us)
		line_watch_quality(&sim.line, sim.config.window_us);
	if (!good && sim.state.verdict != VERDICT_DOWN)
		sim.next_round_us = sim.line.start_us + sim.config.timeout_us;
}

/* Goes on to the next moment at which something happens. */
static void step(void)
{
	int64_t next_us = sim.in_round ? line_wake_us(&sim.line) : sim.next_round_us;

	if (sim.flying_count > 0 && sim.flying[first_to_arrive()].at_us < next_us)
		next_us = sim.flying[first_to_arrive()].at_us;
	if (next_us > sim.now_us)
		sim.now_us = next_us;
	if (!sim.in_round && sim.now_us >= sim.next_round_us)
		begin_round();
	if (line_step(&sim.line) != VERDICT_PENDING && sim.in_round)
		finish_round();
}

static void run_rounds(unsigned rounds)
{
	for (unsigned until = sim.rounds + rounds; sim.rounds < until;)
		step();
}

static void run_until_us(int64_t until_us)
{
	while (sim.now_us < until_us)
		step();
}

/* The standard settings of fo.conf(5), but for the hosts. */
static struct config usual(unsigned targets, unsigned need, int64_t rtt_us)
{
	struct config config = { .targets = targets,
				 .need = need,
				 .timeout_us = 200 * MS,
				 .interval_us = 200 * MS,
				 .window_us = 30 * SECOND,
				 .knowledge = LEARNT,
				 .rule = { .fall = 2,
					   .rise = 5,
					   .hold_us = 10 * SECOND,
					   .hold_max_us = 600 * SECOND,
					   .loss_down_pct = 40,
					   .loss_up_pct = 10 } };

	for (size_t i = 0; i < targets; i++)
		config.rtt_us[i] = rtt_us;
	return config;
}

/* One lost echo */

/* Whether a round can get over the loss of any one of its echoes. It can when another host may
 * answer instead, or the same one be asked again. When all hosts are needed, and an answer may take
 * as long as the whole round (SRTT + 4 RTTVAR, which is three round trips after the first answer;
 * 10 ms at least), hedge_plan has no time to ask again, and that round is bad. Where one bad round
 * is enough (fall = 1), the line is down then. */
static bool survives(void)
{
	return sim.config.need < sim.config.targets || sim.line.times.late_us > 0;
}

static const char *describe(void)
{
	static char text[256];
	const struct config *config = &sim.config;

	snprintf(text, sizeof(text),
		 "echo %u lost; %u of %u, timeout %lld, interval %lld, window %lld, fall %lld, "
		 "loss-down %lld, knowledge %d, rtt %lld %lld ...",
		 sim.lost_one, config->need, config->targets, (long long)config->timeout_us,
		 (long long)config->interval_us, (long long)config->window_us,
		 (long long)config->rule.fall, (long long)config->rule.loss_down_pct,
		 (int)config->knowledge, (long long)config->rtt_us[0],
		 (long long)config->rtt_us[1]);
	return text;
}

/* The next round loses this echo. Goes on until that is no longer in the window. */
static void check_loss_of(unsigned echo)
{
	int64_t lost_us;
	bool survived;

	sim.lost_one = echo;
	run_rounds(1);
	lost_us = sim.now_us;
	survived = survives();
	CHECK(sim.bad_rounds == (survived ? 0 : 1), "%s", describe());
	run_until_us(lost_us + sim.config.window_us + sim.config.timeout_us);
	run_rounds(2);
	CHECK(sim.bad_rounds == (survived ? 0 : 1), "%s", describe());
	if (survived || sim.config.rule.fall > 1)
		CHECK(sim.state.verdict == VERDICT_UP && sim.downs == 0, "%s", describe());
	else
		CHECK(sim.state.verdict == VERDICT_DOWN && sim.downs == 1, "%s", describe());
}

/* In a run of ROUNDS rounds, loses each echo in turn. Returns how many there were. */
static unsigned check_every_single_loss(const struct config *config)
{
	static struct sim before, after;

	start_sim(config);
	while (sim.rounds < ROUNDS) {
		before = sim;
		run_rounds(1);
		after = sim;
		assert_int_equal(sim.bad_rounds, 0);
		for (unsigned echo = before.sent + 1; echo <= after.sent; echo++) {
			sim = before;
			check_loss_of(echo);
		}
		sim = after;
	}
	assert_int_equal(sim.state.verdict, VERDICT_UP);
	return sim.sent;
}

/* Any number of hosts, fast or slow (up to a third of the time-out), any pace, levels as sharp as
 * can be. Short windows: there a single echo weighs most. */
static struct config random_config(unsigned targets, unsigned need, enum knowledge knowledge)
{
	static const int64_t timeouts_ms[] = { 10, 11, 20, 50, 200, 200, 800, 3000 };
	static const int64_t intervals_ms[] = { 100, 200, 200, 500, 1000, 5000 };
	static const int64_t levels[] = { 0, 1, 1, 2, 40, 100 };
	struct config config = usual(targets, need, 0);
	uint32_t third, kind = random_below(3);

	config.knowledge = knowledge;
	config.timeout_us = timeouts_ms[random_below(ARRAY_LEN(timeouts_ms))] * MS;
	config.interval_us = intervals_ms[random_below(ARRAY_LEN(intervals_ms))] * MS;
	config.window_us = SECOND;
	config.rule.fall = 1 + random_below(2);
	config.rule.rise = 1;
	config.rule.loss_down_pct = levels[random_below(ARRAY_LEN(levels))];
	config.rule.loss_up_pct = config.rule.loss_down_pct;
	third = (uint32_t)config.timeout_us / 3;
	for (unsigned i = 0; i < targets; i++)
		config.rtt_us[i] = kind == 0 ? third : 1 + random_below(kind == 1 ? third : 3000);
	return config;
}

static unsigned check_some(unsigned targets, unsigned need, enum knowledge knowledge)
{
	unsigned echoes = 0;

	for (int i = 0; i < 2; i++) {
		struct config config = random_config(targets, need, knowledge);

		echoes += check_every_single_loss(&config);
	}
	return echoes;
}

static void a_single_lost_echo_never_changes_the_verdict(void **state)
{
	unsigned echoes = 0;

	(void)state;
	for (unsigned targets = 1; targets <= 5; targets++) {
		for (unsigned need = 1; need <= targets; need++) {
			for (int knowledge = NOT_KNOWN; knowledge <= SETTLED; knowledge++) {
				echoes += check_some(targets, need, (enum knowledge)knowledge);
			}
		}
	}
	print_message("%u echoes, each lost once\n", echoes);
}

/* The usual settings, with the whole window, and the sharpest ones. */
static void nor_does_it_with_the_usual_settings(void **state)
{
	(void)state;
	for (int64_t fall = 1; fall <= 2; fall++) {
		struct config config = usual(3, 1, 10 * MS);

		config.rule.fall = fall;
		config.rule.rise = 1;
		config.rule.loss_down_pct = 1;
		check_every_single_loss(&config);
	}
}

/* What survives() says, by examples: where every host is needed and one bad round is enough. */
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
		struct config config = usual(2, 2, cases[i].rtt_us);
		static struct sim before;
		unsigned bad = 0;

		config.timeout_us = cases[i].timeout_ms * MS;
		config.knowledge = cases[i].knowledge;
		start_sim(&config);
		for (int round = 0; round < 10; round++) {
			before = sim;
			sim.lost_one = sim.sent + 1;
			run_rounds(1);
			bad += sim.bad_rounds;
			sim = before;
			run_rounds(1);
		}
		CHECK(bad == cases[i].bad, "case %zu: %u bad", i, bad);
	}
}

/* Random loss */

/* Loss from the start of a round on: a whole window was good before. */
static void start_after_a_good_window(const struct config *config)
{
	start_sim(config);
	run_until_us(sim.now_us + config->window_us + SECOND);
	assert_int_equal(sim.state.verdict, VERDICT_UP);
	assert_int_equal(sim.bad_rounds, 0);
}

static void a_tenth_lost_and_a_dead_host_is_no_dead_line(void **state)
{
	struct config config = usual(3, 1, 10 * MS);

	(void)state;
	for (unsigned run = 0; run < 20; run++) {
		config.dead[0] = config.dead[1] = config.dead[2] = false;
		config.dead[run % 3] = true;
		start_sim(&config);
		sim.line.first = random_below(3);
		sim.loss_pct = 10;
		run_rounds(3000);
		CHECK(sim.downs == 0 && sim.state.verdict == VERDICT_UP, "run %u", run);
	}
}

static void a_line_that_loses_most_is_down_within_two_windows(void **state)
{
	struct config config = usual(3, 1, 10 * MS);

	(void)state;
	for (unsigned run = 0; run < 100; run++) {
		int64_t start_us;

		start_after_a_good_window(&config);
		start_us = sim.now_us;
		sim.loss_pct = 60;
		while (sim.downs == 0 && sim.now_us < start_us + 2 * config.window_us)
			step();
		CHECK(sim.downs == 1, "run %u", run);
		/* And as long as it loses, it does not come back. */
		run_until_us(start_us + 10 * config.window_us);
		CHECK(sim.state.verdict == VERDICT_DOWN, "run %u", run);
	}
}

/* At any moment of a round, or between two; and back after the hold time, not before. */
static void a_black_hole_is_seen_within_fall_rounds_and_an_interval(void **state)
{
	(void)state;
	for (unsigned run = 0; run < 200; run++) {
		unsigned targets = 1 + random_below(5);
		struct config config =
			usual(targets, 1 + random_below(targets), 1 + random_below(60000));
		const struct verdict_rule *rule = &config.rule;
		int64_t start_us, end_us;

		config.window_us = SECOND;
		config.rule.fall = 1 + run % 4;
		start_after_a_good_window(&config);
		start_us = sim.now_us + random_below(400000);
		run_until_us(start_us);
		start_us = sim.now_us;
		sim.loss_pct = 100;
		sim.flying_count = 0;
		run_until_us(start_us + SECOND + rule->fall * config.timeout_us);
		CHECK(sim.downs == 1 && sim.state.reason == VERDICT_SILENT, "run %u", run);
		CHECK(sim.changed_us - start_us <=
			      rule->fall * config.timeout_us + config.interval_us,
		      "run %u: %lld us", run, (long long)(sim.changed_us - start_us));
		sim.loss_pct = 0;
		end_us = sim.now_us;
		run_until_us(end_us + 2 * rule->hold_us);
		CHECK(sim.state.verdict == VERDICT_UP, "run %u", run);
		assert_true(sim.changed_us >= end_us - config.timeout_us + rule->hold_us);
		assert_true(sim.changed_us <= end_us + rule->hold_us + SECOND);
		assert_int_equal(sim.downs, 1);
	}
}

/* Another rule */

static struct quality_sum quality_of(size_t index)
{
	return quality_sum(&sim.line.qualities[index], sim.now_us);
}

/* A line that was watched for a while, and has echoes on their way. */
static struct line_rule start_and_turn_rule_round(void)
{
	struct config config = usual(3, 3, 10 * MS);
	struct line_rule rule;
	struct addr first;

	config.rtt_us[2] = 20 * MS;
	start_sim(&config);
	run_rounds(50);
	while (!sim.in_round)
		step();
	assert_int_not_equal(sim.flying_count, 0);
	rule = sim.line.rule;
	first = rule.targets[0];
	rule.targets[0] = rule.targets[2];
	rule.targets[2] = first;
	rule.targets[1] = (struct addr){ AF_INET, { 192, 0, 2, 7 } };
	return rule;
}

static void targets_that_stay_keep_what_is_known_of_them(void **state)
{
	struct line_rule rule = start_and_turn_rule_round();
	const struct rtt first = sim.line.rtts[0], last = sim.line.rtts[2];
	struct quality_sum before;

	(void)state;
	before = quality_of(0);
	assert_true(before.answered >= 50);
	assert_int_not_equal(before.rtt_us, quality_of(2).rtt_us);
	line_renew(&sim.line, &rule, sim.config.window_us, true);
	assert_memory_equal(&sim.line.rtts[2], &first, sizeof(first));
	assert_memory_equal(&sim.line.rtts[0], &last, sizeof(last));
	assert_false(rtt_is_known(&sim.line.rtts[1]));
	assert_int_equal(quality_of(2).answered, before.answered);
	assert_int_equal(quality_of(2).rtt_us, before.rtt_us);
	assert_int_equal(quality_of(1).answered + quality_of(1).lost, 0);

	rule = start_and_turn_rule_round();
	line_renew(&sim.line, &rule, sim.config.window_us / 2, false);
	assert_true(rtt_is_known(&sim.line.rtts[0]));
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
	line_renew(&sim.line, &rule, sim.config.window_us, true);
	for (int i = 0; i < 100; i++) {
		sim.now_us += 10 * MS;
		assert_int_equal(line_step(&sim.line), VERDICT_PENDING);
	}
	assert_int_equal(sim.flying_count, 0);
	for (size_t i = 0; i < rule.count; i++) {
		assert_false(rtt_is_known(&sim.line.rtts[i]));
		assert_int_equal(quality_of(i).answered + quality_of(i).lost, 0);
	}
	line_init(&fresh, &rule);
	assert_memory_equal(sim.line.echoes, fresh.echoes, sizeof(fresh.echoes));
	assert_memory_equal(&sim.line.round, &fresh.round, sizeof(fresh.round));
	assert_int_equal(sim.line.number, 0);
	assert_string_equal(sim.line.rule.iface, "ppp1");
}

/* Even tries, as fo-keepalive has them: one host, a long time */

/* A round of them from its beginning to its verdict. Where `known`, the line's round trip is, which
 * must not matter. */
static void run_even_round(int64_t timeout_ms, unsigned tries, int64_t rtt_us, uint32_t lost_mask,
			   bool known)
{
	struct config config = usual(1, 1, rtt_us);

	config.timeout_us = timeout_ms * MS;
	config.knowledge = known ? SETTLED : NOT_KNOWN;
	start_sim(&config);
	sim.lost_mask = lost_mask;
	sim.line.rule.even = true;
	sim.line.rule.tries = tries;
	line_begin(&sim.line);
	while (line_step(&sim.line) == VERDICT_PENDING) {
		int64_t next_us = line_wake_us(&sim.line);

		if (sim.flying_count > 0 && sim.flying[first_to_arrive()].at_us < next_us)
			next_us = sim.flying[first_to_arrive()].at_us;
		assert_true(next_us > sim.now_us);
		sim.now_us = next_us;
	}
}

static void even_tries_are_sent_at_even_times(void **state)
{
	static const int64_t timeouts_ms[] = { 100, 101, 3000, 60000 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(timeouts_ms); i++) {
		int64_t time_us = timeouts_ms[i] * 980;

		for (unsigned tries = 1; tries <= 10; tries++) {
			run_even_round(timeouts_ms[i], tries, 10 * MS, UINT32_MAX, tries % 2 == 0);
			assert_int_equal(sim.line.round.verdict, VERDICT_DOWN);
			assert_int_equal(sim.line.round.targets[0].answer, LINE_SILENT);
			assert_int_equal(sim.sent, tries);
			assert_int_equal(sim.line.tries, tries);
			for (unsigned n = 0; n < tries; n++)
				CHECK(sim.sent_us[n] - sim.line.start_us == time_us / tries * n,
				      "%u of %u: %lld", n, tries,
				      (long long)(sim.sent_us[n] - sim.line.start_us));
			assert_int_equal(sim.now_us - sim.line.start_us, time_us);
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
			CHECK(sim.line.round.verdict == VERDICT_UP, "%u of %u", late, tries);
			assert_int_equal(sim.line.round.targets[0].answer, LINE_ANSWERED);
			assert_int_equal(sim.line.round.targets[0].rtt_us, rtt_us);
			assert_int_equal(sim.line.round.took_us, rtt_us);
			assert_int_equal(sim.sent, late + 1);
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
		CHECK((sim.line.round.verdict == VERDICT_UP) == (at_us <= time_us), "round %u", i);
		CHECK(sim.sent == sent, "round %u: %u, not %u", i, sim.sent, sent);
		CHECK(sim.line.round.took_us == (at_us <= time_us ? at_us : time_us), "round %u",
		      i);
		up += at_us <= time_us;
	}
	assert_in_range(up, all / 4, all * 3 / 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_single_lost_echo_never_changes_the_verdict),
		cmocka_unit_test(nor_does_it_with_the_usual_settings),
		cmocka_unit_test(asking_again_takes_a_round_longer_than_the_answer_may_take),
		cmocka_unit_test(a_tenth_lost_and_a_dead_host_is_no_dead_line),
		cmocka_unit_test(a_line_that_loses_most_is_down_within_two_windows),
		cmocka_unit_test(a_black_hole_is_seen_within_fall_rounds_and_an_interval),
		cmocka_unit_test(targets_that_stay_keep_what_is_known_of_them),
		cmocka_unit_test(another_interface_begins_anew),
		cmocka_unit_test(even_tries_are_sent_at_even_times),
		cmocka_unit_test(a_late_answer_to_an_early_try_counts),
		cmocka_unit_test(the_first_answer_in_time_ends_even_tries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
