#include "watch_events.h"

#include <inttypes.h>

#include "clock.h"
#include "line_text.h"
#include "num.h"

#define PROGRAM "fo-watch"

void watch_events_tell_begin(struct history_aside *aside, const char *iface,
			     const struct heartbeat *last)
{
	struct history_news news = { PROGRAM, EVENT_WATCH, "begin", 0 };

	if (last == NULL) {
		history_aside_add(aside, &news, "%s: fo-watch begins to judge the line", iface);
		return;
	}
	news.value = "resume";
	news.lasted_ms = (clock_mono_us() - last->written_us) / 1000;
	history_aside_add(aside, &news, "%s: fo-watch goes on after %" PRId64 " s; the line was %s",
			  iface, news.lasted_ms / 1000, verdict_name(last->state.verdict));
}

void watch_events_tell_end(struct history_aside *aside, const char *iface)
{
	history_aside_add(aside, &(struct history_news){ PROGRAM, EVENT_WATCH, "end", 0 },
			  "%s: fo-watch has ended; nobody judges the line", iface);
}

void watch_events_tell_change(struct history_aside *aside, const struct watch_report_change *change)
{
	const struct verdict_state *before = change->before;
	struct history_news news = { PROGRAM, EVENT_LINE, verdict_name(change->now->verdict), 0 };
	char text[QUALITY_TEXT_MAX];

	if (before->verdict != VERDICT_PENDING)
		news.lasted_ms = (change->now_us - before->since_us) / 1000;
	if (change->now->verdict == VERDICT_UP && before->verdict == VERDICT_DOWN)
		history_aside_add(aside, &news, "%s: up again after %" PRId64 " s", change->iface,
				  news.lasted_ms / 1000);
	else if (change->now->verdict == VERDICT_UP)
		history_aside_add(aside, &news, "%s: up", change->iface);
	else if (change->now->reason == VERDICT_LOSS || change->now->reason == VERDICT_SLOW)
		history_aside_add(aside, &news, "%s: down, %s (%s)", change->iface,
				  verdict_reason_text(change->now->reason),
				  quality_format(text, change->quality));
	else
		history_aside_add(aside, &news, "%s: down, %s", change->iface,
				  verdict_reason_text(change->now->reason));
}

void watch_events_tell_config(struct history_aside *aside, const char *iface, bool good)
{
	history_aside_add(
		aside, &(struct history_news){ PROGRAM, EVENT_CONFIG, good ? "read" : "faulty", 0 },
		good ? "%s: the configuration was read again"
		     : "%s: the configuration is faulty; keeping the old one",
		iface);
}
