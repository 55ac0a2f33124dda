#include "speedclass.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "num.h"
#include "store.h"

#define WANTED_NAME "speedclass.wanted"
#define KNOWN_NAME  "speedclass.known"
#define RAISED_NAME "speedclass.raised"
#define LOOKED_NAME "speedclass.looked"

#define LETTERS		 "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define CLASS_CHARACTERS LETTERS "0123456789.-_"

bool speedclass_is_one(const char *text)
{
	return strspn(text, LETTERS) > 0 && text[strspn(text, CLASS_CHARACTERS)] == '\0';
}

/* What is no class is none. */
static void read_class(enum store_area area, const char *name, char out[static SIMAPI_WORD_MAX])
{
	if (store_read(area, name, out, SIMAPI_WORD_MAX) != 0 || !speedclass_is_one(out))
		out[0] = '\0';
}

static int write_class(enum store_area area, const char *name, const char *speed_class)
{
	char line[SIMAPI_WORD_MAX + 1];

	snprintf(line, sizeof(line), "%s\n", speed_class);
	return store_write(area, name, line, 0644);
}

void speedclass_load_wanted(char out[static SIMAPI_WORD_MAX])
{
	read_class(STORE_RUN, WANTED_NAME, out);
	if (out[0] == '\0')
		read_class(STORE_LIB, WANTED_NAME, out);
}

void speedclass_load(struct speedclass *out)
{
	speedclass_load_wanted(out->wanted);
	read_class(STORE_RUN, KNOWN_NAME, out->known);
}

int speedclass_want(const char *speed_class)
{
	char wanted[SIMAPI_WORD_MAX], kept[SIMAPI_WORD_MAX];

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
	if (speed_class[0] == '\0')
		(void)!store_remove(STORE_RUN, KNOWN_NAME);
	else
		(void)!write_class(STORE_RUN, KNOWN_NAME, speed_class);
}

/* Returns the time in the file, 0 when there is none that could be. */
static int64_t read_time(enum store_area area, const char *name)
{
	char text[32];
	int64_t value = 0;

	if (store_read(area, name, text, sizeof(text)) != 0 ||
	    num_parse(text, 1, clock_wall_s(), &value) != 0)
		return 0;
	return value;
}

static void write_now(enum store_area area, const char *name)
{
	char text[32];

	snprintf(text, sizeof(text), "%" PRId64 "\n", clock_wall_s());
	(void)!store_write(area, name, text, 0644);
}

int64_t speedclass_raised_since(bool master)
{
	int64_t since_s = read_time(STORE_LIB, RAISED_NAME);

	if (!master) {
		(void)!store_remove(STORE_LIB, RAISED_NAME);
		return 0;
	}
	if (since_s != 0)
		return since_s;
	write_now(STORE_LIB, RAISED_NAME);
	return clock_wall_s();
}

void speedclass_note_look(void)
{
	write_now(STORE_RUN, LOOKED_NAME);
}

int64_t speedclass_looked_ago_s(void)
{
	int64_t looked_s = read_time(STORE_RUN, LOOKED_NAME);

	return looked_s == 0 ? INT64_MAX : clock_wall_s() - looked_s;
}
