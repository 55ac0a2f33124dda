#include "event_counts.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "record.h"

/* What is counted, and its name in the text. */
static const struct counted {
	const char *name;
	enum event_kind kind;
	const char *value; /* NULL: each */
} counted[] = {
	[COUNT_MASTER] = { "master", EVENT_STATE, "master" },
	[COUNT_BACKUP] = { "backup", EVENT_STATE, "backup" },
	[COUNT_FAULT] = { "fault", EVENT_STATE, "fault" },
	[COUNT_STOP] = { "stop", EVENT_STATE, "stop" },
	[COUNT_LINE_UP] = { "line-up", EVENT_LINE, "up" },
	[COUNT_LINE_DOWN] = { "line-down", EVENT_LINE, "down" },
	[COUNT_CLASS] = { "class", EVENT_CLASS, NULL },
	[COUNT_CLASS_FAILED] = { "class-failed", EVENT_CLASS_FAILED, NULL },
	[COUNT_REDIAL] = { "redial", EVENT_REDIAL, "begin" },
	[COUNT_REDIAL_FAILED] = { "redial-failed", EVENT_REDIAL, "failed" },
	[COUNT_SPLIT] = { "split", EVENT_SPLIT, "begin" },
	[COUNT_MENDED] = { "mended", EVENT_DRIFT, "mended" },
	[COUNT_MENDING_FAILED] = { "mending-failed", EVENT_DRIFT, "failed" },
	[COUNT_DRILL] = { "drill", EVENT_DRILL, "begin" },
	[COUNT_DRILL_REFUSED] = { "drill-refused", EVENT_DRILL, "refused" },
	[COUNT_ALERT_FAILED] = { "alert-failed", EVENT_ALERT, "failed" },
	[COUNT_ALERT_DROPPED] = { "alert-dropped", EVENT_ALERT, "dropped" },
};

static_assert(ARRAY_LEN(counted) == COUNTS, "each is in the table");

void event_counts_take(struct event_counts *counts, const struct event *event)
{
	if (event->id <= counts->id)
		return;
	counts->id = event->id;
	for (size_t i = 0; i < COUNTS; i++) {
		const struct counted *what = &counted[i];

		if (what->kind == event->kind &&
		    (what->value == NULL || strcmp(what->value, event->value) == 0))
			counts->values[i]++;
	}
}

static void list_numbers(struct record_number numbers[static COUNTS + 1])
{
	numbers[COUNTS] = (struct record_number){ "id", offsetof(struct event_counts, id) };
	for (size_t i = 0; i < COUNTS; i++)
		numbers[i] = (struct record_number){
			counted[i].name, offsetof(struct event_counts, values) + i * sizeof(int64_t)
		};
}

const char *event_counts_format(char buf[static EVENT_COUNTS_TEXT_MAX],
				const struct event_counts *counts)
{
	struct record_writer w = { .buf = buf, .size = EVENT_COUNTS_TEXT_MAX };
	struct record_number numbers[COUNTS + 1];

	list_numbers(numbers);
	buf[0] = '\0';
	record_put_numbers(&w, numbers, ARRAY_LEN(numbers), counts);
	return buf;
}

int event_counts_parse(const char *text, struct event_counts *out)
{
	struct event_counts counts = { .id = 0 };
	struct record_number numbers[COUNTS + 1];
	char name[RECORD_WORD_MAX];

	list_numbers(numbers);
	while (*text != '\0') {
		if (record_take_word(&text, false, name) != 0 ||
		    record_take_named(name, &text, numbers, ARRAY_LEN(numbers), INT64_MAX >> 1,
				      &counts) != 0)
			return -EINVAL;
	}
	*out = counts;
	return 0;
}
