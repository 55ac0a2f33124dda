/* Lines of the history, each as it is, which is torn, and with a length and a checksum that are
 * right: what is read and written again is the same. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checksum.h"
#include "event.h"
#include "event_counts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What cannot stand in a line was replaced when it was written first. */
static void check_again(const struct event *event)
{
	char once[EVENT_LINE_MAX], twice[EVENT_LINE_MAX];
	size_t len = event_format(once, event);
	struct event again;

	if (len == 0 || once[len - 1] != '\n' || event_parse(once, len - 1, &again) != 0 ||
	    again.kind != event->kind || again.id != event->id)
		abort();
	if (event_format(twice, &again) != len || strcmp(once, twice) != 0)
		abort();
}

static void read_line(const char *line, size_t len, struct event_counts *counts)
{
	struct event event;

	if (event_parse(line, len, &event) != 0)
		return;
	check_again(&event);
	event_counts_take(counts, &event);
}

static void read_as_whole(const char *body, size_t len, struct event_counts *counts)
{
	char line[2 * EVENT_LINE_MAX];
	int used = snprintf(line, sizeof(line), "%04x %zu ",
			    (unsigned)checksum_of((const uint8_t *)body, len), len);

	if ((size_t)used + len > sizeof(line))
		return;
	memcpy(line + used, body, len);
	read_line(line, (size_t)used + len, counts);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *line = (const char *)data;
	struct event_counts counts = { .id = 0 };

	for (const char *end = line + size; line < end;) {
		const char *stop = memchr(line, '\n', (size_t)(end - line));
		size_t len = (size_t)((stop != NULL ? stop : end) - line);

		read_line(line, len, &counts);
		read_as_whole(line, len, &counts);
		line += len + 1;
	}
	return 0;
}
