#include "timeline.h"

#include <stdio.h>
#include <string.h>

/* Before this the clock was not set: 2020-01-01. */
#define CLOCK_SET_MS INT64_C(1577836800000)

void timeline_begin(struct timeline *timeline, int64_t from_ms, int64_t to_ms,
		    const struct timeline_sign *signs, size_t count)
{
	timeline->from_ms = from_ms;
	timeline->to_ms = to_ms;
	timeline->sign_count = count < TIMELINE_SIGNS_MAX ? count : TIMELINE_SIGNS_MAX;
	if (timeline->sign_count > 0)
		memcpy(timeline->signs, signs, timeline->sign_count * sizeof(*signs));
	timeline->boot[0] = '\0';
	timeline->last_ms = 0;
	timeline->newest_ms = 0;
	timeline->undated = 0;
	for (size_t i = 0; i < TIMELINE_TOPICS; i++) {
		struct timeline_track *track = &timeline->tracks[i];

		track->count = 0;
		track->more = false;
		track->state = track->before = TIMELINE_UNKNOWN;
		track->since_ms = 0;
		track->reason[0] = '\0';
	}
}

/* Spans */

/* The first moment from `when_ms` on that no span has yet; and, in `*until_ms`, until when, where
 * that is before it. */
static int64_t find_free(const struct timeline_track *track, int64_t when_ms, int64_t *until_ms)
{
	for (size_t i = track->count; i-- > 0;) {
		const struct timeline_span *other = &track->spans[i];

		if (other->begin_ms <= when_ms && other->end_ms > when_ms) {
			when_ms = other->end_ms;
			i = track->count;
		}
	}
	for (size_t i = 0; i < track->count; i++) {
		const struct timeline_span *other = &track->spans[i];

		if (other->begin_ms > when_ms && other->begin_ms < *until_ms)
			*until_ms = other->begin_ms;
	}
	return when_ms;
}

/* The span goes on where the one before has ended, in the same state. */
static bool goes_on(const struct timeline_track *track, const struct timeline_span *span)
{
	const struct timeline_span *last;

	if (track->count == 0)
		return false;
	last = &track->spans[track->count - 1];
	return last->state == span->state && last->end_ms == span->begin_ms;
}

static void append(struct timeline *timeline, struct timeline_track *track,
		   const struct timeline_span *span)
{
	if (span->begin_ms >= span->end_ms || span->end_ms <= timeline->from_ms ||
	    span->begin_ms >= timeline->to_ms)
		return;
	if (goes_on(track, span)) {
		track->spans[track->count - 1].end_ms = span->end_ms;
		track->spans[track->count - 1].ended = span->ended;
	} else if (track->count < TIMELINE_SPANS_MAX)
		track->spans[track->count++] = *span;
	else
		track->more = true;
}

/* Where a boot seems to have begun before an earlier one ended, a clock was wrong: the time counts
 * once. */
static void add_span(struct timeline *timeline, struct timeline_track *track,
		     const struct timeline_span *span)
{
	struct timeline_span part = *span;

	if (span->begin_ms >= timeline->newest_ms) {
		append(timeline, track, span);
		return;
	}
	while (part.begin_ms < span->end_ms) {
		part.end_ms = span->end_ms;
		part.begin_ms = find_free(track, part.begin_ms, &part.end_ms);
		append(timeline, track, &part);
		part.begin_ms = part.end_ms;
	}
}

static void set_reason(char reason[static TIMELINE_REASON_MAX], const char *text)
{
	snprintf(reason, TIMELINE_REASON_MAX, "%.*s", TIMELINE_REASON_MAX - 1, text);
}

/* What was until `when_ms` is known now; `ended`: an event says so. Nothing is known of what comes
 * then. */
static void close_track(struct timeline *timeline, struct timeline_track *track, int64_t when_ms,
			bool ended)
{
	struct timeline_span span = { .begin_ms = track->since_ms,
				      .end_ms = when_ms,
				      .state = track->state,
				      .ended = ended };

	if (track->state != TIMELINE_UNKNOWN) {
		set_reason(span.reason, track->reason);
		add_span(timeline, track, &span);
		track->before = track->state;
	}
	track->state = TIMELINE_UNKNOWN;
	track->since_ms = when_ms;
}

/* The other state, of which only the event that ended it was kept. */
static void add_lost(struct timeline *timeline, struct timeline_track *track,
		     enum timeline_state next, int64_t begin_ms, int64_t end_ms)
{
	struct timeline_span span = { .begin_ms = begin_ms > track->since_ms ? begin_ms
									     : track->since_ms,
				      .end_ms = end_ms,
				      .ended = true };

	span.state = next == TIMELINE_UP ? TIMELINE_DOWN : TIMELINE_UP;
	set_reason(span.reason, span.state == TIMELINE_DOWN ? "not known" : "");
	add_span(timeline, track, &span);
}

/* Without `ppp0: down, ` in front. */
static const char *reason_of(const char *text)
{
	static const char down[] = ": down, ";
	const char *found = strstr(text, down);

	return found == NULL ? text : found + strlen(down);
}

static void enter(struct timeline *timeline, struct timeline_track *track,
		  enum timeline_state state, int64_t when_ms, const struct event *event)
{
	if (track->state == TIMELINE_UNKNOWN && event->lasted_ms > 0)
		add_lost(timeline, track, state, when_ms - event->lasted_ms, when_ms);
	if (track->state == state)
		return;
	close_track(timeline, track, when_ms, true);
	track->state = state;
	set_reason(track->reason, reason_of(event->text));
}

/* Boots */

static void end_boot(struct timeline *timeline)
{
	for (size_t i = 0; i < timeline->sign_count && timeline->last_ms != 0; i++) {
		const struct timeline_sign *sign = &timeline->signs[i];

		if (strcmp(sign->boot, timeline->boot) == 0 && sign->wall_ms > timeline->last_ms)
			timeline->last_ms = sign->wall_ms;
	}
	for (size_t i = 0; i < TIMELINE_TOPICS; i++) {
		close_track(timeline, &timeline->tracks[i], timeline->last_ms, false);
		timeline->tracks[i].before = TIMELINE_UNKNOWN;
	}
	if (timeline->last_ms > timeline->newest_ms)
		timeline->newest_ms = timeline->last_ms;
}

static void begin_boot(struct timeline *timeline, const struct event *event, bool dated)
{
	end_boot(timeline);
	snprintf(timeline->boot, sizeof(timeline->boot), "%s", event->boot);
	timeline->last_ms = dated ? event->wall_ms : 0;
	for (size_t i = 0; i < TIMELINE_TOPICS; i++)
		timeline->tracks[i].since_ms = dated ? event->wall_ms - event->boot_ms : 0;
}

/* Events */

static enum timeline_state up_or_down(bool up)
{
	return up ? TIMELINE_UP : TIMELINE_DOWN;
}

/* What nobody has watched is unknown, also where nobody was left to say so. */
static void take_watch(struct timeline *timeline, const struct event *event, int64_t when_ms)
{
	struct timeline_track *track = &timeline->tracks[TIMELINE_LINE];
	int64_t unwatched_ms = when_ms - event->lasted_ms;

	close_track(timeline, track,
		    unwatched_ms > track->since_ms ? unwatched_ms : track->since_ms, false);
	track->since_ms = when_ms;
	if (strcmp(event->value, "resume") == 0)
		track->state = track->before;
}

void timeline_take(struct timeline *timeline, const struct event *event)
{
	bool dated = event->wall_ms >= CLOCK_SET_MS;
	int64_t when_ms;

	timeline->undated += !dated;
	if (strcmp(event->boot, timeline->boot) != 0)
		begin_boot(timeline, event, dated);
	if (!dated)
		return;
	/* Two programs may have written in another order than it happened. */
	when_ms = event->wall_ms > timeline->last_ms ? event->wall_ms : timeline->last_ms;
	timeline->last_ms = when_ms;
	if (event->kind == EVENT_LINE)
		enter(timeline, &timeline->tracks[TIMELINE_LINE],
		      up_or_down(strcmp(event->value, "up") == 0), when_ms, event);
	else if (event->kind == EVENT_LTE)
		enter(timeline, &timeline->tracks[TIMELINE_LTE],
		      up_or_down(strcmp(event->value, "up") == 0), when_ms, event);
	else if (event->kind == EVENT_STATE)
		enter(timeline, &timeline->tracks[TIMELINE_MASTER],
		      up_or_down(strcmp(event->value, "master") == 0), when_ms, event);
	else if (event->kind == EVENT_WATCH)
		take_watch(timeline, event, when_ms);
}

void timeline_end(struct timeline *timeline, const struct timeline_now *now)
{
	struct timeline_track *line = &timeline->tracks[TIMELINE_LINE];

	if (timeline->last_ms != 0 && strcmp(now->boot, timeline->boot) == 0 &&
	    now->wall_ms > timeline->last_ms) {
		if (line->state != TIMELINE_UNKNOWN && now->watched_ms < now->wall_ms)
			close_track(timeline, line,
				    now->watched_ms > timeline->last_ms ? now->watched_ms
									: timeline->last_ms,
				    false);
		timeline->last_ms = now->wall_ms;
	}
	end_boot(timeline);
}

/* Sums */

static int64_t overlap_ms(const struct timeline_span *span, int64_t from_ms, int64_t to_ms)
{
	int64_t begin_ms = span->begin_ms > from_ms ? span->begin_ms : from_ms;
	int64_t end_ms = span->end_ms < to_ms ? span->end_ms : to_ms;

	return end_ms > begin_ms ? end_ms - begin_ms : 0;
}

struct timeline_sum timeline_sum_of(const struct timeline_track *track, int64_t from_ms,
				    int64_t to_ms)
{
	struct timeline_sum sum = { .up_ms = 0 };

	for (size_t i = 0; i < track->count; i++) {
		int64_t ms = overlap_ms(&track->spans[i], from_ms, to_ms);

		if (track->spans[i].state == TIMELINE_UP)
			sum.up_ms += ms;
		else {
			sum.down_ms += ms;
			sum.downs += ms > 0;
		}
	}
	return sum;
}

int64_t timeline_sum_up(const struct timeline_sum *sum)
{
	int64_t known_ms = sum->up_ms + sum->down_ms;

	return known_ms == 0 ? -1 : sum->up_ms * 100000 / known_ms;
}
