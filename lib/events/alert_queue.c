#include "alert_queue.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "event_list.h"
#include "history.h"
#include "log.h"

/* Before this boot, however long. */
#define LONG_AGO_MS (INT64_MIN / 4)

struct reader {
	const struct conf_events *wanted;
	int64_t cursor;
	char boot[CLOCK_BOOT_MAX];
	int64_t total;
	struct alert_queue *queue;
};

static bool is_of_this_boot(const struct reader *reader, const struct event *event)
{
	return reader->boot[0] != '\0' && strcmp(event->boot, reader->boot) == 0;
}

/* What says something about the line that a message would take. */
static void note_change(struct alert_times *times, const struct event *event)
{
	switch (event->kind) {
	case EVENT_STATE:
		times->state_ms = event->boot_ms;
		times->change_ms = event->boot_ms;
		break;
	case EVENT_LINE:
	case EVENT_LTE:
	case EVENT_CLASS:
		times->change_ms = event->boot_ms;
		break;
	case EVENT_CLASS_FAILED:
		times->class_failed_ms = event->boot_ms;
		break;
	default:
		break;
	}
}

static bool take(const struct event *event, void *data)
{
	struct reader *reader = data;
	struct alert_queue *queue = reader->queue;
	bool now = is_of_this_boot(reader, event);

	queue->last_id = event->id;
	if (now)
		note_change(&queue->times, event);
	if (reader->cursor < 0 || event->id <= reader->cursor ||
	    !event_list_has(reader->wanted, event))
		return true;
	if (reader->total == 0) {
		queue->first_id = event->id;
		queue->times.oldest_ms = now ? event->boot_ms : LONG_AGO_MS;
	}
	queue->times.newest_ms = now ? event->boot_ms : LONG_AGO_MS;
	queue->events[reader->total++ % ALERT_QUEUE_MAX] = *event;
	return true;
}

static int read_behind(struct reader *reader, int64_t cursor)
{
	struct alert_queue *queue = reader->queue;

	queue->times =
		(struct alert_times){ .change_ms = LONG_AGO_MS, .class_failed_ms = LONG_AGO_MS };
	queue->last_id = 0;
	reader->cursor = cursor;
	reader->total = 0;
	return history_read(take, reader);
}

/* Puts the oldest of the ring first. */
static int turn(struct alert_queue *queue, int64_t total)
{
	size_t first = (size_t)(total % ALERT_QUEUE_MAX);
	struct event *events;

	if (total <= ALERT_QUEUE_MAX)
		return 0;
	events = calloc(ALERT_QUEUE_MAX, sizeof(*events));
	if (events == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < ALERT_QUEUE_MAX; i++)
		events[i] = queue->events[(first + i) % ALERT_QUEUE_MAX];
	free(queue->events);
	queue->events = events;
	return 0;
}

int alert_queue_read(const struct conf_events *events, int64_t cursor, struct alert_queue *out)
{
	struct reader reader = { .wanted = events, .queue = out };
	int ret;

	memset(out, 0, sizeof(*out));
	out->events = calloc(ALERT_QUEUE_MAX, sizeof(*out->events));
	if (out->events == NULL) {
		log_err(-ENOMEM, "cannot read the history");
		return -ENOMEM;
	}
	clock_boot(reader.boot);
	ret = read_behind(&reader, cursor);
	if (ret == 0 && out->last_id < cursor)
		ret = read_behind(&reader, 0);
	if (ret == 0)
		ret = turn(out, reader.total);
	if (ret != 0) {
		alert_queue_free(out);
		return ret;
	}
	out->count = reader.total < ALERT_QUEUE_MAX ? (size_t)reader.total : ALERT_QUEUE_MAX;
	out->earlier = reader.total - (int64_t)out->count;
	out->times.waiting = reader.total;
	return 0;
}

void alert_queue_free(struct alert_queue *queue)
{
	free(queue->events);
	queue->events = NULL;
	queue->count = 0;
}
