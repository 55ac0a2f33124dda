#include "heartbeat.h"

#include <stdlib.h>
#include <sys/socket.h>

#include "support.h"

#define USUAL                                                                                      \
	"interface ppp0\nline down\nreason 3\nwritten 7000001\nbeat 7000000\nsince 6000000\ngood " \
	"4\nbad 0\n"                                                                               \
	"last-bad 6500000\nhold 20000000\nback 5000000\ndrill 0\ntarget 192.0.2.1 190 10 10250\n"  \
	"target 2001:db8::8 0 200 0\n"

/* Parses from memory that ends with the text: ASan sees each byte too far. */
static int parse(const char *text, size_t len, struct heartbeat *out)
{
	char *copy = malloc(len + 1);
	int ret;

	assert_non_null(copy);
	memcpy(copy, text, len);
	copy[len] = '\0';
	ret = heartbeat_parse(copy, out);
	free(copy);
	return ret;
}

static int64_t random_int64(void)
{
	int64_t value = (int64_t)random_next() << 32 | (int64_t)random_next() << 1;

	return (value >> random_below(63)) % (HEARTBEAT_NUMBER_MAX + 1);
}

static struct addr random_addr(void)
{
	struct addr addr = { .family = random_below(2) == 0 ? AF_INET : AF_INET6 };

	for (size_t i = 0; i < addr_len(addr.family); i++)
		addr.bytes[i] = random_below(3) == 0 ? 0 : (uint8_t)random_below(256);
	return addr;
}

static struct heartbeat random_beat(void)
{
	struct heartbeat beat = { .written_us = random_int64(),
				  .beat_us = random_int64(),
				  .drill_us = random_int64(),
				  .count = random_below(QUALITY_HOSTS_MAX + 1) };

	for (size_t i = 0; i <= random_below(IFNAMSIZ - 1); i++)
		beat.iface[i] = (char)('!' + random_below('~' - '!'));
	beat.state = (struct verdict_state){
		.verdict = (enum verdict)random_below(VERDICT_DOWN + 1),
		.reason = (enum verdict_reason)random_below(VERDICT_NO_ADDRESS + 1),
		.since_us = random_int64(),
		.good = random_int64(),
		.bad = random_int64(),
		.last_bad_us = random_int64(),
		.hold_us = random_int64(),
		.back_us = random_int64(),
	};
	for (size_t i = 0; i < beat.count; i++) {
		beat.targets[i].addr = random_addr();
		beat.targets[i].quality = (struct quality_sum){ .answered = random_next(),
								.lost = random_next(),
								.rtt_us = random_int64() };
	}
	return beat;
}

static void assert_same(const struct heartbeat *a, const struct heartbeat *b)
{
	assert_string_equal(a->iface, b->iface);
	assert_int_equal(a->written_us, b->written_us);
	assert_int_equal(a->beat_us, b->beat_us);
	assert_int_equal(a->drill_us, b->drill_us);
	assert_int_equal(a->state.verdict, b->state.verdict);
	assert_int_equal(a->state.reason, b->state.reason);
	assert_int_equal(a->state.since_us, b->state.since_us);
	assert_int_equal(a->state.good, b->state.good);
	assert_int_equal(a->state.bad, b->state.bad);
	assert_int_equal(a->state.last_bad_us, b->state.last_bad_us);
	assert_int_equal(a->state.hold_us, b->state.hold_us);
	assert_int_equal(a->state.back_us, b->state.back_us);
	assert_int_equal(a->count, b->count);
	for (size_t i = 0; i < a->count; i++) {
		const struct quality_sum *x = &a->targets[i].quality, *y = &b->targets[i].quality;

		assert_true(addr_equal(&a->targets[i].addr, &b->targets[i].addr));
		assert_int_equal(x->answered, y->answered);
		assert_int_equal(x->lost, y->lost);
		assert_int_equal(x->rtt_us, y->rtt_us);
	}
}

/* Whatever was accepted is something that can be written. */
static void check_if_accepted(const char *text, size_t len)
{
	char again[HEARTBEAT_TEXT_MAX];
	struct heartbeat beat, back;
	int ret = parse(text, len, &beat);

	CHECK(ret == 0 || ret == -EINVAL, "%d for: %.*s", ret, (int)len, text);
	if (ret != 0)
		return;
	heartbeat_format(again, &beat);
	CHECK(heartbeat_parse(again, &back) == 0, "%s", again);
	assert_same(&beat, &back);
}

static void what_was_written_is_read(void **state)
{
	(void)state;
	for (int i = 0; i < 5000; i++) {
		struct heartbeat beat = random_beat(), back;
		char text[HEARTBEAT_TEXT_MAX];
		size_t len;

		assert_ptr_equal(heartbeat_format(text, &beat), text);
		len = strlen(text);
		assert_int_equal(text[len - 1], '\n');
		CHECK(parse(text, len, &back) == 0, "%s", text);
		assert_same(&beat, &back);
		/* As store_read gives it: the last newline taken off. */
		assert_int_equal(parse(text, len - 1, &back), 0);
		assert_same(&beat, &back);
	}
}

static void the_text_is_that_of_the_header(void **state)
{
	char text[HEARTBEAT_TEXT_MAX];
	struct heartbeat beat;

	(void)state;
	assert_int_equal(heartbeat_parse(USUAL, &beat), 0);
	assert_string_equal(heartbeat_format(text, &beat), USUAL);
	assert_int_equal(beat.state.verdict, VERDICT_DOWN);
	assert_int_equal(beat.state.reason, VERDICT_LOSS);
	assert_int_equal(beat.state.hold_us, 20000000);
	assert_int_equal(beat.targets[1].quality.lost, 200);
}

static void the_longest_text_fits(void **state)
{
	struct heartbeat beat = { .iface = "letters-fifteen",
				  .written_us = HEARTBEAT_NUMBER_MAX,
				  .beat_us = HEARTBEAT_NUMBER_MAX,
				  .drill_us = HEARTBEAT_NUMBER_MAX,
				  .count = QUALITY_HOSTS_MAX };
	struct heartbeat back;
	char text[HEARTBEAT_TEXT_MAX];

	(void)state;
	beat.state = (struct verdict_state){ VERDICT_PENDING,	   VERDICT_SLOW,
					     HEARTBEAT_NUMBER_MAX, HEARTBEAT_NUMBER_MAX,
					     HEARTBEAT_NUMBER_MAX, HEARTBEAT_NUMBER_MAX,
					     HEARTBEAT_NUMBER_MAX, HEARTBEAT_NUMBER_MAX };
	for (size_t i = 0; i < QUALITY_HOSTS_MAX; i++) {
		beat.targets[i].addr.family = AF_INET6;
		memset(beat.targets[i].addr.bytes, 0xee, 16);
		beat.targets[i].quality = (struct quality_sum){ .answered = UINT32_MAX,
								.lost = UINT32_MAX,
								.rtt_us = HEARTBEAT_NUMBER_MAX };
	}
	heartbeat_format(text, &beat);
	assert_int_equal(heartbeat_parse(text, &back), 0);
	assert_same(&beat, &back);
}

static void every_truncation_is_refused_or_sound(void **state)
{
	struct heartbeat beat;

	(void)state;
	for (size_t len = 0; len < strlen(USUAL); len++)
		check_if_accepted(USUAL, len);
	for (size_t len = 0; len <= strlen("interface "); len++)
		assert_int_equal(parse(USUAL, len, &beat), -EINVAL);
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

static void what_is_no_heartbeat_is_refused_and_changes_nothing(void **state)
{
	static const char *const texts[] = {
		"",
		"\n",
		"interface",
		"interface ",
		"interface \n",
		"interface  ppp0\n",
		"interface ppp0 \n",
		"interface ppp0\n\n",
		"interface ppp0\r\nline up\r\n",
		"interface sixteen-letters-\n",
		"line up\nreason 0\nbeat 5\n", /* whose? */
		"interface ppp0\nline UP\n",
		"interface ppp0\nline pending\n",
		"interface ppp0\nreason 6\n",
		"interface ppp0\nreason -1\n",
		"interface ppp0\nbeat -1\n",
		"interface ppp0\nbeat 9223372036854775808\n",
		"interface ppp0\nbeat 99999999999999999999999999999999999999999999999999\n",
		"interface\nppp0\n",
		"interface ppp0 line up\n",
		"interface ppp0\nbeat\n5\n",
		"interface ppp0\ntarget 192.0.2.1\n1 2 3\n",
		"interface ppp0\nbeat 1 2\n",
		"interface ppp0\nbeat 0x10\n",
		"interface ppp0\nbeat +1\n",
		"interface ppp0\nbeat 1e3\n",
		"interface ppp0\nbeat\n",
		"interface ppp0\nfuture 1\n",
		"interface ppp0\nfull 1\n",
		"interface ppp0\ntarget 192.0.2.1 1 2\n",
		"interface ppp0\ntarget 192.0.2.1 1 2 3 4\n",
		"interface ppp0\ntarget 192.0.2.1 4294967296 2 3\n",
		"interface ppp0\ntarget 192.0.2.1 1 4294967296 3\n",
		"interface ppp0\ntarget 192.0.2.1 1 2 -3\n",
		"interface ppp0\ntarget 192.0.2.256 1 2 3\n",
		"interface ppp0\ntarget localhost 1 2 3\n",
		"interface ppp0\ntarget - 1 2 3\n",
		"interface ppp0\ntarget fe80::1%eth0 1 2 3\n",
		"\177ELF\002\001\001",
		"interface ppp0\n\xff\xfe 1\n",
	};
	const struct heartbeat before = { .iface = "before", .beat_us = 42 };
	struct heartbeat beat = before;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		CHECK(parse(texts[i], strlen(texts[i]), &beat) == -EINVAL, "%s", texts[i]);
	assert_same(&beat, &before);
}

static void too_many_targets_and_too_long_words_are_refused(void **state)
{
	static const char target[] = "target 192.0.2.1 1 2 3\n";
	char text[8192] = "interface ppp0\n", word[4000];
	size_t used = strlen(text);
	struct heartbeat beat;

	(void)state;
	for (int i = 1; i <= QUALITY_HOSTS_MAX + 1; i++) {
		memcpy(text + used, target, sizeof(target));
		used += strlen(target);
		assert_int_equal(heartbeat_parse(text, &beat),
				 i <= QUALITY_HOSTS_MAX ? 0 : -EINVAL);
	}
	memset(word, 'x', sizeof(word));
	for (int len = 1; len < (int)sizeof(word); len++) {
		snprintf(text, sizeof(text), "%.*s 1\n", len, word);
		assert_int_equal(heartbeat_parse(text, &beat), -EINVAL);
		snprintf(text, sizeof(text), "interface %.*s\n", len, word);
		assert_int_equal(heartbeat_parse(text, &beat), len < IFNAMSIZ ? 0 : -EINVAL);
	}
}

static void a_watcher_that_is_alive_and_knows_tells(void **state)
{
	static const struct {
		int64_t beat_us, now_us;
		enum verdict line;
		const char *iface;
		bool tells;
	} cases[] = {
		{ 5000000, 5000000, VERDICT_UP, "ppp0", true },
		{ 5000000, 5000000, VERDICT_DOWN, "ppp0", true },
		{ 5000000, 5000000, VERDICT_PENDING, "ppp0", false },
		{ 5000000, 5000000 + HEARTBEAT_FRESH_US - 1, VERDICT_UP, "ppp0", true },
		{ 5000000, 5000000 + HEARTBEAT_FRESH_US, VERDICT_UP, "ppp0", false }, /* stale */
		{ 5000001, 5000000, VERDICT_UP, "ppp0", false }, /* of another boot */
		{ INT64_MAX, 5000000, VERDICT_UP, "ppp0", false },
		{ 0, 5000000, VERDICT_UP, "ppp0", false }, /* ended */
		{ 0, 0, VERDICT_UP, "ppp0", false },
		{ 1, INT64_MAX, VERDICT_UP, "ppp0", false },
		{ 5000000, 5000000, VERDICT_UP, "ppp1", false },
		{ 5000000, 5000000, VERDICT_UP, "ppp", false },
		{ 5000000, 5000000, VERDICT_UP, "", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct heartbeat beat = { .iface = "ppp0",
						.beat_us = cases[i].beat_us,
						.state.verdict = cases[i].line };

		CHECK(heartbeat_has_verdict(&beat, cases[i].iface, cases[i].now_us) ==
			      cases[i].tells,
		      "case %zu", i);
		CHECK(heartbeat_is_fresh(&beat, cases[i].iface, cases[i].now_us) ==
			      (cases[i].tells || cases[i].line == VERDICT_PENDING),
		      "case %zu", i);
	}
	/* A watcher beats several times before it counts as dead. */
	assert_true(HEARTBEAT_FRESH_US >= 3 * HEARTBEAT_EVERY_US);
}

/* What a watcher left on a line that was down, as its successor finds it. */
static struct heartbeat last_words(void)
{
	return (struct heartbeat){ .iface = "ppp0",
				   .written_us = 9000000,
				   .state = { .verdict = VERDICT_DOWN,
					      .reason = VERDICT_LOSS,
					      .since_us = 6000000,
					      .good = 4,
					      .bad = 3,
					      .last_bad_us = 6500000,
					      .hold_us = 20000000,
					      .back_us = 5000000 } };
}

static void a_successor_goes_on_but_counts_its_rounds_itself(void **state)
{
	struct heartbeat beat = last_words();
	struct verdict_state next = { .verdict = VERDICT_PENDING };

	(void)state;
	assert_true(heartbeat_resume(&beat, "ppp0", 9000000, &next));
	assert_int_equal(next.verdict, VERDICT_DOWN);
	assert_int_equal(next.reason, VERDICT_LOSS);
	assert_int_equal(next.since_us, 6000000);
	assert_int_equal(next.good, 0);
	assert_int_equal(next.bad, 0);
	assert_int_equal(next.last_bad_us, 6500000);
	assert_int_equal(next.hold_us, 20000000);
	assert_int_equal(next.back_us, 5000000);
	beat.state.verdict = VERDICT_UP;
	assert_true(heartbeat_resume(&beat, "ppp0", 9000000, &next));
	assert_int_equal(next.verdict, VERDICT_UP);
	/* Whether the one before it was still alive when it ended does not matter. */
	beat.beat_us = 9000000;
	assert_true(heartbeat_resume(&beat, "ppp0", 9000000 + HEARTBEAT_RESUME_US, &next));
}

static void a_successor_does_not_go_on_from_what_says_nothing(void **state)
{
	struct heartbeat beats[8];
	struct verdict_state next = { .hold_us = 42 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(beats); i++)
		beats[i] = last_words();
	snprintf(beats[0].iface, sizeof(beats[0].iface), "ppp1");
	beats[1].state.verdict = VERDICT_PENDING;
	beats[2].written_us = 9000001; /* of another boot, as the next ones are */
	beats[3].state.since_us = 9000001;
	beats[4].state.last_bad_us = 9000001;
	beats[5].state.back_us = 9000001;
	beats[6].written_us = HEARTBEAT_NUMBER_MAX;
	snprintf(beats[7].iface, sizeof(beats[7].iface), "ppp");
	for (size_t i = 0; i < ARRAY_LEN(beats); i++)
		CHECK(!heartbeat_resume(&beats[i], "ppp0", 9000000, &next), "case %zu", i);
	beats[0] = last_words();
	assert_false(heartbeat_resume(&beats[0], "ppp0", 9000000 + HEARTBEAT_RESUME_US + 1, &next));
	assert_int_equal(next.hold_us, 42);
}

static void the_slowest_target_says_how_slow_the_line_is(void **state)
{
	struct heartbeat beat = { .count = 0 };

	(void)state;
	assert_int_equal(heartbeat_rtt_us(&beat), 0);
	beat.count = 3;
	beat.targets[1].quality.rtt_us = 600000;
	beat.targets[2].quality.rtt_us = 20000;
	assert_int_equal(heartbeat_rtt_us(&beat), 600000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_written_is_read),
		cmocka_unit_test(the_text_is_that_of_the_header),
		cmocka_unit_test(the_longest_text_fits),
		cmocka_unit_test(every_truncation_is_refused_or_sound),
		cmocka_unit_test(every_other_byte_is_refused_or_sound),
		cmocka_unit_test(what_is_no_heartbeat_is_refused_and_changes_nothing),
		cmocka_unit_test(too_many_targets_and_too_long_words_are_refused),
		cmocka_unit_test(a_watcher_that_is_alive_and_knows_tells),
		cmocka_unit_test(a_successor_goes_on_but_counts_its_rounds_itself),
		cmocka_unit_test(a_successor_does_not_go_on_from_what_says_nothing),
		cmocka_unit_test(the_slowest_target_says_how_slow_the_line_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
