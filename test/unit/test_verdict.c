#include "verdict.h"

#include "support.h"

#define SECOND INT64_C(1000000)

/* Recorded sequences: one letter a second.
 *
 *   G  a good round            B  a bad one             L  the link is gone
 *   l  good, but much loss     m  less: between the levels of going down and coming back
 *   s  good, but slow          t  less so               f  much loss, but the window is not full
 *   1  one lost echo of one    .  a minute of good rounds
 *   x  nothing could be found out
 *
 * What is expected is the line after each: U up, D down, - not known yet. */
static bool take_letter(struct verdict_state *state, const struct verdict_rule *rule, char letter,
			int64_t *now_us)
{
	struct quality_sum quality = { .answered = 100, .rtt_us = 10000, .full = true };
	bool changed = false;

	*now_us += SECOND;
	switch (letter) {
	case 'L':
		return verdict_take_link_loss(state, rule, VERDICT_NO_LINK, *now_us);
	case 'x':
		verdict_take_gap(state, *now_us);
		return false;
	case '.':
		for (int i = 0; i < 60; i++) {
			*now_us += SECOND;
			changed |= verdict_take_round(state, rule, true, &quality, *now_us);
		}
		return changed;
	case 'f':
		quality.full = false;
		quality.lost = 100;
		break;
	case 'l':
		quality.lost = 100; /* half of them */
		break;
	case 'm':
		quality.lost = 25; /* a fifth */
		break;
	case 's':
		quality.rtt_us = 120000;
		break;
	case 't':
		quality.rtt_us = 60000;
		break;
	case '1':
		quality = (struct quality_sum){ .lost = 1, .full = true };
		break;
	default:
		break;
	}
	return verdict_take_round(state, rule, letter != 'B', &quality, *now_us);
}

static void recorded_sequences_have_the_verdicts_that_were_thought_out(void **state)
{
	static const struct verdict_rule usual = { .fall = 2,
						   .rise = 3,
						   .hold_us = 5 * SECOND,
						   .hold_max_us = 20 * SECOND,
						   .loss_down_pct = 40,
						   .loss_up_pct = 10,
						   .rtt_down_us = 100000,
						   .rtt_up_us = 50000 };
	static const struct verdict_rule no_hold = { .fall = 1, .rise = 1 };
	static const struct verdict_rule one_level = {
		.fall = 2, .rise = 1, .loss_down_pct = 40, .rtt_down_us = 100000
	};
	static const struct verdict_rule no_levels = {
		.fall = 3, .rise = 2, .hold_max_us = SECOND, .loss_up_pct = 10, .rtt_up_us = 50000
	};
	static const struct {
		const char *what;
		const struct verdict_rule *rule;
		const char *rounds, *lines;
	} cases[] = {
		{ "fall", &usual, "GGGGGBB", "--UUUUD" },
		{ "one bad round is none", &usual, "GGGBGBGBGBG", "--UUUUUUUUU" },
		{ "rise", &usual, "GGBGGBGGG", "--------U" },
		{ "down from the start", &usual, "BB", "-D" },
		{ "no rounds in a row at the start", &usual, "BGBGBGGG", "-------U" },
		{ "hold, from the last bad round on", &usual, "GGGBBGGGGG", "--UUDDDDDU" },
		{ "a bad round begins the hold anew", &usual, "BBGGGGBGGGGG", "-DDDDDDDDDDU" },
		{ "link loss", &usual, "GGGLGGGGG", "--UDDDDDU" },
		{ "link loss at the start", &usual, "LGGGGG", "DDDDDU" },
		{ "link loss while down begins the hold anew", &usual, "BBGGGLGGGGG",
		  "-DDDDDDDDDU" },
		{ "no hold", &no_hold, "GBGBLGLG", "UDUDDUDU" },
		{ "hold doubles: 5, 10, 20, 20 seconds", &usual,
		  "BBGGGGG"
		  "BBGGGGGGGGGG"
		  "BBGGGGGGGGGGGGGGGGGGGG"
		  "BBGGGGGGGGGGGGGGGGGGGG",
		  "-DDDDDU"
		  "UDDDDDDDDDDU"
		  "UDDDDDDDDDDDDDDDDDDDDU"
		  "UDDDDDDDDDDDDDDDDDDDDU" },
		{ "and is as before after hold-max without a fault", &usual,
		  "BBGGGGG"
		  "BBGGGGGGGGGG"
		  ".BBGGGGG",
		  "-DDDDDU"
		  "UDDDDDDDDDDU"
		  "UUDDDDDU" },
		{ "just before hold-max it still doubles", &usual,
		  "BBGGGGG"
		  "GGGGGGGGGGGGGGGGGGL"
		  "GGGGGGGGGG",
		  "-DDDDDU"
		  "UUUUUUUUUUUUUUUUUUD"
		  "DDDDDDDDDU" },
		{ "at hold-max it does not", &usual,
		  "BBGGGGG"
		  "GGGGGGGGGGGGGGGGGGGL"
		  "GGGGG",
		  "-DDDDDU"
		  "UUUUUUUUUUUUUUUUUUUD"
		  "DDDDU" },
		{ "loss", &usual, "GGGllmmmmmmmGG",
		  "--UDDDDDDDDDU"
		  "U" },
		{ "loss below the level of going down", &usual, "GGGmmmmmm", "--UUUUUUU" },
		{ "loss in a window that is not full", &usual, "GGGfffff", "--UUUUUU" },
		{ "one lost echo is no loss", &usual, "GGG11111", "--UUUUUU" },
		{ "loss before it was ever up", &usual, "lll", "--U" },
		{ "slow", &usual, "GGGsttttttttG", "--UDDDDDDDDDU" },
		{ "not quite so slow", &usual, "GGGtttttt", "--UUUUUUU" },
		{ "no levels, no brown-out", &no_levels, "GGlsmtlsB", "-UUUUUUUU" },
		{ "no levels, no obstacle", &no_levels, "BBBlslsl", "--DDUUUU" },
		{ "no level of coming back: that of going down", &one_level, "GllmGssttG",
		  "UDDUUDDUUU" },
		{ "a gap changes nothing", &usual, "xGGGxxx", "---UUUU" },
		{ "a gap is no good round", &usual, "GGxGGG", "-----U" },
		{ "nor good time", &usual, "BBGGGxGGGGG", "-DDDDDDDDDU" },
		{ "nor a good round after the hold", &usual, "BBGGGmxGGGGG", "-DDDDDDDDDDU" },
		{ "a bad round before a gap is not forgotten", &usual, "GGGBxB", "--UUUD" },
		{ "a bad round while down takes the rise back", &no_hold, "BGB", "DUD" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct verdict_state now = { 0 };
		int64_t now_us = 1000 * SECOND;

		assert_int_equal(strlen(cases[i].rounds), strlen(cases[i].lines));
		for (size_t j = 0; cases[i].rounds[j] != '\0'; j++) {
			enum verdict before = now.verdict;
			bool changed =
				take_letter(&now, cases[i].rule, cases[i].rounds[j], &now_us);

			CHECK("-UD"[now.verdict] == cases[i].lines[j], "%s: round %zu: %s",
			      cases[i].what, j, verdict_name(now.verdict));
			CHECK(changed == (before != now.verdict), "%s: round %zu", cases[i].what,
			      j);
		}
	}
}

static void the_reason_is_the_last_sign_of_trouble(void **state)
{
	static const struct verdict_rule rule = { .fall = 2,
						  .rise = 3,
						  .hold_us = 5 * SECOND,
						  .hold_max_us = 20 * SECOND,
						  .loss_down_pct = 40,
						  .loss_up_pct = 10,
						  .rtt_down_us = 100000,
						  .rtt_up_us = 50000 };
	static const struct {
		const char *rounds;
		enum verdict_reason reason;
	} cases[] = {
		{ "G", VERDICT_NO_REASON },	    { "GGGB", VERDICT_NO_REASON },
		{ "GGGBB", VERDICT_SILENT },	    { "GGGl", VERDICT_LOSS },
		{ "GGGs", VERDICT_SLOW },	    { "GGGL", VERDICT_NO_LINK },
		{ "GGGLB", VERDICT_SILENT },	    { "GGGLBL", VERDICT_NO_LINK },
		{ "GGGlGG", VERDICT_LOSS },	    { "GGGlB", VERDICT_SILENT },
		{ "GGGlGGGGG", VERDICT_NO_REASON },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct verdict_state now = { 0 };
		int64_t now_us = SECOND;

		for (const char *p = cases[i].rounds; *p != '\0'; p++)
			(void)take_letter(&now, &rule, *p, &now_us);
		CHECK(now.reason == cases[i].reason, "%s: %s", cases[i].rounds,
		      verdict_reason_text(now.reason));
		assert_int_equal(verdict_reason_text(now.reason)[0] == '\0',
				 now.reason == VERDICT_NO_REASON);
	}
}

/* Generated sequences, against the definitions: of all that happened, looked at from its end. */

enum { HAPPENINGS = 200 };

struct happening {
	int64_t at_us;
	enum { GOOD, BAD, LINK_LOSS, GAP } kind;
	struct quality_sum quality;
	enum verdict verdict; /* after it */
};

struct history {
	struct verdict_rule rule;
	size_t count;
	struct happening items[HAPPENINGS];
};

static enum verdict line_before(const struct history *h, size_t i)
{
	return i == 0 ? VERDICT_PENDING : h->items[i - 1].verdict;
}

static bool changed_at(const struct history *h, size_t i)
{
	return h->items[i].verdict != line_before(h, i);
}

/* Whether the line went down there. */
static bool falls_at(const struct history *h, size_t i)
{
	return changed_at(h, i) && h->items[i].verdict == VERDICT_DOWN;
}

/* How many good rounds there are in a row, up to the last happening; a brown-out is a good round
 * that takes the line down, and those before it do not count. */
static int64_t good_in_a_row(const struct history *h)
{
	int64_t n = 0;

	for (size_t i = h->count; i > 0; i--) {
		if (h->items[i - 1].kind != GOOD || falls_at(h, i - 1))
			break;
		n++;
	}
	return n;
}

/* How many bad ones, of what is known. */
static int64_t bad_in_a_row(const struct history *h)
{
	int64_t n = 0;

	for (size_t i = h->count; i > 0; i--) {
		const struct happening *item = &h->items[i - 1];

		if (item->kind == GOOD || item->kind == LINK_LOSS)
			break;
		n += item->kind == BAD;
	}
	return n;
}

/* The hold time that every outage up to the last one had, by the dates of the changes alone. */
static int64_t hold_of(const struct history *h)
{
	int64_t hold_us = 0, back_us = -1;

	for (size_t i = 0; i < h->count; i++) {
		int64_t at_us = h->items[i].at_us;

		if (!changed_at(h, i))
			continue;
		if (h->items[i].verdict == VERDICT_UP && line_before(h, i) == VERDICT_DOWN)
			back_us = at_us;
		if (h->items[i].verdict != VERDICT_DOWN)
			continue;
		hold_us *= 2;
		if (back_us < 0 || at_us >= back_us + h->rule.hold_max_us)
			hold_us = h->rule.hold_us;
		if (hold_us > h->rule.hold_max_us)
			hold_us = h->rule.hold_max_us;
	}
	return hold_us;
}

/* The last sign that the line is down: not a good round, or the brown-out itself. */
static int64_t last_sign_of(const struct history *h)
{
	size_t i = h->count - 1;

	while (h->items[i].kind == GOOD && !falls_at(h, i))
		i--;
	return h->items[i].at_us;
}

/* `lost` of all are `pct` or more; one alone never counts, nor does a level of 0. */
static bool loses(const struct quality_sum *quality, int64_t pct)
{
	int64_t all = (int64_t)quality->answered + quality->lost;

	return pct > 0 && quality->lost > 1 && quality->lost * INT64_C(100) >= pct * all;
}

static bool browns_out(const struct history *h)
{
	const struct quality_sum *quality = &h->items[h->count - 1].quality;
	const struct verdict_rule *rule = &h->rule;

	return quality->full && (loses(quality, rule->loss_down_pct) ||
				 (rule->rtt_down_us > 0 && quality->answered > 1 &&
				  quality->rtt_us >= rule->rtt_down_us));
}

static bool is_clear(const struct history *h)
{
	const struct quality_sum *quality = &h->items[h->count - 1].quality;
	const struct verdict_rule *rule = &h->rule;
	int64_t pct = rule->loss_up_pct != 0 ? rule->loss_up_pct : rule->loss_down_pct;
	int64_t rtt_us = rule->rtt_up_us != 0 ? rule->rtt_up_us : rule->rtt_down_us;

	if (rule->loss_down_pct > 0 && loses(quality, pct))
		return false;
	return rule->rtt_down_us == 0 || (quality->answered > 0 && quality->rtt_us < rtt_us);
}

/* What the line must be after the last of what happened. */
static enum verdict expected(struct history *h)
{
	struct happening *last = &h->items[h->count - 1];
	enum verdict before = line_before(h, h->count - 1);

	last->verdict = before;
	if (last->kind == LINK_LOSS)
		return VERDICT_DOWN;
	if (last->kind == GAP)
		return before;
	if (before != VERDICT_DOWN) {
		if (bad_in_a_row(h) >= h->rule.fall)
			return VERDICT_DOWN;
		if (before == VERDICT_UP)
			return last->kind == GOOD && browns_out(h) ? VERDICT_DOWN : VERDICT_UP;
		return good_in_a_row(h) >= h->rule.rise ? VERDICT_UP : before;
	}
	if (good_in_a_row(h) < h->rule.rise || last->at_us - last_sign_of(h) < hold_of(h) ||
	    !is_clear(h))
		return VERDICT_DOWN;
	return VERDICT_UP;
}

static struct verdict_rule random_rule(void)
{
	struct verdict_rule rule = { .fall = 1 + random_below(4), .rise = 1 + random_below(5) };

	if (random_below(4) != 0)
		rule.hold_us = random_below(6000000);
	rule.hold_max_us = rule.hold_us + (random_below(4) != 0 ? random_below(60000000) : 0);
	if (random_below(3) != 0)
		rule.loss_down_pct = 1 + random_below(100);
	if (random_below(3) != 0)
		rule.rtt_down_us = 1 + random_below(1000000);
	if (random_below(4) != 0) {
		rule.loss_up_pct = random_below((uint32_t)rule.loss_down_pct + 1);
		rule.rtt_up_us = random_below((uint32_t)rule.rtt_down_us + 1);
	}
	return rule;
}

/* Good and bad come in stretches, sometimes longer than a hold time. */
static struct happening random_happening(int64_t now_us, uint32_t bad_pct)
{
	struct happening item = { .at_us = now_us, .kind = GOOD };

	if (random_below(100) < bad_pct)
		item.kind = random_below(8) == 0 ? LINK_LOSS : BAD;
	if (random_below(40) == 0)
		item.kind = GAP;
	if (random_below(3) != 0) {
		item.quality.answered = random_below(40);
		item.quality.lost = random_below(1 + random_below(40));
		item.quality.rtt_us = item.quality.answered == 0 ? 0 : random_below(1000000);
		item.quality.full = random_below(4) != 0;
	}
	return item;
}

static bool take(struct verdict_state *state, const struct verdict_rule *rule,
		 const struct happening *item)
{
	if (item->kind == LINK_LOSS)
		return verdict_take_link_loss(state, rule, VERDICT_NO_LINK, item->at_us);
	if (item->kind == GAP) {
		verdict_take_gap(state, item->at_us);
		return false;
	}
	return verdict_take_round(state, rule, item->kind == GOOD, &item->quality, item->at_us);
}

static void check_state(struct history *h, const struct verdict_state *state)
{
	const struct happening *last = &h->items[h->count - 1];
	int64_t hold_us = hold_of(h), left_us;

	assert_int_equal(state->reason == VERDICT_NO_REASON, state->verdict != VERDICT_DOWN);
	if (changed_at(h, h->count - 1))
		assert_int_equal(state->since_us, last->at_us);
	if (state->verdict != VERDICT_DOWN) {
		assert_int_equal(verdict_hold_left_us(state, last->at_us), 0);
		return;
	}
	assert_int_equal(state->hold_us, hold_us);
	assert_true(h->rule.hold_us <= hold_us && hold_us <= h->rule.hold_max_us);
	left_us = last_sign_of(h) + hold_us - last->at_us;
	assert_int_equal(verdict_hold_left_us(state, last->at_us), left_us > 0 ? left_us : 0);
}

static void check_history(int run, struct history *h)
{
	struct verdict_state state = { 0 };
	int64_t now_us = 1 + random_next();
	uint32_t bad_pct = 20;

	while (h->count < HAPPENINGS) {
		struct happening *item = &h->items[h->count];
		enum verdict before = state.verdict;
		bool changed;

		if (random_below(10) == 0)
			bad_pct = random_below(2) == 0 ? random_below(100) : 0;
		now_us += random_below(random_below(20) == 0 ? 80000000 : 1500000);
		*item = random_happening(now_us, bad_pct);
		h->count++;
		changed = take(&state, &h->rule, item);
		item->verdict = expected(h);
		CHECK(state.verdict == item->verdict, "run %d, happening %zu: %s, not %s", run,
		      h->count, verdict_name(state.verdict), verdict_name(item->verdict));
		CHECK(changed == (before != state.verdict), "run %d, happening %zu", run, h->count);
		check_state(h, &state);
	}
}

static void every_sequence_has_the_verdicts_of_the_definition(void **state)
{
	unsigned ups = 0, downs = 0;

	(void)state;
	for (int run = 0; run < 4000; run++) {
		static struct history history;

		history = (struct history){ .rule = random_rule() };
		check_history(run, &history);
		for (size_t i = 0; i < HAPPENINGS; i++) {
			ups += changed_at(&history, i) && history.items[i].verdict == VERDICT_UP;
			downs +=
				changed_at(&history, i) && history.items[i].verdict == VERDICT_DOWN;
		}
	}
	/* There was something to see. */
	assert_true(ups > 4000 && downs > 4000);
}

/* Good for 3 s of a hold of 5 s. */
static struct verdict_state held(const struct verdict_rule *rule, int64_t *now_us)
{
	struct verdict_state state = { .verdict = VERDICT_PENDING };

	*now_us = 0;
	for (const char *letter = "GGGBBGGG"; *letter != '\0'; letter++)
		(void)take_letter(&state, rule, *letter, now_us);
	assert_int_equal(state.verdict, VERDICT_DOWN);
	return state;
}

static void a_hold_that_is_cut_is_over_and_the_next_one_doubles(void **state)
{
	static const struct verdict_rule rule = {
		.fall = 2, .rise = 3, .hold_us = 5 * SECOND, .hold_max_us = 20 * SECOND
	};
	const struct quality_sum good = { .answered = 100, .rtt_us = 10000, .full = true };
	int64_t now_us;
	struct verdict_state line = held(&rule, &now_us);

	(void)state;
	assert_true(verdict_cut_hold(&line, &rule, &good, now_us));
	assert_int_equal(line.verdict, VERDICT_UP);
	assert_int_equal(line.since_us, now_us);
	assert_false(verdict_cut_hold(&line, &rule, &good, now_us));
	assert_true(verdict_take_silence(&line, &rule, now_us + SECOND));
	assert_int_equal(line.hold_us, 10 * SECOND);
}

static void a_line_that_is_not_good_stays_down(void **state)
{
	static const struct verdict_rule rule = { .fall = 2,
						  .rise = 3,
						  .hold_us = 5 * SECOND,
						  .hold_max_us = 20 * SECOND,
						  .loss_down_pct = 40 };
	const struct quality_sum good = { .answered = 100, .full = true };
	const struct quality_sum lossy = { .answered = 100, .lost = 100, .full = true };
	int64_t now_us;
	struct verdict_state line = held(&rule, &now_us), pending = { .good = 9 };

	(void)state;
	assert_false(verdict_cut_hold(&line, &rule, &lossy, now_us));
	(void)take_letter(&line, &rule, 'B', &now_us);
	for (int rounds = 0; rounds < 3; rounds++) {
		assert_false(verdict_cut_hold(&line, &rule, &good, now_us));
		(void)take_letter(&line, &rule, 'G', &now_us);
	}
	assert_int_equal(line.verdict, VERDICT_DOWN);
	assert_true(verdict_cut_hold(&line, &rule, &good, now_us));
	assert_false(verdict_cut_hold(&pending, &rule, &good, now_us));
}

static void every_verdict_has_a_name(void **state)
{
	(void)state;
	assert_string_equal(verdict_name(VERDICT_PENDING), "unknown");
	assert_string_equal(verdict_name(VERDICT_UP), "up");
	assert_string_equal(verdict_name(VERDICT_DOWN), "down");
	assert_string_equal(verdict_reason_text(VERDICT_SILENT), "no answers");
	assert_string_equal(verdict_reason_text(VERDICT_LOSS), "too much loss");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(recorded_sequences_have_the_verdicts_that_were_thought_out),
		cmocka_unit_test(the_reason_is_the_last_sign_of_trouble),
		cmocka_unit_test(every_sequence_has_the_verdicts_of_the_definition),
		cmocka_unit_test(a_hold_that_is_cut_is_over_and_the_next_one_doubles),
		cmocka_unit_test(a_line_that_is_not_good_stays_down),
		cmocka_unit_test(every_verdict_has_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
