/* The life of an idle line, for years: runs come and see counters and clocks; what has really
 * passed, and when, only the model knows. What a run leaves goes through its file. */
#include "idle.h"
#include "support.h"

#define SECOND INT64_C(1000)
#define MINUTE (60 * SECOND)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)
#define NEVER  (-1000 * DAY)

enum { ECHO_BYTES = 36, TRIES = 3, WAIT_MS = 3000 };

static struct life {
	struct idle_rule rule;

	/* The world; times are of no clock that the runs could see */
	int64_t now_ms, boot_ms, clock_off_s;
	unsigned boot, index;
	bool up, stuck, answers, busy;
	uint64_t rx, tx; /* as the kernel counts */

	/* What has passed on this interface */
	int64_t in_ms, out_ms;
	bool in_since, out_since; /* since the last run that was written down */

	/* What has been written down */
	char text[IDLE_TEXT_MAX];
	int64_t run_ms, good_ms; /* good: an echo in it was */
	int64_t dead, verdict;
	unsigned run_boot, run_index;

	/* What the last run has done */
	unsigned runs, echoes, redials;
	bool asked, answered;
	int64_t asked_ms, redial_ms;
	bool rebooted, clock_jumped; /* since the redial */
	int64_t quiet_max_ms;
} life;

static void new_interface(void)
{
	life.index++;
	life.rx = random_below(2) == 0 ? 0 : UINT64_MAX - random_below(50);
	life.tx = random_below(2) == 0 ? 0 : (UINT64_C(1) << 62) - random_below(50);
	life.in_ms = life.out_ms = NEVER;
	life.up = true;
}

static void start_life(const struct idle_rule *rule)
{
	memset(&life, 0, sizeof(life));
	life.rule = *rule;
	life.now_ms = 10 * DAY;
	life.boot_ms = life.now_ms - MINUTE;
	life.clock_off_s = 1795000000;
	life.run_ms = life.good_ms = life.redial_ms = NEVER;
	life.answers = true;
	new_interface();
}

/* The first interface gets the index that one of the last boot may have had. */
static void reboot(void)
{
	life.boot++;
	life.boot_ms = life.now_ms;
	life.now_ms += MINUTE;
	life.index = 2;
	new_interface();
	life.rebooted = true;
}

static void jump_clock(void)
{
	life.clock_off_s += (int64_t)random_below(400) * 86400 - 200 * INT64_C(86400);
	life.clock_jumped = true;
}

static void note_quiet(void)
{
	int64_t last_ms = life.in_ms > life.out_ms ? life.in_ms : life.out_ms;

	if (last_ms != NEVER && life.now_ms - last_ms > life.quiet_max_ms)
		life.quiet_max_ms = life.now_ms - last_ms;
}

static void send_one(void)
{
	note_quiet();
	__builtin_add_overflow(life.tx, 1, &life.tx);
	life.out_ms = life.now_ms;
	life.out_since = true;
}

static void receive_one(void)
{
	note_quiet();
	__builtin_add_overflow(life.rx, 1, &life.rx);
	life.in_ms = life.now_ms;
	life.in_since = true;
}

static struct idle_facts look(void)
{
	struct idle_facts facts = { .up = life.up,
				    .index = life.index,
				    .rx = (int64_t)(life.rx & IDLE_NUMBER_MAX),
				    .tx = (int64_t)(life.tx & IDLE_NUMBER_MAX),
				    .now_ms = life.now_ms - life.boot_ms,
				    .wall_s = life.now_ms / 1000 + life.clock_off_s };

	facts.month = 202600 + facts.wall_s / 2592000;
	snprintf(facts.boot, sizeof(facts.boot), "boot-%u", life.boot);
	return facts;
}

static struct idle_memory recall(void)
{
	struct idle_memory memory;

	CHECK(idle_parse(life.text, &memory) == 0, "%s", life.text);
	return memory;
}

static bool is_known(void)
{
	return life.run_ms != NEVER && life.run_boot == life.boot && life.run_index == life.index;
}

static const char *describe(void)
{
	static char text[300];

	snprintf(text, sizeof(text),
		 "run %u at %lld: last %lld, good %lld, in %lld, out %lld; skip %lld, require %d",
		 life.runs, (long long)life.now_ms, (long long)life.run_ms, (long long)life.good_ms,
		 (long long)life.in_ms, (long long)life.out_ms, (long long)life.rule.skip_ms,
		 life.rule.require_reply);
	return text;
}

/* By what has really passed. */
static void check_begin(bool echo)
{
	int64_t since_ms = life.now_ms - life.rule.skip_ms;
	int64_t last_ms = life.in_ms;
	bool passed = life.in_since || (life.out_since && !life.rule.require_reply);

	if (!life.rule.require_reply && life.out_ms > last_ms)
		last_ms = life.out_ms;
	if (!life.up || !is_known()) {
		CHECK(echo == life.up, "%s", describe());
		return;
	}
	if (!echo)
		CHECK(last_ms > since_ms && life.rule.skip_ms > 0, "%s", describe());
	if (passed && life.run_ms > since_ms)
		CHECK(!echo, "%s", describe());
	if (life.good_ms > since_ms && life.dead == 0)
		CHECK(!echo, "%s", describe());
	if (life.dead > 0 && !passed)
		CHECK(echo, "%s", describe());
}

static struct idle_echoes send_echoes(int64_t tries)
{
	int64_t sent_ms = life.now_ms - life.boot_ms;
	unsigned sent = 0;

	life.asked = true;
	life.asked_ms = life.now_ms;
	life.answered = false;
	while (sent < tries && !life.answered) {
		send_one();
		sent++;
		life.answered = !life.stuck && life.answers && random_below(20) > 0;
		life.now_ms += WAIT_MS / tries;
		if (life.answered)
			receive_one();
	}
	life.echoes += sent;
	return (struct idle_echoes){ .left = true,
				     .answered = life.answered,
				     .sent_ms = sent_ms,
				     .bytes = (int64_t)ECHO_BYTES * (sent + life.answered) };
}

static int64_t expected_verdict(void)
{
	if (!life.up)
		return IDLE_NO_INTERFACE;
	if (life.asked && !life.answered)
		return life.rule.require_reply ? IDLE_SILENT : IDLE_SENT;
	if (life.asked || life.in_since)
		return IDLE_ALIVE;
	return life.out_since && !life.rule.require_reply ? IDLE_SENT : life.verdict;
}

static void check_end(const struct idle_memory *memory, int64_t dead_before)
{
	int64_t want = expected_verdict();
	bool dead = want == IDLE_SILENT || want == IDLE_NO_INTERFACE;

	CHECK(memory->verdict == want, "%s: %lld, not %lld", describe(), (long long)memory->verdict,
	      (long long)want);
	CHECK(memory->dead == (dead ? dead_before + 1 : 0), "%s", describe());
	CHECK(memory->deaf <= memory->dead, "%s", describe());
	CHECK(!life.in_since || memory->deaf <= 1, "%s", describe());
}

static void write_down(const struct idle_memory *memory)
{
	idle_format(life.text, memory);
	if (life.run_index != life.index || life.run_boot != life.boot)
		life.good_ms = NEVER;
	if (life.asked && memory->dead == 0)
		life.good_ms = life.asked_ms;
	life.run_ms = life.now_ms;
	life.run_boot = life.boot;
	life.run_index = life.index;
	life.dead = memory->dead;
	life.verdict = memory->verdict;
	life.in_since = life.out_since = false;
}

/* Asked of a run that is over; whoever redials writes it down before. */
static bool check_redial(struct idle_memory *memory)
{
	struct idle_facts facts = look();
	bool due = life.rule.redials && memory->dead >= life.rule.redial_after &&
		   !(life.busy && life.up && memory->deaf < life.rule.redial_after);
	bool redials = idle_wants_redial(memory, &life.rule, &facts, life.busy);
	int64_t ago_ms = life.now_ms - life.redial_ms;

	CHECK(due || !redials, "%s", describe());
	/* Across a boot it is told by the clock, in whole seconds, each of them cut. */
	if (due && !(life.rebooted && life.clock_jumped)) {
		CHECK(!redials || ago_ms > life.rule.redial_every_ms - 2 * SECOND, "%s",
		      describe());
		CHECK(redials || ago_ms < life.rule.redial_every_ms + SECOND, "%s", describe());
	}
	if (!redials)
		return false;
	idle_note_redial(memory, &facts);
	idle_format(life.text, memory);
	life.redial_ms = life.now_ms;
	life.rebooted = life.clock_jumped = false;
	life.redials++;
	return true;
}

/* Returns whether it has redialled. `writable`: what it finds can be written down. */
static bool run(bool writable)
{
	struct idle_memory memory = recall();
	struct idle_facts facts = look();
	struct idle_echoes echoes = { .answered = false };
	int64_t dead_before;
	bool echo = idle_begin(&memory, &life.rule, &facts);

	check_begin(echo);
	dead_before = life.run_boot == life.boot ? life.dead : 0;
	assert_int_equal(memory.dead, dead_before);
	life.runs++;
	life.asked = echo;
	if (echo)
		echoes = send_echoes(idle_tries(&memory, &life.rule, TRIES));
	facts = look();
	idle_end(&memory, &life.rule, &facts, echo ? &echoes : NULL);
	check_end(&memory, dead_before);
	if (!writable)
		return false;
	write_down(&memory);
	return check_redial(&memory);
}

static void random_event(void)
{
	switch (random_below(24)) {
	case 0:
		new_interface();
		break;
	case 1:
		life.up = !life.up;
		break;
	case 2:
	case 3:
		life.stuck = !life.stuck;
		break;
	case 4:
		reboot();
		break;
	case 5:
		jump_clock();
		break;
	case 6:
		life.answers = !life.answers;
		break;
	case 7:
		life.busy = !life.busy;
		break;
	default:
		if (random_below(2) == 0 && life.up)
			send_one();
		else if (life.up && !life.stuck)
			receive_one();
	}
}

static struct idle_rule random_rule(void)
{
	static const int64_t skips[] = { 0, 1, MINUTE, 20 * MINUTE, 30 * MINUTE, 55 * MINUTE, DAY };

	return (struct idle_rule){ .skip_ms = skips[random_below(ARRAY_LEN(skips))],
				   .require_reply = random_below(2) == 0,
				   .redials = random_below(4) > 0,
				   .redial_after = 1 + random_below(4),
				   .redial_every_ms = MINUTE + random_below(3 * HOUR) };
}

static void what_a_run_does_fits_what_has_passed(void **state)
{
	unsigned runs = 0, echoes = 0, redials = 0;

	(void)state;
	for (int i = 0; i < 400; i++) {
		struct idle_rule rule = random_rule();
		uint32_t busyness = 1 + random_below(200), gap = random_below(2) * 40;

		start_life(&rule);
		while (life.runs < 500) {
			uint32_t minutes = 20 + random_below(gap + 1);
			bool redialled;

			for (uint32_t j = 0; j < minutes; j++) {
				life.now_ms += random_below(2 * MINUTE);
				if (random_below(busyness) == 0)
					random_event();
			}
			redialled = run(random_below(20) > 0);
			if (redialled && random_below(2) == 0)
				reboot();
			else if (redialled && random_below(2) == 0)
				new_interface();
		}
		runs += life.runs;
		echoes += life.echoes;
		redials += life.redials;
	}
	print_message("%u runs, %u echoes, %u redials\n", runs, echoes, redials);
	assert_in_range(echoes, runs / 20, 3 * runs);
	assert_in_range(redials, runs / 1000, runs);
}

/* The shipped schedule */
static const struct idle_rule shipped = {
	.skip_ms = 30 * MINUTE, .require_reply = true, .redial_after = 3, .redial_every_ms = HOUR
};

/* Runs at a distance of `least`..`most` for 30 days; one in `lost` is not made (0: none), two in a
 * row never. Somebody may use the line, before up to `uses` runs a day, at the worst moment: right
 * after a run. */
static void live(int64_t least_ms, int64_t most_ms, uint32_t lost, uint32_t uses)
{
	int64_t start_ms;
	bool was_lost = false;

	start_life(&shipped);
	run(true);
	for (start_ms = life.now_ms; life.now_ms < start_ms + 30 * DAY;) {
		int64_t next_ms =
			life.now_ms + least_ms + random_below((uint32_t)(most_ms - least_ms) + 1);

		if (random_below(72) < uses) {
			life.now_ms += 1 + random_below(2) * random_below((uint32_t)least_ms / 2);
			send_one();
			receive_one();
		}
		life.now_ms = next_ms;
		was_lost = lost > 0 && !was_lost && random_below(lost) == 0;
		if (!was_lost)
			run(true);
	}
}

/* Of the month, as the memory has it. */
static int64_t month_bytes(void)
{
	struct idle_memory memory = recall();

	return memory.bytes + memory.bytes_before;
}

/* Two runs, and three where one is lost: traffic right after one is not known to be any younger
 * than that run, so the next one skips, and the one after it asks. */
static void the_line_is_never_quiet_for_longer_than_the_bound(void **state)
{
	static const struct {
		int64_t least, most; /* minutes between runs */
		uint32_t lost;
		int64_t bound; /* minutes */
	} cases[] = {
		{ 20, 20, 0, 40 },		      /* cron */
		{ 20, 20, 5, 60 }, { 20, 22, 0, 44 }, /* fo-keepalive.timer, with any delay */
		{ 20, 22, 5, 66 }, { 18, 22, 0, 44 }, { 18, 22, 5, 66 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		int64_t worst_ms = 0;

		for (int months = 0; months < 40; months++) {
			live(cases[i].least * MINUTE, cases[i].most * MINUTE, cases[i].lost,
			     random_below(40));
			if (life.quiet_max_ms > worst_ms)
				worst_ms = life.quiet_max_ms;
		}
		print_message("runs each %lld..%lld min%s: quiet for %lld s at most\n",
			      (long long)cases[i].least, (long long)cases[i].most,
			      cases[i].lost > 0 ? ", single ones lost" : "",
			      (long long)(worst_ms / SECOND));
		/* An answer, and its run, end a little after the echo. */
		CHECK(worst_ms <= cases[i].bound * MINUTE + WAIT_MS, "case %zu", i);
		CHECK(worst_ms > (cases[i].bound - 5) * MINUTE, "case %zu", i);
	}
}

static void a_month_of_the_idle_line_costs_no_more_than_is_told(void **state)
{
	(void)state;
	for (int i = 0; i < 20; i++) {
		int64_t told;

		live(20 * MINUTE, 20 * MINUTE, 0, 0);
		told = idle_month_bytes(&(struct idle_memory){ .every_ms = 20 * MINUTE }, &shipped,
					TRIES, ECHO_BYTES);
		assert_in_range(month_bytes(), told / 2, told + told / 10); /* 5 % are repeated */
		assert_in_range(month_bytes(), 1, 100000);
	}
}

static void a_line_that_is_used_carries_no_echo(void **state)
{
	(void)state;
	start_life(&shipped);
	run(true);
	life.echoes = 0;
	for (int i = 0; i < 3000; i++) {
		int64_t end_ms = life.now_ms + 18 * MINUTE + random_below(4 * MINUTE);

		life.now_ms += random_below(18 * MINUTE);
		receive_one();
		life.now_ms = end_ms;
		run(true);
	}
	assert_int_equal(life.echoes, 0);
}

/* A stuck modem: interface up, nothing passes. */
static void a_line_that_stays_stuck_is_redialled_each_hour(void **state)
{
	struct idle_rule rule = shipped;

	(void)state;
	rule.redials = true;
	for (int how = 0; how < 3; how++) {
		int64_t start_ms, last_ms = NEVER;
		unsigned hours;

		start_life(&rule);
		life.stuck = true;
		for (start_ms = life.now_ms; life.now_ms < start_ms + 10 * DAY;) {
			life.now_ms += 20 * MINUTE;
			if (!run(true))
				continue;
			CHECK(life.now_ms - last_ms >= HOUR, "how %d", how);
			last_ms = life.now_ms;
			if (how == 1)
				new_interface();
			if (how == 2)
				reboot(); /* and three dead runs make an hour */
		}
		hours = (unsigned)((life.now_ms - start_ms) / HOUR);
		/* Each third or fourth run: the end of an echo is a little after the run's. */
		CHECK(life.redials >= hours * 2 / 3 && life.redials <= hours, "how %d: %u in %u h",
		      how, life.redials, hours);
		life.stuck = false;
		life.answered = false;
		for (int i = 0; i < 10 && !life.answered;
		     i++) /* all three are lost once in 8000 runs */
			run(true);
		assert_int_equal(recall().verdict, IDLE_ALIVE);
		assert_int_equal(recall().dead, 0);
	}
}

/* A hostile memory */
static int64_t hostile_number(int64_t near)
{
	static const int64_t bounds[] = { 0, 1, INT32_MAX, IDLE_NUMBER_MAX - 1, IDLE_NUMBER_MAX };
	int64_t value = (int64_t)random_next() << 31 | (int64_t)random_next();

	switch (random_below(4)) {
	case 0:
		return bounds[random_below(ARRAY_LEN(bounds))];
	case 1:
		return near + random_below(2 * HOUR);
	case 2:
		return near > HOUR ? near - random_below(HOUR) : 0;
	default:
		return value >> random_below(62);
	}
}

static void take_hostile_memory(void)
{
	struct idle_facts facts = look();
	struct idle_memory memory = { .index = facts.index,
				      .rx = facts.rx,
				      .tx = facts.tx,
				      .run_ms = hostile_number(facts.now_ms),
				      .every_ms = hostile_number(20 * MINUTE),
				      .traffic_ms = hostile_number(facts.now_ms),
				      .verdict = random_below(IDLE_NO_ADDRESS + 1),
				      .dead = hostile_number(3),
				      .redial_ms = hostile_number(facts.now_ms),
				      .redial_wall_s = hostile_number(facts.wall_s),
				      .month = hostile_number(facts.month),
				      .bytes = hostile_number(0),
				      .bytes_before = hostile_number(0) };

	if (random_below(4) > 0)
		memcpy(memory.boot, facts.boot, sizeof(memory.boot));
	if (random_below(4) == 0) {
		memory.index = hostile_number(3);
		memory.rx = hostile_number(100);
		memory.tx = hostile_number(100);
	}
	idle_format(life.text, &memory);
}

/* A run without the checks of its beginning: there the memory is no true one. */
static bool run_hostile(void)
{
	struct idle_memory memory = recall();
	struct idle_facts facts = look();
	struct idle_echoes echoes = { .left = true,
				      .sent_ms = facts.now_ms,
				      .bytes = (int64_t)TRIES * ECHO_BYTES };
	bool echo = idle_begin(&memory, &life.rule, &facts);

	life.asked = life.asked || echo;
	life.now_ms += echo ? WAIT_MS : 0;
	facts = look();
	idle_end(&memory, &life.rule, &facts, echo ? &echoes : NULL);
	assert_true(idle_month_bytes(&memory, &life.rule, 10, 56) >= 0);
	idle_format(life.text, &memory);
	if (!idle_wants_redial(&memory, &life.rule, &facts, false))
		return false;
	idle_note_redial(&memory, &facts);
	idle_format(life.text, &memory);
	return true;
}

/* Nothing ever passes: an echo is sent once the skip is over, and between two redials there is
 * their time. */
static void a_hostile_memory_delays_no_echo_and_repeats_no_redial(void **state)
{
	(void)state;
	for (int i = 0; i < 20000; i++) {
		struct idle_rule rule = random_rule();
		int64_t start_ms, last_ms = NEVER;

		rule.redials = true;
		start_life(&rule);
		life.boot_ms -= random_below(2) == 0 ? 0 : random_next();
		take_hostile_memory();
		for (start_ms = life.now_ms; life.now_ms < start_ms + 8 * HOUR;) {
			int64_t began_ms = life.now_ms;

			if (run_hostile()) {
				CHECK(began_ms - last_ms >= rule.redial_every_ms - WAIT_MS,
				      "life %d", i);
				last_ms = life.now_ms;
			}
			CHECK(life.asked || began_ms < start_ms + rule.skip_ms, "life %d", i);
			life.now_ms += 5 * MINUTE + random_below(30 * MINUTE);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_run_does_fits_what_has_passed),
		cmocka_unit_test(the_line_is_never_quiet_for_longer_than_the_bound),
		cmocka_unit_test(a_month_of_the_idle_line_costs_no_more_than_is_told),
		cmocka_unit_test(a_line_that_is_used_carries_no_echo),
		cmocka_unit_test(a_line_that_stays_stuck_is_redialled_each_hour),
		cmocka_unit_test(a_hostile_memory_delays_no_echo_and_repeats_no_redial),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
