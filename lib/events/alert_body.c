#include "alert_body.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "record.h"

/* `"name":"text"`. Events have no control characters; a text of several lines has newlines. */
static void put_text(struct record_writer *w, const char *name, const char *text)
{
	record_put(w, "\"%s\":\"", name);
	for (; *text != '\0'; text++) {
		if (*text == '\n')
			record_put(w, "\\n");
		else if (*text == '"' || *text == '\\')
			record_put(w, "\\%c", *text);
		else
			record_put(w, "%c", (unsigned char)*text < 0x20 ? '?' : *text);
	}
	record_put(w, "\"");
}

static void put_event(struct record_writer *w, const struct alert_message *message, size_t i)
{
	record_put(w, "%s{\"id\":%" PRId64 ",", i == 0 ? "" : ",", message->newest[i].id);
	put_text(w, "kind", event_kind_name(message->newest[i].kind));
	record_put(w, ",");
	put_text(w, "value", message->newest[i].value);
	record_put(w, ",");
	put_text(w, "time", message->newest[i].time);
	record_put(w, "}");
}

const char *alert_body_json(const struct alert_message *message, char buf[static ALERT_BODY_MAX])
{
	const struct {
		const char *name, *text;
	} texts[] = { { "kind", event_kind_name(message->kind) },
		      { "value", message->value },
		      { "time", message->time },
		      { "first_time", message->first_time },
		      { "host", message->host } };
	struct record_writer w = { .buf = buf, .size = ALERT_BODY_MAX };

	buf[0] = '\0';
	record_put(&w, "{");
	put_text(&w, "text", message->text);
	record_put(&w, ",");
	put_text(&w, "title", message->title);
	record_put(&w, ",\"id\":%" PRId64 ",\"first_id\":%" PRId64 ",\"count\":%" PRId64,
		   message->id, message->first_id, message->count);
	record_put(&w, ",\"bad\":%s", message->is_bad ? "true" : "false");
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		record_put(&w, ",");
		put_text(&w, texts[i].name, texts[i].text);
	}
	record_put(&w, ",\"events\":[");
	for (size_t i = 0; i < message->newest_len; i++)
		put_event(&w, message, i);
	record_put(&w, "]}");
	return buf;
}

/* Each is ended with NUL, which is not counted in `used` by itself. */
static void FO_PRINTF(3, 4)
	add(struct alert_variables *out, struct record_writer *w, const char *fmt, ...)
{
	char line[ALERT_TEXT_MAX + 16];
	size_t count = 0;
	va_list ap;

	while (out->items[count] != NULL)
		count++;
	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	if (count == ALERT_VARIABLES_MAX || w->used + strlen(line) + 1 >= w->size)
		return;
	out->items[count] = out->text + w->used;
	record_put(w, "%s", line);
	w->used++;
}

void alert_body_variables(const struct alert_message *message, struct alert_variables *out)
{
	struct record_writer w = { .buf = out->text, .size = sizeof(out->text) };

	memset(out, 0, sizeof(*out));
	add(out, &w, "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
	add(out, &w, "FO_ID=%" PRId64, message->id);
	add(out, &w, "FO_FIRST_ID=%" PRId64, message->first_id);
	add(out, &w, "FO_COUNT=%" PRId64, message->count);
	add(out, &w, "FO_KIND=%s", event_kind_name(message->kind));
	add(out, &w, "FO_VALUE=%s", message->value);
	add(out, &w, "FO_BAD=%s", message->is_bad ? "yes" : "no");
	add(out, &w, "FO_TIME=%s", message->time);
	add(out, &w, "FO_FIRST_TIME=%s", message->first_time);
	add(out, &w, "FO_HOST=%s", message->host);
	add(out, &w, "FO_TITLE=%s", message->title);
	add(out, &w, "FO_TEXT=%s", message->text);
}
