#include "history_show.h"

#include <inttypes.h>
#include <stdio.h>

#include "clock.h"
#include "history.h"
#include "json_text.h"
#include "report.h"
#include "utf8.h"
#include "when.h"

struct shown {
	int64_t since_ms;
	int64_t count;
};

static void print_member(const char *name, const char *text)
{
	printf(",\"%s\":", name);
	json_text_print(stdout, text);
}

static bool print_json(const struct event *event, void *data)
{
	struct shown *shown = data;
	char when[CLOCK_TEXT_MAX];

	if (event->wall_ms < shown->since_ms)
		return true;
	printf("%s{\"id\":%" PRId64 ",\"time\":\"%s\"", shown->count++ > 0 ? ",\n" : "", event->id,
	       clock_format_utc(event->wall_ms / 1000, when));
	print_member("kind", event_kind_name(event->kind));
	print_member("value", event->value);
	if (event->lasted_ms > 0)
		printf(",\"duration_s\":%" PRId64 ".%03" PRId64, event->lasted_ms / 1000,
		       event->lasted_ms % 1000);
	else
		fputs(",\"duration_s\":null", stdout);
	print_member("boot", event->boot);
	print_member("program", event->program);
	print_member("text", event->text);
	putchar('}');
	return true;
}

/* A column of its own: how long that lasted which has ended. */
static bool print_line(const struct event *event, void *data)
{
	struct shown *shown = data;
	char when[CLOCK_TEXT_MAX], lasted[WHEN_TEXT_MAX] = "", value[EVENT_VALUE_MAX];
	char text[EVENT_TEXT_MAX];

	if (event->wall_ms < shown->since_ms)
		return true;
	if (shown->count++ == 0)
		printf("%-19s  %-12s  %-10s  %-12s  %s\n", "time", "kind", "value", "after",
		       "text");
	if (event->lasted_ms > 0)
		when_format_lasted(lasted, event->lasted_ms);
	/* Of a file. */
	snprintf(value, sizeof(value), "%s", event->value);
	utf8_make_printable(value);
	snprintf(text, sizeof(text), "%s", event->text);
	utf8_make_printable(text);
	printf("%-19s  %-12s  %-10s  %-12s  %s\n", clock_format_local(event->wall_ms / 1000, when),
	       event_kind_name(event->kind), value, lasted, text);
	return true;
}

int history_show(int64_t since_ms, bool json)
{
	struct shown shown = { .since_ms = since_ms };
	int ret;

	if (json)
		fputs("{\"events\":[", stdout);
	ret = history_read(json ? print_json : print_line, &shown);
	if (ret != 0)
		return ret;
	if (json)
		puts("]}");
	else if (shown.count == 0)
		puts("no events");
	return report_flush();
}
