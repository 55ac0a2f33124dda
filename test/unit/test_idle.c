#include "idle.h"

#include <stdlib.h>

#include "support.h"

#define MINUTE INT64_C(60000)
#define HOUR   (60 * MINUTE)

#define USUAL                                                                                      \
	"boot 5c1e7f0a-2b7d-4f4e-9c53-0d6a3e1b2c4d\ninterface 7\nreceived 1200\nsent 1300\n"       \
	"run 7200000\nevery 1200000\ntraffic 6000000\nverdict 3\ndead 2\ndeaf 1\nredial 3600000\n" \
	"redial-clock 1795000000\nmonth 202611\nbytes 4500\nbytes-before 77760\n"

/* Parses from memory that ends with the text: ASan sees each byte too far. */
static int parse(const char *text, size_t len, struct idle_memory *out)
{
	char *copy = malloc(len + 1);
	int ret;

	assert_non_null(copy);
	memcpy(copy, text, len);
	copy[len] = '\0';
	ret = idle_parse(copy, out);
	free(copy);
	return ret;
}

/* Any number of a memory: small ones and the bounds as often as large ones. */
static int64_t random_number(void)
{
	int64_t value = (int64_t)random_next() << 31 | (int64_t)random_next();

	switch (random_below(8)) {
	case 0:
		return random_below(3);
	case 1:
		return IDLE_NUMBER_MAX - random_below(3);
	default:
		return value >> random_below(63);
	}
}

static struct idle_memory random_memory(void)
{
	struct idle_memory memory = { .index = random_number(),
				      .rx = random_number(),
				      .tx = random_number(),
				      .run_ms = random_number(),
				      .every_ms = random_number(),
				      .traffic_ms = random_number(),
				      .verdict = random_below(IDLE_NO_ADDRESS + 1),
				      .dead = random_number(),
				      .deaf = random_number(),
				      .redial_ms = random_number(),
				      .redial_wall_s = random_number(),
				      .month = random_number(),
				      .bytes = random_number(),
				      .bytes_before = random_number() };
	size_t len = random_below(IDLE_BOOT_MAX);

	for (size_t i = 0; i < len; i++)
		memory.boot[i] = (char)('!' + random_below('~' - '!' + 1));
	return memory;
}

static void assert_same(const struct idle_memory *a, const struct idle_memory *b)
{
	assert_string_equal(a->boot, b->boot);
	assert_int_equal(a->index, b->index);
	assert_int_equal(a->rx, b->rx);
	assert_int_equal(a->tx, b->tx);
	assert_int_equal(a->run_ms, b->run_ms);
	assert_int_equal(a->every_ms, b->every_ms);
	assert_int_equal(a->traffic_ms, b->traffic_ms);
	assert_int_equal(a->verdict, b->verdict);
	assert_int_equal(a->dead, b->dead);
	assert_int_equal(a->deaf, b->deaf);
	assert_int_equal(a->redial_ms, b->redial_ms);
	assert_int_equal(a->redial_wall_s, b->redial_wall_s);
	assert_int_equal(a->month, b->month);
	assert_int_equal(a->bytes, b->bytes);
	assert_int_equal(a->bytes_before, b->bytes_before);
}

/* Whatever was accepted is something that can be written. */
static void check_if_accepted(const char *text, size_t len)
{
	char again[IDLE_TEXT_MAX];
	struct idle_memory memory, back;
	int ret = parse(text, len, &memory);

	CHECK(ret == 0 || ret == -EINVAL, "%d for: %.*s", ret, (int)len, text);
	if (ret != 0)
		return;
	CHECK(memory.verdict >= IDLE_UNKNOWN && memory.verdict <= IDLE_NO_ADDRESS, "%.*s", (int)len,
	      text);
	assert_non_null(idle_verdict_name((enum idle_verdict)memory.verdict));
	idle_format(again, &memory);
	CHECK(idle_parse(again, &back) == 0, "%s", again);
	assert_same(&memory, &back);
}

static void what_was_written_is_read(void **state)
{
	(void)state;
	for (int i = 0; i < 20000; i++) {
		struct idle_memory memory = random_memory(), back;
		char text[IDLE_TEXT_MAX];
		size_t len;

		assert_ptr_equal(idle_format(text, &memory), text);
		len = strlen(text);
		assert_int_equal(text[len - 1], '\n');
		CHECK(parse(text, len, &back) == 0, "%s", text);
		assert_same(&memory, &back);
		/* As store_read gives it: the last newline taken off. */
		assert_int_equal(parse(text, len - 1, &back), 0);
		assert_same(&memory, &back);
	}
}

static void the_text_is_that_of_the_usual_run(void **state)
{
	char text[IDLE_TEXT_MAX];
	struct idle_memory memory;

	(void)state;
	assert_int_equal(idle_parse(USUAL, &memory), 0);
	assert_string_equal(memory.boot, "5c1e7f0a-2b7d-4f4e-9c53-0d6a3e1b2c4d");
	assert_int_equal(memory.index, 7);
	assert_int_equal(memory.rx, 1200);
	assert_int_equal(memory.tx, 1300);
	assert_int_equal(memory.run_ms, 7200000);
	assert_int_equal(memory.every_ms, 1200000);
	assert_int_equal(memory.traffic_ms, 6000000);
	assert_int_equal(memory.verdict, IDLE_SILENT);
	assert_int_equal(memory.dead, 2);
	assert_int_equal(memory.deaf, 1);
	assert_int_equal(memory.redial_ms, 3600000);
	assert_int_equal(memory.redial_wall_s, 1795000000);
	assert_int_equal(memory.month, 202611);
	assert_int_equal(memory.bytes, 4500);
	assert_int_equal(memory.bytes_before, 77760);
	assert_string_equal(idle_format(text, &memory), USUAL);
}

static void the_longest_text_fits(void **state)
{
	struct idle_memory memory = { "a-boot-with-a-name-of-all-39-characters",
				      IDLE_NUMBER_MAX,
				      IDLE_NUMBER_MAX,
				      IDLE_NUMBER_MAX,
				      IDLE_NUMBER_MAX,
				      IDLE_NUMBER_MAX,
				      IDLE_NUMBER_MAX,
				      IDLE_NO_ADDRESS,
				      IDLE_NUMBER_MAX,
				      IDLE_NUMBER_MAX,
				      IDLE_NUMBER_MAX,
				      IDLE_NUMBER_MAX,
				      IDLE_NUMBER_MAX,
				      IDLE_NUMBER_MAX,
				      IDLE_NUMBER_MAX };
	struct idle_memory back;
	char text[IDLE_TEXT_MAX];

	(void)state;
	assert_int_equal(strlen(memory.boot), IDLE_BOOT_MAX - 1);
	assert_int_equal(idle_parse(idle_format(text, &memory), &back), 0);
	assert_same(&memory, &back);
}

static void every_truncation_is_refused_or_sound(void **state)
{
	(void)state;
	for (size_t len = 0; len <= strlen(USUAL); len++)
		check_if_accepted(USUAL, len);
	for (const char *line = USUAL; *line != '\0'; line = strchr(line, '\n') + 1) {
		size_t begun = (size_t)(line - USUAL), name = strcspn(line, " ");
		struct idle_memory memory;

		/* Within a name, or before the number. */
		for (size_t len = 1; len <= name + 1; len++)
			CHECK(parse(USUAL, begun + len, &memory) == -EINVAL, "%.*s",
			      (int)(begun + len), USUAL);
	}
}

static void every_other_byte_is_refused_or_sound(void **state)
{
	char text[] = USUAL;

	(void)state;
	for (size_t i = 0; i < strlen(USUAL); i++) {
		for (int byte = 0; byte < 256; byte++) {
			text[i] = (char)byte;
			check_if_accepted(text, sizeof(text) - 1);
		}
		text[i] = USUAL[i];
	}
}

static void what_is_no_memory_is_refused_and_changes_nothing(void **state)
{
	static const char *const texts[] = {
		"\n",
		" ",
		"boot",
		"boot ",
		"boot \n",
		"boot  a\n",
		"boot a b\n",
		"boot a \n",
		"boot a\r\ninterface 1\r\n",
		"boot the-boot-with-a-name-of-now-40-character\n",
		"boot a\n\n",
		"\nboot a\n",
		"interface",
		"interface ",
		"interface -1\n",
		"interface +1\n",
		"interface 0x1\n",
		"interface 1e3\n",
		"interface 1 2\n",
		"interface\n1\n",
		"interface 1 received 2\n",
		"interface ppp0\n",
		"Interface 1\n",
		"interfac 1\n",
		"interfaces 1\n",
		"verdict 6\n",
		"verdict -1\n",
		"verdict alive\n",
		"verdict 4611686018427387903\n",
		"run 4611686018427387904\n",
		"run 9223372036854775807\n",
		"run 9223372036854775808\n",
		"run 18446744073709551616\n",
		"redial-clock 4611686018427387904\n",
		"bytes 99999999999999999999999999999999999999999999999999\n",
		"bytes 000000000000000000000000000000000000000000000000000000000000000000\n",
		"future 1\n",
		"\177ELF\002\001\001",
		"boot a\n\xff\xfe 1\n",
	};
	const struct idle_memory before = { .boot = "before", .run_ms = 42, .dead = 7 };
	struct idle_memory memory = before;
	static const char later[] = USUAL "future 1\n";

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		CHECK(parse(texts[i], strlen(texts[i]), &memory) == -EINVAL, "%zu: %s", i,
		      texts[i]);
	assert_int_equal(parse(later, strlen(later), &memory), -EINVAL);
	assert_same(&memory, &before);
}

/* One run */

/* A run 20 minutes after another one, both with 100 packets in and 100 out. */
static const struct idle_memory remembered = { .boot = "boot-a",
					       .index = 3,
					       .rx = 100,
					       .tx = 100,
					       .run_ms = 10 * HOUR,
					       .traffic_ms = 10 * HOUR,
					       .verdict = IDLE_ALIVE,
					       .month = 202611 };
static const struct idle_facts found = { .boot = "boot-a",
					 .up = true,
					 .index = 3,
					 .rx = 100,
					 .tx = 100,
					 .now_ms = 10 * HOUR + 20 * MINUTE,
					 .wall_s = 1795000000,
					 .month = 202611 };
static const struct idle_rule shipped = { .skip_ms = 30 * MINUTE,
					  .redial_after = 3,
					  .redial_every_ms = HOUR };

static void an_echo_is_needed_only_where_nothing_has_passed(void **state)
{
	static const struct {
		const char *what;
		int64_t traffic_ago, run_ago; /* minutes; 0: none */
		int64_t index, rx, tx;
		enum idle_verdict before;
		bool require, down, echo;
		enum idle_verdict after;
	} cases[] = {
		{ "a little while ago", 20, 20, 3, 100, 100, IDLE_ALIVE, 0, 0, 0, IDLE_ALIVE },
		{ "the last moment", 30, 20, 3, 100, 100, IDLE_ALIVE, 0, 0, 1, IDLE_ALIVE },
		{ "before it", 29, 20, 3, 100, 100, IDLE_ALIVE, 0, 0, 0, IDLE_ALIVE },
		{ "first run", 0, 0, 3, 100, 100, IDLE_UNKNOWN, 0, 0, 1, IDLE_UNKNOWN },
		{ "no run to compare with", 0, 0, 3, 101, 101, IDLE_UNKNOWN, 0, 0, 1,
		  IDLE_UNKNOWN },
		{ "heard since", 40, 20, 3, 101, 100, IDLE_SENT, 0, 0, 0, IDLE_ALIVE },
		{ "heard for the first time", 0, 20, 3, 101, 100, IDLE_SENT, 1, 0, 0, IDLE_ALIVE },
		{ "heard, fewer: a wrap", 40, 20, 3, 5, 100, IDLE_SENT, 0, 0, 0, IDLE_ALIVE },
		{ "said since", 40, 20, 3, 100, 101, IDLE_SENT, 0, 0, 0, IDLE_SENT },
		{ "said, and no longer heard", 40, 20, 3, 100, 101, IDLE_ALIVE, 0, 0, 0,
		  IDLE_SENT },
		{ "said, which is not enough", 40, 20, 3, 100, 101, IDLE_SENT, 1, 0, 1, IDLE_SENT },
		{ "heard since, long ago", 0, 30, 3, 101, 100, IDLE_SENT, 0, 0, 1, IDLE_ALIVE },
		{ "heard since, not so long", 0, 29, 3, 101, 100, IDLE_SENT, 0, 0, 0, IDLE_ALIVE },
		{ "another interface", 20, 20, 4, 101, 101, IDLE_ALIVE, 0, 0, 1, IDLE_ALIVE },
		{ "silent before", 20, 20, 3, 100, 100, IDLE_SILENT, 1, 0, 1, IDLE_SILENT },
		{ "silent before, heard since", 20, 20, 3, 101, 100, IDLE_SILENT, 1, 0, 0,
		  IDLE_ALIVE },
		{ "down before", 20, 20, 3, 100, 100, IDLE_NO_INTERFACE, 0, 0, 1,
		  IDLE_NO_INTERFACE },
		{ "down before, said since", 20, 20, 3, 100, 101, IDLE_NO_INTERFACE, 0, 0, 0,
		  IDLE_SENT },
		{ "down now", 0, 20, 3, 100, 100, IDLE_ALIVE, 0, 1, 0, IDLE_ALIVE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct idle_memory memory = remembered;
		struct idle_facts facts = found;
		struct idle_rule rule = shipped;
		int64_t now_ms = facts.now_ms;
		bool echo;

		memory.run_ms = cases[i].run_ago == 0 ? 0 : now_ms - cases[i].run_ago * MINUTE;
		memory.traffic_ms =
			cases[i].traffic_ago == 0 ? 0 : now_ms - cases[i].traffic_ago * MINUTE;
		memory.verdict = cases[i].before;
		facts.index = cases[i].index;
		facts.rx = cases[i].rx;
		facts.tx = cases[i].tx;
		facts.up = !cases[i].down;
		rule.require_reply = cases[i].require;
		echo = idle_begin(&memory, &rule, &facts);
		CHECK(echo == cases[i].echo && memory.verdict == (int64_t)cases[i].after,
		      "%s: %d, %s", cases[i].what, echo,
		      idle_verdict_name((enum idle_verdict)memory.verdict));
		rule.skip_ms = 0;
		memory = remembered;
		CHECK(idle_begin(&memory, &rule, &facts) == facts.up, "%s: always", cases[i].what);
	}
}

/* Each of them, for itself, makes everything unknown that is counted from the boot. */
static void of_another_boot_or_of_times_to_come_nothing_is_believed(void **state)
{
	(void)state;
	for (int i = 0; i < 7; i++) {
		struct idle_memory memory = remembered;
		struct idle_facts facts = found;
		bool believed = i == 0;

		memory.dead = 5;
		memory.redial_ms = 9 * HOUR;
		memory.redial_wall_s = 1794990000;
		memory.every_ms = 20 * MINUTE;
		memory.bytes = 123;
		if (i == 1)
			snprintf(facts.boot, sizeof(facts.boot), "boot-b");
		if (i == 2) {
			facts.boot[0] = '\0';
			memory.boot[0] = '\0';
		}
		if (i == 3)
			memory.run_ms = facts.now_ms + 1;
		if (i == 4)
			memory.traffic_ms = facts.now_ms + 1;
		if (i == 5)
			memory.redial_ms = facts.now_ms + 1;
		if (i == 6)
			memset(memory.boot, 0, sizeof(memory.boot));
		struct idle_memory before = memory;

		CHECK(idle_begin(&memory, &shipped, &facts) == !believed, "case %d", i);
		CHECK(memory.dead == (believed ? 5 : 0), "case %d", i);
		CHECK(memory.redial_ms == (believed ? 9 * HOUR : 0), "case %d", i);
		CHECK((memory.traffic_ms > 0) == believed, "case %d", i);
		CHECK(memory.every_ms == (believed ? 20 * MINUTE : 0), "case %d", i);
		assert_string_equal(memory.boot, facts.boot);
		if (!believed) {
			/* Nor where there is no interface any longer. */
			facts.up = false;
			facts.index = 0;
			(void)!idle_begin(&before, &shipped, &facts);
			assert_int_equal(before.traffic_ms, 0);
		}
		/* What the clock tells, and what was paid for, stays. */
		assert_int_equal(memory.redial_wall_s, 1794990000);
		assert_int_equal(memory.bytes, 123);
	}
}

static void the_time_between_runs_is_that_of_the_timer(void **state)
{
	static const struct {
		int64_t run_ms, now_ms, before, after;
	} cases[] = {
		{ 0, HOUR, 0, 0 },
		{ HOUR, HOUR + 20 * MINUTE, 0, 20 * MINUTE },
		{ HOUR, HOUR + 21 * MINUTE, 20 * MINUTE, 21 * MINUTE },
		{ HOUR, HOUR + MINUTE, 20 * MINUTE, MINUTE },
		{ HOUR, HOUR + MINUTE - 1, 20 * MINUTE, 20 * MINUTE }, /* by hand */
		{ HOUR, HOUR, 20 * MINUTE, 20 * MINUTE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct idle_memory memory = remembered;
		struct idle_facts facts = found;

		memory.run_ms = cases[i].run_ms;
		memory.traffic_ms = 0;
		memory.every_ms = cases[i].before;
		facts.now_ms = cases[i].now_ms;
		(void)!idle_begin(&memory, &shipped, &facts);
		CHECK(memory.every_ms == cases[i].after, "case %zu: %lld", i,
		      (long long)memory.every_ms);
	}
}

static void the_end_of_a_run_tells_what_became_of_it(void **state)
{
	enum { NONE, UNSENT, SILENT, ANSWERED };
	static const struct {
		const char *what;
		enum idle_verdict before;
		int echoes;
		bool require, down;
		enum idle_verdict after;
		bool bare;
	} cases[] = {
		{ "answered", IDLE_SILENT, ANSWERED, 1, 0, IDLE_ALIVE, 0 },
		{ "answered, need not be", IDLE_UNKNOWN, ANSWERED, 0, 0, IDLE_ALIVE, 0 },
		{ "not answered", IDLE_ALIVE, SILENT, 1, 0, IDLE_SILENT, 0 },
		{ "not answered, need not be", IDLE_ALIVE, SILENT, 0, 0, IDLE_SENT, 0 },
		{ "not to be sent", IDLE_ALIVE, UNSENT, 0, 0, IDLE_SILENT, 0 },
		{ "not to be sent, should be", IDLE_ALIVE, UNSENT, 1, 0, IDLE_SILENT, 0 },
		{ "none needed", IDLE_ALIVE, NONE, 1, 0, IDLE_ALIVE, 0 },
		{ "none needed, as before", IDLE_SENT, NONE, 0, 0, IDLE_SENT, 0 },
		{ "down", IDLE_ALIVE, NONE, 0, 1, IDLE_NO_INTERFACE, 0 },
		{ "down after the echo", IDLE_ALIVE, ANSWERED, 0, 1, IDLE_NO_INTERFACE, 0 },
		{ "dialling", IDLE_ALIVE, NONE, 0, 0, IDLE_NO_ADDRESS, 1 },
		{ "down, of course without address", IDLE_ALIVE, NONE, 0, 1, IDLE_NO_INTERFACE, 1 },
		{ "address gone after the echo", IDLE_ALIVE, ANSWERED, 1, 0, IDLE_NO_ADDRESS, 1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct idle_echoes echoes = { .left = cases[i].echoes != UNSENT,
					      .answered = cases[i].echoes == ANSWERED,
					      .sent_ms = found.now_ms - 2500,
					      .bytes = 72 };
		struct idle_rule rule = shipped;
		struct idle_memory memory = remembered;
		struct idle_facts facts = found;
		bool dead = cases[i].after != IDLE_ALIVE && cases[i].after != IDLE_SENT;
		bool good = !dead && cases[i].echoes != NONE;

		memory.verdict = cases[i].before;
		memory.dead = 4;
		memory.bytes = 1000;
		facts.up = !cases[i].down;
		facts.bare = cases[i].bare;
		facts.rx = 111;
		facts.tx = 122;
		rule.require_reply = cases[i].require;
		idle_end(&memory, &rule, &facts, cases[i].echoes == NONE ? NULL : &echoes);
		CHECK(memory.verdict == (int64_t)cases[i].after, "%s", cases[i].what);
		CHECK(memory.dead == (dead ? 5 : 0), "%s", cases[i].what);
		CHECK(memory.bytes == (cases[i].echoes == NONE ? 1000 : 1072), "%s", cases[i].what);
		assert_int_equal(memory.traffic_ms, good ? echoes.sent_ms : remembered.traffic_ms);
		assert_int_equal(memory.run_ms, facts.now_ms);
		assert_int_equal(memory.index, 3);
		assert_int_equal(memory.rx, 111);
		assert_int_equal(memory.tx, 122);
	}
}

/* What has passed did so on the old one. */
static void an_interface_made_anew_during_a_run_is_not_believed(void **state)
{
	struct idle_echoes echoes = { .left = true, .answered = true, .sent_ms = found.now_ms };

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct idle_memory memory = remembered;
		struct idle_facts facts = found;

		(void)!idle_begin(&memory, &shipped, &facts);
		facts.index++;
		idle_end(&memory, &shipped, &facts, i == 0 ? NULL : &echoes);
		facts.now_ms += MINUTE;
		assert_true(idle_begin(&memory, &shipped, &facts));
	}
}

static void who_has_not_answered_and_need_not_is_asked_once(void **state)
{
	(void)state;
	for (int64_t verdict = IDLE_UNKNOWN; verdict <= IDLE_NO_ADDRESS; verdict++) {
		for (int require = 0; require < 2; require++) {
			const struct idle_rule rule = { .require_reply = require == 1 };
			const struct idle_memory memory = { .verdict = verdict };
			bool once = verdict == IDLE_SENT && require == 0;

			CHECK(idle_tries(&memory, &rule, 7) == (once ? 1 : 7), "%lld, %d",
			      (long long)verdict, require);
			assert_int_equal(idle_tries(&memory, &rule, 1), 1);
		}
	}
}

/* Redial */

/* What idle.h says of it, in other words, for times in hours, and none at 0. */
static bool should_redial(const struct idle_memory *memory, const struct idle_rule *rule,
			  const struct idle_facts *facts, bool busy)
{
	int64_t ago_ms = INT64_MAX;

	if (!rule->redials || memory->dead < rule->redial_after)
		return false;
	if (busy && facts->up && memory->deaf < rule->redial_after)
		return false;
	if (memory->redial_ms != 0)
		ago_ms = facts->now_ms - memory->redial_ms;
	else if (memory->redial_wall_s != 0 && memory->redial_wall_s <= facts->wall_s)
		ago_ms = (facts->wall_s - memory->redial_wall_s) * 1000;
	return ago_ms >= rule->redial_every_ms;
}

static void a_dead_line_is_redialled_when_it_is_due(void **state)
{
	static const int64_t ago_s[] = { -7200, -1, 0, 1, 3599, 3600, 3601, 7200 };
	struct idle_facts facts = found;
	unsigned yes = 0, all = 0;

	(void)state;
	for (unsigned bits = 0; bits < 128; bits++) {
		for (int64_t dead = 0; dead < 6; dead++) {
			for (size_t i = 0; i < ARRAY_LEN(ago_s); i++) {
				struct idle_rule rule = shipped;
				struct idle_memory memory = { .dead = dead };
				bool busy = (bits & 1) != 0;

				rule.redials = (bits & 2) != 0;
				facts.up = (bits & 4) != 0;
				facts.bare = (bits & 32) != 0;
				memory.deaf = (bits & 64) != 0 ? dead : 2;
				if ((bits & 8) != 0 && ago_s[i] >= 0)
					memory.redial_ms = facts.now_ms - ago_s[i] * 1000;
				if ((bits & 16) != 0)
					memory.redial_wall_s = facts.wall_s - ago_s[i];
				all++;
				yes += should_redial(&memory, &rule, &facts, busy);
				CHECK(idle_wants_redial(&memory, &rule, &facts, busy) ==
					      should_redial(&memory, &rule, &facts, busy),
				      "%u, dead %lld, %lld s ago", bits, (long long)dead,
				      (long long)ago_s[i]);
			}
		}
	}
	assert_in_range(yes, 1, all / 2);
}

/* The LAN's packets protect a line only while some come back. */
static void a_busy_line_is_redialled_when_nothing_was_heard_over_the_dead_runs(void **state)
{
	static const struct {
		const char *what;
		int64_t heard, sent; /* packets from run to run */
		bool left, stuck, fresh, redial;
	} cases[] = {
		{ "echoes in vain", 0, 0, 1, 0, 0, 1 },
		{ "the LAN is answered, the target is not", 5, 9, 1, 0, 0, 0 },
		{ "nothing could leave, for the queue is full", 0, 0, 0, 1, 0, 1 },
		{ "nothing could leave, but the LAN sends in vain", 0, 9, 0, 0, 0, 1 },
		{ "nothing could leave, and nobody has tried: no route", 0, 0, 0, 0, 0, 0 },
		{ "each run finds another session", 0, 9, 1, 0, 1, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct idle_echoes echoes = { .left = cases[i].left, .stuck = cases[i].stuck };
		struct idle_memory memory = { .boot = "" };
		struct idle_rule rule = shipped;
		struct idle_facts facts = found;

		rule.redials = true;
		rule.require_reply = true;
		for (int run = 1; run <= 3; run++) {
			facts.now_ms += 20 * MINUTE;
			facts.index += cases[i].fresh;
			facts.rx += run == 1 ? 100 : cases[i].heard; /* it lived until then */
			facts.tx += cases[i].sent;
			(void)!idle_begin(&memory, &rule, &facts);
			facts.tx += cases[i].sent;
			idle_end(&memory, &rule, &facts, &echoes);
			assert_int_equal(memory.dead, run);
			CHECK(idle_wants_redial(&memory, &rule, &facts, true) ==
				      (run == 3 && cases[i].redial),
			      "%s: run %d", cases[i].what, run);
		}
		assert_true(idle_wants_redial(&memory, &rule, &facts, false));
	}
}

static void nothing_is_asked_without_an_address(void **state)
{
	struct idle_memory memory = { .boot = "" };
	struct idle_facts facts = found;

	(void)state;
	facts.bare = true;
	assert_false(idle_begin(&memory, &shipped, &facts));
	assert_false(idle_can_ask(&facts));
	facts.bare = false;
	assert_true(idle_begin(&memory, &shipped, &facts));
}

static void a_redial_is_noted_by_both_clocks(void **state)
{
	struct idle_memory memory = remembered;
	struct idle_rule rule = shipped;
	struct idle_facts facts = found;

	(void)state;
	rule.redials = true;
	memory.dead = 3;
	assert_true(idle_wants_redial(&memory, &rule, &facts, false));
	idle_note_redial(&memory, &facts);
	assert_int_equal(memory.redial_ms, facts.now_ms);
	assert_int_equal(memory.redial_wall_s, facts.wall_s);
	assert_false(idle_wants_redial(&memory, &rule, &facts, false));
	memory.redial_ms = 0;
	assert_false(idle_wants_redial(&memory, &rule, &facts, false));
}

/* Bytes */

static void the_month_turns_and_the_last_one_is_kept(void **state)
{
	struct idle_memory memory = { .boot = "" };
	struct idle_echoes echoes = { .left = true, .answered = true, .bytes = 72 };
	struct idle_facts facts = found;

	(void)state;
	for (int64_t month = 202610; month <= 202612; month++) {
		for (int run = 0; run < 10; run++) {
			facts.month = month;
			facts.now_ms += 40 * MINUTE;
			assert_true(idle_begin(&memory, &shipped, &facts));
			assert_int_equal(memory.bytes, 72 * run);
			assert_int_equal(memory.bytes_before, month == 202610 ? 0 : 720);
			idle_end(&memory, &shipped, &facts, &echoes);
		}
		assert_int_equal(memory.bytes, 720);
		assert_int_equal(memory.month, month);
	}
}

/* Nor does a clock that nobody has set, or that was set wrong, take one month for another one. */
static void only_the_month_after_another_one_has_one_before(void **state)
{
	static const struct {
		int64_t from, to, month, before, bytes;
	} cases[] = {
		{ 202611, 202611, 202611, 5, 700 }, { 202611, 202612, 202612, 700, 0 },
		{ 202612, 202701, 202701, 700, 0 }, { 202611, 202701, 202701, 0, 0 },
		{ 202611, 202711, 202711, 0, 0 },   { 0, 202611, 202611, 0, 0 },
		{ 202611, 197001, 202611, 5, 700 }, { 202611, 0, 202611, 5, 700 },
		{ 202611, 203801, 203801, 0, 0 },   { IDLE_NUMBER_MAX, 202611, 202611, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct idle_memory memory = { .month = cases[i].from,
					      .bytes = 700,
					      .bytes_before = 5 };
		struct idle_facts facts = found;

		facts.month = cases[i].to;
		(void)!idle_begin(&memory, &shipped, &facts);
		CHECK(memory.month == cases[i].month && memory.bytes == cases[i].bytes &&
			      memory.bytes_before == cases[i].before,
		      "case %zu: %lld, %lld, before %lld", i, (long long)memory.month,
		      (long long)memory.bytes, (long long)memory.bytes_before);
	}
}

static void counts_end_where_a_number_does(void **state)
{
	struct idle_memory memory = { .dead = IDLE_NUMBER_MAX, .bytes = IDLE_NUMBER_MAX - 71 };
	const struct idle_echoes echoes = { .left = true, .bytes = 72 };
	struct idle_rule rule = shipped;

	(void)state;
	rule.require_reply = true;
	for (int i = 0; i < 3; i++) {
		idle_end(&memory, &rule, &found, &echoes);
		assert_int_equal(memory.dead, IDLE_NUMBER_MAX);
		assert_int_equal(memory.bytes, IDLE_NUMBER_MAX);
	}
}

static void a_month_costs_what_its_echoes_are(void **state)
{
	static const struct {
		int64_t skip_min, every_min, tries, bytes;
		int64_t runs, packets; /* how often, and of how many */
		bool require;
		enum idle_verdict verdict;
	} cases[] = {
		/* fo.conf of sub: each 40 minutes an echo and its answer of 36 bytes */
		{ 30, 0, 3, 36, 1080, 2, true, IDLE_UNKNOWN },
		/* until it answers again: each run, all tries */
		{ 30, 20, 3, 36, 2160, 3, true, IDLE_SILENT },
		{ 30, 20, 3, 36, 1080, 2, false, IDLE_ALIVE },
		{ 30, 22, 3, 36, 981, 2, true, IDLE_ALIVE },
		{ 30, 15, 3, 36, 1440, 2, true, IDLE_ALIVE },
		{ 30, 10, 3, 36, 1440, 2, true, IDLE_ALIVE },
		{ 30, 60, 3, 36, 720, 2, true, IDLE_ALIVE },
		{ 0, 20, 3, 36, 2160, 2, true, IDLE_ALIVE },
		{ 20, 20, 3, 36, 2160, 2, true, IDLE_ALIVE },
		{ 30, 20, 1, 56, 1080, 1, false, IDLE_SENT },
		/* fo.conf without a line of it, and a peer that does not answer: once each */
		{ 30, 20, 3, 36, 1080, 1, false, IDLE_SENT },
		{ 30, 20, 3, 56, 1080, 2, false, IDLE_ALIVE },
		{ 30, 50000, 3, 36, 0, 2, true, IDLE_ALIVE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct idle_rule rule = { .skip_ms = cases[i].skip_min * MINUTE,
					  .require_reply = cases[i].require };
		struct idle_memory memory = { .every_ms = cases[i].every_min * MINUTE,
					      .verdict = cases[i].verdict };
		int64_t bytes = idle_month_bytes(&memory, &rule, cases[i].tries, cases[i].bytes);

		CHECK(bytes == cases[i].runs * cases[i].packets * cases[i].bytes, "case %zu: %lld",
		      i, (long long)bytes);
		if (i == 0)
			assert_in_range(bytes, 1, 100000);
	}
}

static void verdicts_have_names(void **state)
{
	(void)state;
	assert_string_equal(idle_verdict_name(IDLE_UNKNOWN), "unknown");
	assert_string_equal(idle_verdict_name(IDLE_ALIVE), "alive");
	assert_string_equal(idle_verdict_name(IDLE_SENT), "sent");
	assert_string_equal(idle_verdict_name(IDLE_SILENT), "silent");
	assert_string_equal(idle_verdict_name(IDLE_NO_INTERFACE), "no interface");
	assert_string_equal(idle_verdict_name(IDLE_NO_ADDRESS), "no address");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_written_is_read),
		cmocka_unit_test(the_text_is_that_of_the_usual_run),
		cmocka_unit_test(the_longest_text_fits),
		cmocka_unit_test(every_truncation_is_refused_or_sound),
		cmocka_unit_test(every_other_byte_is_refused_or_sound),
		cmocka_unit_test(what_is_no_memory_is_refused_and_changes_nothing),
		cmocka_unit_test(an_echo_is_needed_only_where_nothing_has_passed),
		cmocka_unit_test(of_another_boot_or_of_times_to_come_nothing_is_believed),
		cmocka_unit_test(the_time_between_runs_is_that_of_the_timer),
		cmocka_unit_test(the_end_of_a_run_tells_what_became_of_it),
		cmocka_unit_test(an_interface_made_anew_during_a_run_is_not_believed),
		cmocka_unit_test(who_has_not_answered_and_need_not_is_asked_once),
		cmocka_unit_test(a_dead_line_is_redialled_when_it_is_due),
		cmocka_unit_test(
			a_busy_line_is_redialled_when_nothing_was_heard_over_the_dead_runs),
		cmocka_unit_test(nothing_is_asked_without_an_address),
		cmocka_unit_test(a_redial_is_noted_by_both_clocks),
		cmocka_unit_test(the_month_turns_and_the_last_one_is_kept),
		cmocka_unit_test(only_the_month_after_another_one_has_one_before),
		cmocka_unit_test(counts_end_where_a_number_does),
		cmocka_unit_test(a_month_costs_what_its_echoes_are),
		cmocka_unit_test(verdicts_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
