#include "speedclass.h"

#include <stdio.h>
#include <string.h>

#include "store.h"

#define WANTED_NAME "speedclass.wanted"
#define KNOWN_NAME  "speedclass.known"

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
