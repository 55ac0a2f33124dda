#include "judge.h"

#include <string.h>

#include "clock.h"

/* A step that comes so much too late: this process was kept from working. */
#define STALL_US 20000

/* The first answer of a line that nobody knows may take so much longer. */
#define FIRST_ANSWER_MS 2500

/* From look to look at what else comes in, and so many packets are life: fewer are the noise of the
 * Internet. Acknowledgements of an upload are 16 a second at 400 kbit/s. */
#define LOOK_US 100000
enum { LIFE_PACKETS = 2 };

void judge_init(struct judge *judge, const struct judge_rule *rule)
{
	memset(judge, 0, sizeof(*judge));
	judge->rule = *rule;
	line_init(&judge->line, &rule->line);
	line_watch_quality(&judge->line, rule->window_us);
}

void judge_close(struct judge *judge)
{
	line_close(&judge->line);
	incoming_close(&judge->incoming);
}

/* The longest hold may be a shorter one by now. */
static void shorten_hold(struct judge *judge)
{
	if (judge->state.hold_us > judge->rule.levels.hold_max_us)
		judge->state.hold_us = judge->rule.levels.hold_max_us;
}

void judge_resume(struct judge *judge, const struct verdict_state *state, int64_t rtt_us)
{
	judge->state = *state;
	judge->line.last_rtt_us = rtt_us;
	shorten_hold(judge);
}

static bool is_same_rule(const struct line_rule *a, const struct line_rule *b)
{
	bool same = a->count == b->count && a->need == b->need && a->timeout_ms == b->timeout_ms &&
		    a->tries == b->tries && a->dense == b->dense && a->late_ms == b->late_ms &&
		    a->lost_ms == b->lost_ms;

	for (size_t i = 0; same && i < a->count; i++)
		same = addr_equal(&a->targets[i], &b->targets[i]);
	return same;
}

static void renew_line(struct judge *judge, const struct judge_rule *rule)
{
	bool same_window = judge->rule.window_us == rule->window_us;

	if (same_window && is_same_rule(&judge->rule.line, &rule->line))
		return;
	if (judge->in_round && judge->line.sent > 0)
		judge->silent_us = judge->line.silent_us;
	line_renew(&judge->line, &rule->line, rule->window_us, same_window);
	judge->in_round = false;
}

void judge_renew(struct judge *judge, const struct judge_rule *rule)
{
	bool same_line = strcmp(judge->rule.line.iface, rule->line.iface) == 0;

	if (!same_line) {
		judge_close(judge);
		judge_init(judge, rule);
		return;
	}
	renew_line(judge, rule);
	judge->rule = *rule;
	shorten_hold(judge);
}

/* The link */

void judge_have_link(struct judge *judge)
{
	int64_t now_us = clock_mono_us();

	verdict_take_gap(&judge->state, now_us);
	judge->has_link = true;
	line_close(&judge->line);
	line_watch_quality(&judge->line, judge->rule.window_us);
	judge->in_round = false;
	judge->silent_us = 0;
	judge->wake_us = 0;
	judge->next_round_us = now_us;
	judge->packets = incoming_packets(&judge->incoming, judge->rule.line.iface);
}

/* The quality is measured from the last fault on; otherwise the time of the fault would hold the
 * line down for a whole window. */
static void begin_quality(struct judge *judge, int64_t now_us)
{
	if (judge->state.verdict == VERDICT_DOWN && judge->state.last_bad_us == now_us)
		line_watch_quality(&judge->line, judge->rule.window_us);
}

bool judge_lose_link(struct judge *judge, enum verdict_reason reason)
{
	int64_t now_us = clock_mono_us();
	bool changed;

	judge->has_link = false;
	judge->in_round = false;
	judge->trouble = 0;
	line_close(&judge->line);
	changed = verdict_take_link_loss(&judge->state, &judge->rule.levels, reason, now_us);
	begin_quality(judge, now_us);
	return changed;
}

/* Rounds */

/* One for each second of the silence that a round waits for. */
static unsigned down_tries(const struct line_rule *rule)
{
	return (unsigned)(rule->timeout_ms / 1000) + 1;
}

static void begin_round(struct judge *judge)
{
	struct line_rule *rule = &judge->line.rule;

	/* While the line is down, a lost echo only puts off the way back; but not by long. */
	rule->tries =
		judge->state.verdict == VERDICT_DOWN ? down_tries(rule) : judge->rule.line.tries;
	rule->grace_ms = judge->state.verdict == VERDICT_PENDING ? FIRST_ANSWER_MS : 0;
	line_begin(&judge->line);
	if (judge->silent_us > 0)
		judge->line.silent_us = judge->silent_us;
	judge->silent_us = 0;
	judge->look_us = judge->line.start_us + LOOK_US;
	judge->packets = -1;
	judge->in_round = true;
}

/* No answer yet: with a queue that is full, or was empty a moment ago, others get through. */
static void look_for_life(struct judge *judge)
{
	struct line *line = &judge->line;
	int64_t now_us = clock_mono_us(), packets;

	if (now_us < judge->look_us || now_us - line->start_us > JUDGE_BUSY_US)
		return;
	judge->look_us = now_us + LOOK_US;
	packets = incoming_packets(&judge->incoming, line->rule.iface);
	if (judge->packets >= 0 && packets >= judge->packets &&
	    packets < judge->packets + LIFE_PACKETS)
		return;
	if (judge->packets >= 0 && packets > judge->packets)
		line->silent_us = now_us - line->due_us;
	judge->packets = packets;
}

/* A line that is so slow that others could not be asked in time, once answers are missing, is asked
 * more often: by as many echoes as if all targets were asked each time, and twice as many where an
 * answer takes longer than the silence of a dead line. */
static int64_t next_start_us(const struct judge *judge)
{
	const struct line_rule *rule = &judge->rule.line;
	int64_t rtt_us = judge->line.last_rtt_us, every_us = judge->rule.interval_us;

	if (rule->dense && rtt_us > rule->late_ms * 1000 / 2)
		every_us = every_us * rule->need / (int64_t)rule->count;
	if (rule->dense && rtt_us > rule->timeout_ms * 1000)
		every_us /= 2;
	return judge->line.start_us + every_us;
}

static bool take_round(struct judge *judge, int64_t now_us)
{
	const struct verdict_rule *levels = &judge->rule.levels;
	bool good = judge->line.round.verdict == VERDICT_UP;
	bool changed;

	if (!good && judge->line.state.time_over)
		return verdict_take_silence(&judge->state, levels, now_us);
	changed = verdict_take_round(&judge->state, levels, good, &judge->quality, now_us);
	/* Refusals that come at once are not several rounds of them. */
	if (!good && judge->state.verdict != VERDICT_DOWN)
		judge->next_round_us = judge->line.start_us + judge->rule.refused_us;
	return changed;
}

static bool finish_round(struct judge *judge)
{
	int64_t now_us = clock_mono_us();
	bool changed;

	judge->in_round = false;
	judge->next_round_us = next_start_us(judge);
	judge->trouble = line_trouble(&judge->line);
	if (judge->trouble != 0) {
		verdict_take_gap(&judge->state, now_us);
		return false;
	}
	judge->quality = line_quality(&judge->line);
	changed = take_round(judge, now_us);
	begin_quality(judge, now_us);
	return changed;
}

/* A gap in which nobody looked is no silence: an answer may have come, and another one be lost. */
static void skip_stall(struct judge *judge)
{
	int64_t late_us = clock_mono_us() - judge->wake_us;

	if (judge->wake_us > 0 && late_us > STALL_US)
		line_skip(&judge->line, late_us);
}

static void note_wake(struct judge *judge)
{
	int64_t now_us = clock_mono_us(), wake_us = judge_wake_us(judge);

	judge->wake_us = wake_us > now_us ? wake_us : now_us;
}

static bool step(struct judge *judge)
{
	if (!judge->in_round && clock_mono_us() >= judge->next_round_us)
		begin_round(judge);
	if (judge->in_round)
		look_for_life(judge);
	if (line_step(&judge->line) == VERDICT_PENDING || !judge->in_round)
		return false;
	return finish_round(judge);
}

bool judge_cut_hold(struct judge *judge)
{
	return judge->has_link && verdict_cut_hold(&judge->state, &judge->rule.levels,
						   &judge->quality, clock_mono_us());
}

bool judge_step(struct judge *judge)
{
	bool changed;

	if (!judge->has_link)
		return false;
	skip_stall(judge);
	changed = step(judge);
	note_wake(judge);
	return changed;
}

int64_t judge_wake_us(const struct judge *judge)
{
	if (!judge->has_link)
		return INT64_MAX;
	return judge->in_round ? line_wake_us(&judge->line) : judge->next_round_us;
}
