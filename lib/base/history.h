/* history.h - what happened to this router, in STORE_LIB. Job: event, store, clock.
 *
 * Two files: `history`, to which each event is added by one write, and `history.1`, what it was
 * before it became too long. A reader takes what is whole. */
#ifndef FO_HISTORY_H
#define FO_HISTORY_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

#include "compiler.h"
#include "event.h"

/* Each of the two files has at most so many bytes: some 10 000 events. */
#define HISTORY_BYTES_MAX 2097152

/* What happened; see struct event. */
struct history_news {
	const char *program;
	enum event_kind kind;
	const char *value;
	/* 0: not known. Of a kind that lasts (event_kind_lasts) it is then the time since the last
	 * event of that kind in this boot, where that is not long past in the file. */
	int64_t lasted_ms;
};

/* Adds an event that happens now, with a text in words, and waits until it is on the disk. A
 * failure is logged, and costs the event. One of EVENT_STATE or EVENT_LTE with the value that the
 * last one of its kind in this boot had is none: two programs may see the same. */
void history_add(const struct history_news *news, const char *fmt, ...) FO_PRINTF(2, 3);

/* The same in two parts: an event that happens now, but for its number; and its adding. */
void history_note(struct event *out, const struct history_news *news, const char *fmt, va_list ap)
	FO_PRINTF(3, 0);
void history_keep(const struct event *event);

/* A number that is another one after an event was added: what was read before is not all. */
int64_t history_mark(void);

/* Takes an event; false ends the reading. */
typedef bool history_take(const struct event *event, void *data);

/* Hands out the events, the oldest first. `wall_ms` is right also for those that happened before
 * the clock was set, as far as something happened in the same boot after that. Returns 0, also when
 * there are none, or -errno, logged, after what could be read. */
int history_read(history_take *take, void *data) FO_MUST_CHECK;

/* The same of the newest HISTORY_RECENT_BYTES alone, some 150 events: for who shows the last few.
 */
#define HISTORY_RECENT_BYTES 32768
int history_read_recent(history_take *take, void *data) FO_MUST_CHECK;

/* How long this suite has been running on this router: since the first event of this boot, as far
 * as the newest HISTORY_RECENT_BYTES tell; 0: nothing has happened in it. */
int64_t history_running_ms(void);

#endif
