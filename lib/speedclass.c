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

static void read_class(const char *name, char out[static SIMAPI_WORD_MAX])
{
	if (store_read(STORE_LIB, name, out, SIMAPI_WORD_MAX) != 0)
		out[0] = '\0';
}

static int write_class(const char *name, const char *speed_class)
{
	char line[SIMAPI_WORD_MAX + 1];

	snprintf(line, sizeof(line), "%s\n", speed_class);
	return store_write(STORE_LIB, name, line, 0644);
}

void speedclass_load(struct speedclass *out)
{
	read_class(WANTED_NAME, out->wanted);
	read_class(KNOWN_NAME, out->known);
}

int speedclass_want(const char *speed_class)
{
	char wanted[SIMAPI_WORD_MAX];

	read_class(WANTED_NAME, wanted);
	return strcmp(wanted, speed_class) == 0 ? 0 : write_class(WANTED_NAME, speed_class);
}

void speedclass_learn(const char *speed_class)
{
	if (speed_class[0] == '\0')
		(void)!store_remove(STORE_LIB, KNOWN_NAME);
	else
		(void)!write_class(KNOWN_NAME, speed_class);
}

/* Returns the time in the file, 0 when there is none that could be. */
static int64_t read_time(const char *name)
{
	char text[32];
	int64_t value = 0;

	if (store_read(STORE_LIB, name, text, sizeof(text)) != 0 ||
	    num_parse(text, 1, clock_wall_s(), &value) != 0)
		return 0;
	return value;
}

static void write_now(const char *name)
{
	char text[32];

	snprintf(text, sizeof(text), "%" PRId64 "\n", clock_wall_s());
	(void)!store_write(STORE_LIB, name, text, 0644);
}

int64_t speedclass_raised_since(bool master)
{
	int64_t since_s = read_time(RAISED_NAME);

	if (!master) {
		(void)!store_remove(STORE_LIB, RAISED_NAME);
		return 0;
	}
	if (since_s != 0)
		return since_s;
	write_now(RAISED_NAME);
	return clock_wall_s();
}

void speedclass_note_look(void)
{
	write_now(LOOKED_NAME);
}

int64_t speedclass_looked_ago_s(void)
{
	int64_t looked_s = read_time(LOOKED_NAME);

	return looked_s == 0 ? INT64_MAX : clock_wall_s() - looked_s;
}
