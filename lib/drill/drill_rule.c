#include "drill_rule.h"

#include <assert.h>

#include "compiler.h"

static const char *const texts[] = {
	[DRILL_GOES_ON] = "it goes on",
	[DRILL_OVER] = "its time is over",
	[DRILL_NOT_TAKEN] = "no other router took the address: is it off, or its line dead?",
	[DRILL_NO_GATEWAY] = "nobody answers for the address",
	[DRILL_GIVEN_BACK] = "the other router gave the address back: look at its line",
	[DRILL_LINE_DOWN] = "this router's own line is down",
	[DRILL_NO_WATCHER] = "fo-watch has ended, or cannot judge",
	[DRILL_STOPPED] = "it was stopped",
};

static_assert(ARRAY_LEN(texts) == DRILL_ENDS, "a text for each end");

static int64_t max_of(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static enum drill_end take_held(struct drill *drill, int64_t now_ms)
{
	if (drill->taken_ms > 0)
		return DRILL_GIVEN_BACK;
	drill->held_ms = now_ms;
	return now_ms - drill->begun_ms >= DRILL_TAKE_MS ? DRILL_NOT_TAKEN : DRILL_GOES_ON;
}

static enum drill_end take_gone(struct drill *drill, const struct drill_look *look)
{
	int64_t now_ms = look->now_ms;

	if (look->other) {
		drill->other_ms = now_ms;
		drill->taken_ms = drill->taken_ms > 0 ? drill->taken_ms : now_ms;
	}
	if (now_ms - max_of(drill->other_ms, drill->held_ms) >= DRILL_NOBODY_MS)
		return DRILL_NO_GATEWAY;
	if (drill->taken_ms > 0 && now_ms - drill->taken_ms >= drill->for_ms)
		return DRILL_OVER;
	return DRILL_GOES_ON;
}

static enum drill_end judge(struct drill *drill, const struct drill_look *look)
{
	enum drill_end end = look->held ? take_held(drill, look->now_ms) : take_gone(drill, look);

	if (look->stopped)
		return DRILL_STOPPED;
	if (!look->watched)
		return DRILL_NO_WATCHER;
	return look->up ? end : DRILL_LINE_DOWN;
}

enum drill_end drill_take(struct drill *drill, const struct drill_look *look)
{
	enum drill_end end;

	if (drill->held_ms == 0)
		drill->held_ms = drill->begun_ms;
	end = judge(drill, look);
	if (end != DRILL_GOES_ON)
		drill->ended_ms = look->now_ms;
	return end;
}

int64_t drill_gap_ms(const struct drill *drill)
{
	return drill->taken_ms > 0 ? max_of(drill->taken_ms - drill->held_ms, 0) : 0;
}

int64_t drill_away_ms(const struct drill *drill, int64_t now_ms)
{
	return drill->taken_ms > 0 ? now_ms - drill->taken_ms : 0;
}

const char *drill_end_text(enum drill_end end)
{
	return texts[end];
}
