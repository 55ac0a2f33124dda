#include "linger.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

#include "clock.h"
#include "log.h"
#include "nexthop.h"
#include "record.h"
#include "rp_filter.h"
#include "store.h"
#include "sysctl.h"

#define LINGER_NAME "route.linger"

/* The longest that fo.conf(5) allows: a time further ahead is none of ours. */
#define LONGEST_MS 30000

/* keepalived tells the LAN at once; a switch, a wireless station or a busy host takes its time. */
#define LATE_MS 300

#define NOT_CHANGED (-1)

struct note {
	int64_t end_ms, late_ms;   /* CLOCK_BOOTTIME */
	int64_t filter;		   /* rp_filter of the line as it was, or NOT_CHANGED */
	char dev[RECORD_WORD_MAX]; /* the line, which fo.conf may no longer name */
};

/* Returns whether there is a file. */
static bool read_note(struct note *out)
{
	char text[128];
	const char *rest = text;
	int ret;

	*out = (struct note){ .filter = NOT_CHANGED };
	ret = store_read(STORE_RUN, LINGER_NAME, text, sizeof(text));
	if (ret == -EFBIG) /* none of ours, but to be removed */
		return true;
	if (ret != 0)
		return false;
	if (record_take_number(&rest, false, INT64_MAX, &out->end_ms) != 0 ||
	    record_take_number(&rest, false, INT64_MAX, &out->late_ms) != 0 ||
	    record_take_number(&rest, false, RP_FILTER_LOOSE, &out->filter) != 0 ||
	    record_take_word(&rest, true, out->dev) != 0 || !nexthop_valid_dev(out->dev))
		*out = (struct note){ .filter = NOT_CHANGED };
	if (out->filter == RP_FILTER_LOOSE)
		out->filter = NOT_CHANGED;
	return true;
}

/* Returns 0 or -errno, logged. */
static int write_note(const struct note *note)
{
	char text[128];

	/* One that is loose already needs no memory, and stands for "not changed". */
	snprintf(text, sizeof(text), "%" PRId64 " %" PRId64 " %" PRId64 " %.*s\n", note->end_ms,
		 note->late_ms, note->filter == NOT_CHANGED ? RP_FILTER_LOOSE : note->filter,
		 IFNAMSIZ - 1, note->dev);
	return store_write(STORE_RUN, LINGER_NAME, text, 0644);
}

static int64_t left_ms(int64_t end_ms)
{
	int64_t left = end_ms - clock_boottime_ms();

	return left > 0 && left <= LONGEST_MS ? left : 0;
}

struct linger_left linger_left(void)
{
	struct linger_left left = { .ms = 0 };
	struct note note;

	if (!read_note(&note))
		return left;
	left.ms = left_ms(note.end_ms);
	left.late_ms = left_ms(note.late_ms);
	if (left.late_ms > left.ms)
		left.late_ms = left.ms;
	return left;
}

/* A failure is logged; an interface that is gone needs no filter. */
static void set_filter(const char *dev, int value)
{
	char name[PLAN_SYSCTL_MAX];

	if (sysctl_set(rp_filter_name(dev, name), value) == 0)
		log_debug("sysctl %s = %d", name, value);
}

/* The filter is loosened once its value is written down: nobody could restore it otherwise. */
void linger_begin(const char *dev, int64_t ms)
{
	struct note note;
	char name[PLAN_SYSCTL_MAX];
	int value = 0;

	if (!read_note(&note) || left_ms(note.end_ms) == 0)
		note.late_ms = clock_boottime_ms() + LATE_MS;
	else if (left_ms(note.end_ms) <= ms)
		return;
	note.end_ms = clock_boottime_ms() + ms;
	snprintf(note.dev, sizeof(note.dev), "%s", dev);
	rp_filter_name(dev, name);
	if (note.filter == NOT_CHANGED && rp_filter_is_strict(dev) && sysctl_get(name, &value) == 0)
		note.filter = value;
	if (write_note(&note) == 0 && note.filter != NOT_CHANGED)
		set_filter(dev, RP_FILTER_LOOSE);
}

bool linger_end(void)
{
	struct note note;

	if (!read_note(&note))
		return false;
	if (note.filter != NOT_CHANGED)
		set_filter(note.dev, (int)note.filter);
	store_forget(STORE_RUN, LINGER_NAME);
	return true;
}
