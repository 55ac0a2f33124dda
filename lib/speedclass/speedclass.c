#include "speedclass.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "num.h"
#include "store.h"

#define WANTED_NAME  "speedclass.wanted"
#define KNOWN_NAME   "speedclass.known"
#define RAISED_NAME  "speedclass.raised"
#define LOOKED_NAME  "speedclass.looked"
#define REFUSED_NAME "speedclass.refused"
#define FAILED_NAME  "speedclass.failed"

/* Since when the router has been master may be before the boot, but not a century before it. */
#define OLDEST_S INT64_C(-3155760000)

/* A longer time as master, by the machine's clock, is that of a clock that was not set yet: without
 * a battery it begins in 1970, or with the date of a file. No max-raised is as long. */
#define WALL_AGE_MAX_S INT64_C(31557600)

/* Anything else reads as "none". */
static void read_class(enum store_area area, const char *name, char out[static SIM_CLASS_MAX])
{
	if (store_read(area, name, out, SIM_CLASS_MAX) != 0 || !sim_valid_class(out))
		out[0] = '\0';
}

static int write_class(enum store_area area, const char *name, const char *speed_class)
{
	char line[SIM_CLASS_MAX + 1];

	snprintf(line, sizeof(line), "%s\n", speed_class);
	return store_write(area, name, line, 0644);
}

void speedclass_load_wanted(char out[static SIM_CLASS_MAX])
{
	read_class(STORE_RUN, WANTED_NAME, out);
	if (out[0] == '\0')
		read_class(STORE_LIB, WANTED_NAME, out);
}

static bool is_refused(void)
{
	char text[SIM_CLASS_MAX + 1];

	return store_read(STORE_RUN, REFUSED_NAME, text, sizeof(text)) == 0;
}

void speedclass_load(struct speedclass *out)
{
	speedclass_load_wanted(out->wanted);
	read_class(STORE_RUN, KNOWN_NAME, out->known);
	out->refused = is_refused();
}

int speedclass_want(const char *speed_class)
{
	char wanted[SIM_CLASS_MAX], kept[SIM_CLASS_MAX];

	speedclass_load_wanted(wanted);
	read_class(STORE_LIB, WANTED_NAME, kept);
	if (strcmp(kept, speed_class) == 0 && strcmp(wanted, speed_class) == 0)
		return 0;
	if (write_class(STORE_LIB, WANTED_NAME, speed_class) == 0)
		return store_remove(STORE_RUN, WANTED_NAME);
	return write_class(STORE_RUN, WANTED_NAME, speed_class);
}

void speedclass_learn(const char *speed_class)
{
	char line[SIM_CLASS_MAX + 1];

	snprintf(line, sizeof(line), "%s\n", speed_class);
	if (speed_class[0] == '\0')
		store_forget(STORE_RUN, KNOWN_NAME);
	else
		store_note(STORE_RUN, KNOWN_NAME, line, 0644);
}

/* Returns whether the note is another one than before. */
static bool note(const char *name, const char *word)
{
	char line[SIM_CLASS_MAX + 1], before[SIM_CLASS_MAX + 1];

	if (store_read(STORE_RUN, name, before, sizeof(before)) != 0)
		before[0] = '\0';
	if (word == NULL) {
		store_forget(STORE_RUN, name);
		return before[0] != '\0';
	}
	if (strcmp(before, word) == 0)
		return false;
	snprintf(line, sizeof(line), "%s\n", word);
	store_note(STORE_RUN, name, line, 0644);
	return true;
}

bool speedclass_note_refusal(const char *what)
{
	return note(REFUSED_NAME, what);
}

bool speedclass_note_failure(const char *speed_class)
{
	return note(FAILED_NAME, speed_class);
}

/* Ages in seconds by the time in a file, NEVER when there is none that could be. */
#define NEVER INT64_C(-1)

static int64_t age_of(enum store_area area, const char *name, int64_t oldest_s, int64_t now_s)
{
	char text[32];
	int64_t value = 0;

	if (store_read(area, name, text, sizeof(text)) != 0 ||
	    num_parse(text, oldest_s, now_s, &value) != 0)
		return NEVER;
	return now_s - value;
}

static void write_time(enum store_area area, const char *name, int64_t time_s)
{
	char text[32];

	snprintf(text, sizeof(text), "%" PRId64 "\n", time_s);
	store_note(area, name, text, 0644);
}

/* By CLOCK_BOOTTIME, which cannot be set; after a boot by the machine's clock, until that is noted.
 */
static int64_t raised_for_s(void)
{
	int64_t age_s = age_of(STORE_RUN, RAISED_NAME, OLDEST_S, clock_boottime_s());
	int64_t wall_s = clock_wall_s();

	return age_s != NEVER ? age_s
			      : age_of(STORE_LIB, RAISED_NAME, wall_s - WALL_AGE_MAX_S, wall_s);
}

void speedclass_note_raised(bool raised)
{
	int64_t age_s = raised_for_s();

	if (!raised) {
		store_forget(STORE_RUN, RAISED_NAME);
		store_forget(STORE_LIB, RAISED_NAME);
		return;
	}
	if (age_s == NEVER) {
		age_s = 0;
		write_time(STORE_LIB, RAISED_NAME, clock_wall_s());
	}
	if (age_of(STORE_RUN, RAISED_NAME, OLDEST_S, clock_boottime_s()) == NEVER)
		write_time(STORE_RUN, RAISED_NAME, clock_boottime_s() - age_s);
}

bool speedclass_is_capped(int64_t max_raised_ms)
{
	return max_raised_ms > 0 && raised_for_s() >= max_raised_ms / 1000;
}

const char *speedclass_due(const struct conf_speedclass *conf, bool master, bool split)
{
	bool lowered = split && conf->split == CONF_SPLIT_LOWER;

	return master && !lowered && !speedclass_is_capped(conf->max_raised_ms) ? conf->master
										: conf->backup;
}

void speedclass_note_look(void)
{
	write_time(STORE_RUN, LOOKED_NAME, clock_boottime_s());
}

void speedclass_forget_look(void)
{
	store_forget(STORE_RUN, LOOKED_NAME);
}

int64_t speedclass_looked_ago_s(void)
{
	int64_t age_s = age_of(STORE_RUN, LOOKED_NAME, 0, clock_boottime_s());

	return age_s == NEVER ? INT64_MAX : age_s;
}
