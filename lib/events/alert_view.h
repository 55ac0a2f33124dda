/* alert_view.h - what waits to be told by a way, and when it is. Job: alert_queue, alert_state. */
#ifndef FO_ALERT_VIEW_H
#define FO_ALERT_VIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "alert_message.h"
#include "alert_queue.h"
#include "alert_rule.h"
#include "alert_state.h"
#include "compiler.h"
#include "settings.h"

/* Who wants to know. */
struct alert_order {
	const struct conf_alert *conf;
	int64_t wait_ms; /* at most so long for what is not due yet */
	/* What is so of the router now. */
	void (*find_facts)(void *data, struct alert_facts *out);
	void *data;
};

struct alert_view {
	enum alert_way way;
	bool is_new; /* nothing was ever told: what is in the history by now will not be */
	struct alert_state state;
	struct alert_queue queue;
	struct alert_due due;
	bool is_changed; /* the state, by finding that */
};

/* Reads what was done so far and what waits, and finds when that is due. Returns 0 and `*out`,
 * which alert_view_close frees; or -errno, logged. */
int alert_view_open(const struct alert_order *order, enum alert_way way,
		    struct alert_view *out) FO_MUST_CHECK;

void alert_view_close(struct alert_view *view);

/* Finds once more when it is due. */
void alert_view_judge(const struct alert_order *order, struct alert_view *view);

/* The message that would be sent now; something waits. */
void alert_view_message(const struct alert_view *view, struct alert_message *out);

/* A message about one event that did not happen. */
void alert_view_test_message(struct alert_message *out);

#endif
