/* alert_queue.h - the events that a person was not told of yet. Job: history, event_list. */
#ifndef FO_ALERT_QUEUE_H
#define FO_ALERT_QUEUE_H

#include <stddef.h>
#include <stdint.h>

#include "alert_rule.h"
#include "compiler.h"
#include "event.h"
#include "settings.h"

/* Of more than so many the oldest are only counted. */
#define ALERT_QUEUE_MAX 200

struct alert_queue {
	struct event *events; /* ALERT_QUEUE_MAX of them, a ring until it is read */
	size_t count;
	int64_t earlier;  /* others before them */
	int64_t first_id; /* of all */
	int64_t last_id;  /* of the history, told or not; 0: it is empty */
	struct alert_times times;
};

/* Reads what is behind the event `cursor`, as far as `events` has it; all, where the history has
 * begun again, and nothing, where `cursor` is below 0. Returns 0 and `*out`, which alert_queue_free
 * frees; or -errno, logged. */
int alert_queue_read(const struct conf_events *events, int64_t cursor,
		     struct alert_queue *out) FO_MUST_CHECK;

void alert_queue_free(struct alert_queue *queue);

#endif
