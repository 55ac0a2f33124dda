#include "verdict.h"

#include <stddef.h>

#include "compiler.h"

/* Fewer lost echoes than this are no brown-out, however few there were in all: one lost echo is
 * never a reason. */
enum { LOST_MIN = 2 };

static int64_t min_of(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* The hold time of a line that goes down now. */
static int64_t next_hold_us(const struct verdict_state *state, const struct verdict_rule *rule,
			    int64_t now_us)
{
	int64_t twice_us = state->hold_us < rule->hold_max_us ? 2 * state->hold_us : state->hold_us;

	if (state->back_us == 0 || now_us - state->back_us >= rule->hold_max_us)
		return rule->hold_us;
	/* The rule may have been another one last time. */
	return min_of(twice_us > rule->hold_us ? twice_us : rule->hold_us, rule->hold_max_us);
}

static bool go_down(struct verdict_state *state, const struct verdict_rule *rule,
		    enum verdict_reason reason, int64_t now_us)
{
	state->last_bad_us = now_us;
	state->good = 0;
	state->reason = reason;
	if (state->verdict == VERDICT_DOWN)
		return false;
	state->hold_us = next_hold_us(state, rule, now_us);
	state->verdict = VERDICT_DOWN;
	state->since_us = now_us;
	return true;
}

static bool come_up(struct verdict_state *state, int64_t now_us)
{
	if (state->verdict == VERDICT_DOWN)
		state->back_us = now_us;
	state->verdict = VERDICT_UP;
	state->reason = VERDICT_NO_REASON;
	state->since_us = now_us;
	return true;
}

static bool reaches(int64_t value, int64_t level)
{
	return level > 0 && value >= level;
}

/* What is wrong with the quality, against the levels of going down. A window that was not
 * watched for its whole length proves too little. */
static enum verdict_reason brown_out(const struct verdict_rule *rule,
				     const struct quality_sum *quality)
{
	if (!quality->full)
		return VERDICT_NO_REASON;
	if (quality->lost >= LOST_MIN &&
	    reaches(quality_loss_permille(quality), rule->loss_down_pct * 10))
		return VERDICT_LOSS;
	if (quality->answered > 1 && reaches(quality->rtt_us, rule->rtt_down_us))
		return VERDICT_SLOW;
	return VERDICT_NO_REASON;
}

/* Whether the quality is good enough to come back, since the last bad round. What is late is no
 * answer yet: with a short hold the losses would be known only after the way back. */
static bool is_clear(const struct verdict_rule *rule, const struct quality_sum *known)
{
	struct quality_sum quality = *known;
	int64_t loss_pct = rule->loss_up_pct > 0 ? rule->loss_up_pct : rule->loss_down_pct;
	int64_t rtt_us = rule->rtt_up_us > 0 ? rule->rtt_up_us : rule->rtt_down_us;

	quality.lost += quality.late;
	if (rule->loss_down_pct > 0 && quality.lost >= LOST_MIN &&
	    reaches(quality_loss_permille(&quality), loss_pct * 10))
		return false;
	return rule->rtt_down_us == 0 || (quality.answered > 0 && !reaches(quality.rtt_us, rtt_us));
}

static bool take_bad_round(struct verdict_state *state, const struct verdict_rule *rule,
			   int64_t now_us)
{
	state->good = 0;
	state->bad++;
	if (state->verdict == VERDICT_DOWN || state->bad >= rule->fall)
		return go_down(state, rule, VERDICT_SILENT, now_us);
	return false;
}

bool verdict_take_round(struct verdict_state *state, const struct verdict_rule *rule, bool good,
			const struct quality_sum *quality, int64_t now_us)
{
	enum verdict_reason reason;

	if (!good)
		return take_bad_round(state, rule, now_us);
	state->bad = 0;
	state->good++;
	if (state->verdict == VERDICT_UP) {
		reason = brown_out(rule, quality);
		return reason != VERDICT_NO_REASON && go_down(state, rule, reason, now_us);
	}
	if (state->good < rule->rise)
		return false;
	if (state->verdict == VERDICT_DOWN &&
	    (verdict_hold_left_us(state, now_us) > 0 || !is_clear(rule, quality)))
		return false;
	return come_up(state, now_us);
}

bool verdict_cut_hold(struct verdict_state *state, const struct verdict_rule *rule,
		      const struct quality_sum *quality, int64_t now_us)
{
	return state->verdict == VERDICT_DOWN && state->good >= rule->rise &&
	       is_clear(rule, quality) && come_up(state, now_us);
}

bool verdict_take_silence(struct verdict_state *state, const struct verdict_rule *rule,
			  int64_t now_us)
{
	state->bad++;
	return go_down(state, rule, VERDICT_SILENT, now_us);
}

bool verdict_take_link_loss(struct verdict_state *state, const struct verdict_rule *rule,
			    enum verdict_reason reason, int64_t now_us)
{
	return go_down(state, rule, reason, now_us);
}

void verdict_take_gap(struct verdict_state *state, int64_t now_us)
{
	state->good = 0;
	if (state->verdict == VERDICT_DOWN)
		state->last_bad_us = now_us;
}

int64_t verdict_hold_left_us(const struct verdict_state *state, int64_t now_us)
{
	int64_t left_us = state->last_bad_us + state->hold_us - now_us;

	return state->verdict == VERDICT_DOWN && left_us > 0 ? left_us : 0;
}

const char *verdict_name(enum verdict verdict)
{
	static const char *const names[] = {
		[VERDICT_PENDING] = "unknown",
		[VERDICT_UP] = "up",
		[VERDICT_DOWN] = "down",
	};

	return names[verdict];
}

const char *verdict_reason_text(enum verdict_reason reason)
{
	static const char *const texts[] = {
		[VERDICT_NO_REASON] = "",      [VERDICT_SILENT] = "no answers",
		[VERDICT_NO_LINK] = "no link", [VERDICT_LOSS] = "too much loss",
		[VERDICT_SLOW] = "too slow",   [VERDICT_NO_ADDRESS] = "no address",
	};

	return texts[reason];
}
