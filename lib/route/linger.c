#include "linger.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

#include "clock.h"
#include "log.h"
#include "record.h"
#include "rp_filter.h"
#include "store.h"
#include "sysctl.h"

#define LINGER_NAME "route.linger"

/* The longest that fo.conf(5) allows: a time further ahead is none of ours. */
#define LONGEST_MS 30000

#define NOT_CHANGED (-1)

struct note {
	int64_t end_ms; /* CLOCK_BOOTTIME */
	int64_t filter; /* rp_filter of the line as it was, or NOT_CHANGED */
};

/* Returns whether there is a file. */
static bool read_note(struct note *out)
{
	char text[64];
	const char *rest = text;

	*out = (struct note){ .filter = NOT_CHANGED };
	if (store_read(STORE_RUN, LINGER_NAME, text, sizeof(text)) != 0)
		return false;
	if (record_take_number(&rest, false, INT64_MAX, &out->end_ms) != 0 ||
	    record_take_number(&rest, true, RP_FILTER_LOOSE, &out->filter) != 0)
		*out = (struct note){ .filter = NOT_CHANGED };
	if (out->filter == RP_FILTER_LOOSE)
		out->filter = NOT_CHANGED;
	return true;
}

static void write_note(const struct note *note)
{
	char text[64];

	/* One that is loose already needs no memory, and stands for "not changed". */
	snprintf(text, sizeof(text), "%" PRId64 " %" PRId64 "\n", note->end_ms,
		 note->filter == NOT_CHANGED ? RP_FILTER_LOOSE : note->filter);
	store_note(STORE_RUN, LINGER_NAME, text, 0644);
}

static int64_t left_ms(const struct note *note)
{
	int64_t left = note->end_ms - clock_boottime_ms();

	return left > 0 && left <= LONGEST_MS ? left : 0;
}

int64_t linger_left_ms(void)
{
	struct note note;

	return read_note(&note) ? left_ms(&note) : 0;
}

/* A failure is logged; an interface that is gone needs no filter. */
static void set_filter(const char *dev, int value)
{
	char name[PLAN_SYSCTL_MAX];

	if (sysctl_set(rp_filter_name(dev, name), value) == 0)
		log_debug("sysctl %s = %d", name, value);
}

/* The filter is loosened once its value is written down. */
void linger_begin(const char *dev, int64_t ms)
{
	struct note note;
	char name[PLAN_SYSCTL_MAX];
	int value = 0;

	if (read_note(&note) && left_ms(&note) > 0 && left_ms(&note) <= ms)
		return;
	note.end_ms = clock_boottime_ms() + ms;
	rp_filter_name(dev, name);
	if (note.filter == NOT_CHANGED && rp_filter_is_strict(dev) && sysctl_get(name, &value) == 0)
		note.filter = value;
	write_note(&note);
	if (note.filter != NOT_CHANGED)
		set_filter(dev, RP_FILTER_LOOSE);
}

void linger_end(const char *dev)
{
	struct note note;

	if (!read_note(&note))
		return;
	if (note.filter != NOT_CHANGED)
		set_filter(dev, (int)note.filter);
	store_forget(STORE_RUN, LINGER_NAME);
}
