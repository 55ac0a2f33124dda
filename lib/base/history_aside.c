#include "history_aside.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "log.h"

/* Of the last events, each time; below systemd's patience with a service that ends. */
#define END_MS 3000

void history_aside_init(struct history_aside *aside)
{
	aside->writer = (struct aside){ .pid = 0 };
	aside->count = 0;
	aside->lost = 0;
	aside->used = 0;
	aside->refill_us = 0;
}

static bool may_add(struct history_aside *aside)
{
	int64_t now_us = clock_mono_us();

	if (aside->used == 0)
		aside->refill_us = now_us;
	while (aside->used > 0 && now_us - aside->refill_us >= HISTORY_ASIDE_REFILL_US) {
		aside->used--;
		aside->refill_us += HISTORY_ASIDE_REFILL_US;
	}
	if (aside->used >= HISTORY_ASIDE_BURST || aside->count == HISTORY_ASIDE_MAX)
		return false;
	aside->used++;
	return true;
}

/* What is not there is told by the next one that is. */
static void tell_lost(struct history_aside *aside, struct event *event)
{
	size_t used = strlen(event->text);

	if (aside->lost == 0)
		return;
	snprintf(event->text + used, sizeof(event->text) - used,
		 " (%" PRId64 " events before this one were left out)", aside->lost);
	aside->lost = 0;
}

void history_aside_add(struct history_aside *aside, const struct history_news *news,
		       const char *fmt, ...)
{
	struct event *event;
	va_list ap;

	history_aside_turn(aside);
	if (!may_add(aside)) {
		if (aside->lost++ == 0)
			log_warn(0, "too many events; some are not in the history");
		return;
	}
	event = &aside->events[aside->count];
	va_start(ap, fmt);
	history_note(event, news, fmt, ap);
	va_end(ap);
	tell_lost(aside, event);
	aside->count++;
	history_aside_turn(aside);
}

static void keep_all(const struct history_aside *aside)
{
	for (size_t i = 0; i < aside->count; i++)
		history_keep(&aside->events[i]);
}

void history_aside_turn(struct history_aside *aside)
{
	int ret;

	if (!aside_is_free(&aside->writer) || aside->count == 0)
		return;
	ret = aside_begin(&aside->writer);
	if (ret < 0)
		return; /* without memory for a process: at the next turn */
	if (ret > 0) {
		keep_all(aside);
		_exit(0);
	}
	aside->count = 0;
}

void history_aside_end(struct history_aside *aside)
{
	aside_wait(&aside->writer, END_MS);
	history_aside_turn(aside);
	aside_wait(&aside->writer, END_MS);
}
