#include "alert_message.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "record.h"
#include "utf8.h"

/* So many events of a kind have a line each; more of them have one together. */
#define APART_MAX 3

/* Bytes of an event's own text, in a message about several. */
#define PART_MAX 160

/* For a line about what is not shown. */
#define SPARE_BYTES 80

#define DATE_LEN 10 /* 2026-11-27 */

/* A line of a message. */
struct row {
	size_t event; /* the last one of it */
	size_t first;
	size_t times;
};

#define ROWS_MAX (APART_MAX * EVENT_KINDS)

/* How much of a text of UTF-8 fits into `max` bytes. */
static int fit(const char *text, size_t max)
{
	size_t len = strlen(text);

	if (len <= max)
		return (int)len;
	while (max > 0 && ((unsigned char)text[max] & 0xc0) == 0x80)
		max--;
	return (int)max;
}

static bool is_bad_value(const struct event *event)
{
	static const char *const bad[] = { "down",     "fault",	  "failed", "faulty",
					   "exceeded", "refused", "stop",   "dropped" };

	if (event->kind == EVENT_LTE)
		return strcmp(event->value, "up") != 0;
	if (event->kind == EVENT_CLASS_FAILED)
		return true;
	if (event->kind == EVENT_SPLIT)
		return strcmp(event->value, "begin") == 0;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		if (strcmp(event->value, bad[i]) == 0)
			return true;
	}
	return false;
}

static bool is_bad(const struct alert_batch *batch)
{
	bool bad[EVENT_KINDS] = { false }, any = false;

	for (size_t i = 0; i < batch->count; i++)
		bad[batch->events[i].kind] = is_bad_value(&batch->events[i]);
	for (size_t i = 0; i < EVENT_KINDS; i++)
		any = any || bad[i];
	return any;
}

/* Rows in the order of their last events. */
static size_t find_rows(const struct alert_batch *batch, struct row rows[static ROWS_MAX])
{
	size_t of_kind[EVENT_KINDS] = { 0 }, first[EVENT_KINDS] = { 0 }, seen[EVENT_KINDS] = { 0 };
	size_t count = 0;

	for (size_t i = 0; i < batch->count; i++)
		of_kind[batch->events[i].kind]++;
	for (size_t i = 0; i < batch->count; i++) {
		enum event_kind kind = batch->events[i].kind;

		if (seen[kind]++ == 0)
			first[kind] = i;
		if (of_kind[kind] <= APART_MAX)
			rows[count++] = (struct row){ i, i, 1 };
		else if (seen[kind] == of_kind[kind])
			rows[count++] = (struct row){ i, first[kind], of_kind[kind] };
	}
	return count;
}

/* Without the date, where all is of one day. */
static const char *time_of(const struct alert_batch *batch, const struct event *event,
			   char buf[static ALERT_TIME_MAX])
{
	char first[ALERT_TIME_MAX], last[ALERT_TIME_MAX];

	batch->local(batch->events[0].wall_ms / 1000, first);
	batch->local(batch->events[batch->count - 1].wall_ms / 1000, last);
	batch->local(event->wall_ms / 1000, buf);
	if (strncmp(first, last, DATE_LEN) == 0 && strncmp(first, buf, DATE_LEN) == 0 &&
	    strlen(buf) > DATE_LEN)
		return buf + DATE_LEN + 1;
	return buf;
}

static void put_row(struct record_writer *w, const struct alert_batch *batch, const struct row *row)
{
	const struct event *event = &batch->events[row->event];
	char first[ALERT_TIME_MAX], last[ALERT_TIME_MAX];
	int len = fit(event->text, PART_MAX);

	if (row->times == 1)
		record_put(w, "\n- %s: %.*s", time_of(batch, event, last), len, event->text);
	else
		record_put(w, "\n- %s: %zu times, %s to %s, at last: %.*s",
			   event_kind_name(event->kind), row->times,
			   time_of(batch, &batch->events[row->first], first),
			   time_of(batch, event, last), len, event->text);
}

static size_t length_of(const struct alert_batch *batch, const struct row *row)
{
	char text[2 * PART_MAX + 2 * ALERT_TIME_MAX];
	struct record_writer w = { .buf = text, .size = sizeof(text) };

	put_row(&w, batch, row);
	return w.used;
}

static void put_list(struct record_writer *w, const struct alert_batch *batch)
{
	struct row rows[ROWS_MAX];
	size_t count = find_rows(batch, rows), from = count, room = w->size - w->used - SPARE_BYTES;
	int64_t hidden = batch->earlier;

	while (from > 0 && length_of(batch, &rows[from - 1]) < room) {
		from--;
		room -= length_of(batch, &rows[from]);
	}
	for (size_t i = 0; i < from; i++)
		hidden += (int64_t)rows[i].times;
	if (hidden > 0)
		record_put(w, "\n- %" PRId64 " more %s in fo-status history", hidden,
			   hidden == 1 ? "is" : "are");
	for (size_t i = from; i < count; i++)
		put_row(w, batch, &rows[i]);
}

static void put_text(struct record_writer *w, const struct alert_batch *batch, const char *host,
		     int64_t count)
{
	const struct event *last = &batch->events[batch->count - 1];
	char begin[ALERT_TIME_MAX], end[ALERT_TIME_MAX];

	batch->local(batch->events[0].wall_ms / 1000, begin);
	if (count == 1) {
		record_put(w, "%s, %s: ", host, begin);
		record_put(w, "%.*s", fit(last->text, w->size - w->used - 1), last->text);
		return;
	}
	record_put(w, "%s: %" PRId64 " events, %s to %s", host, count, begin,
		   time_of(batch, last, end));
	put_list(w, batch);
}

static void name_newest(const struct alert_batch *batch, struct alert_message *out)
{
	size_t from = batch->count > ALERT_NEWEST_MAX ? batch->count - ALERT_NEWEST_MAX : 0;

	if (batch->small || out->count == 1)
		return;
	for (size_t i = from; i < batch->count; i++) {
		const struct event *event = &batch->events[i];

		out->newest[out->newest_len].id = event->id;
		out->newest[out->newest_len].kind = event->kind;
		memcpy(out->newest[out->newest_len].value, event->value, EVENT_VALUE_MAX);
		batch->utc(event->wall_ms / 1000, out->newest[out->newest_len].time);
		out->newest_len++;
	}
}

void alert_message_make(const struct alert_batch *batch, struct alert_message *out)
{
	const struct event *last = &batch->events[batch->count - 1];
	struct record_writer text = { .buf = out->text,
				      .size = batch->small ? ALERT_SMALL_MAX : ALERT_TEXT_MAX };
	struct record_writer title = { .buf = out->title, .size = sizeof(out->title) };

	memset(out, 0, sizeof(*out));
	out->id = last->id;
	out->first_id = batch->first_id;
	out->count = (int64_t)batch->count + batch->earlier;
	out->kind = last->kind;
	out->is_bad = is_bad(batch);
	memcpy(out->value, last->value, sizeof(out->value));
	snprintf(out->host, sizeof(out->host), "%s", batch->host);
	utf8_make_printable(out->host);
	batch->utc(last->wall_ms / 1000, out->time);
	batch->utc(batch->events[0].wall_ms / 1000, out->first_time);
	name_newest(batch, out);
	record_put(&title, "%s: %s %s", out->host, event_kind_name(last->kind), last->value);
	if (out->count > 1)
		record_put(&title, " (%" PRId64 " events)", out->count);
	put_text(&text, batch, out->host, out->count);
}
