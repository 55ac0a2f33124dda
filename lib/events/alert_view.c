#include "alert_view.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "checksum.h"
#include "clock.h"

/* Of the key's text, which is a secret: two bytes do not tell it, and show that it was changed. */
static int64_t mark_of(const char *value)
{
	return 1 + checksum_of((const uint8_t *)value, strlen(value));
}

int alert_view_open(const struct alert_order *order, enum alert_way way, struct alert_view *out)
{
	int64_t mark = mark_of(alert_way_value(order->conf, way));
	int ret;

	memset(out, 0, sizeof(*out));
	out->way = way;
	ret = alert_state_load(way, &out->state);
	if (ret != 0 && ret != -ENOENT)
		return ret;
	out->is_new = ret == -ENOENT;
	if (out->state.memory.mark != mark) {
		alert_rule_forgive(&out->state.memory);
		out->state.memory.mark = mark;
	}
	ret = alert_queue_read(&order->conf->events, out->is_new ? -1 : out->state.memory.cursor,
			       &out->queue);
	if (ret == 0)
		alert_view_judge(order, out);
	return ret;
}

void alert_view_close(struct alert_view *view)
{
	alert_queue_free(&view->queue);
}

void alert_view_judge(const struct alert_order *order, struct alert_view *view)
{
	struct alert_facts facts = { .is_metered = false };
	int64_t class_ms = view->state.memory.class_ms;

	if (view->queue.times.waiting > 0)
		order->find_facts(order->data, &facts);
	view->due = alert_rule_due(&facts, &view->queue.times, &view->state.memory,
				   clock_boottime_ms());
	view->is_changed = view->is_changed || view->state.memory.class_ms != class_ms;
}

static void get_host(char host[static ALERT_HOST_MAX])
{
	if (gethostname(host, ALERT_HOST_MAX) != 0 || host[0] == '\0')
		snprintf(host, ALERT_HOST_MAX, "router");
	host[ALERT_HOST_MAX - 1] = '\0';
}

void alert_view_message(const struct alert_view *view, struct alert_message *out)
{
	char host[ALERT_HOST_MAX];
	const struct alert_batch batch = { .host = host,
					   .events = view->queue.events,
					   .count = view->queue.count,
					   .earlier = view->queue.earlier,
					   .first_id = view->queue.first_id,
					   .small = view->due.small,
					   .local = clock_format_local,
					   .utc = clock_format_utc };

	get_host(host);
	alert_message_make(&batch, out);
}

void alert_view_test_message(struct alert_message *out)
{
	char host[ALERT_HOST_MAX];
	const struct event event = { .wall_ms = clock_wall_s() * 1000,
				     .kind = EVENT_ALERT,
				     .value = "test",
				     .text = "this is a test of fo-alert; nothing has happened" };
	const struct alert_batch batch = { .host = host,
					   .events = &event,
					   .count = 1,
					   .local = clock_format_local,
					   .utc = clock_format_utc };

	get_host(host);
	alert_message_make(&batch, out);
}
