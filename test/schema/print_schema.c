/* print-schema - the schema of fo.conf(5), for test/manual.bats. A row of every key:
 * section, key, type, default or -, required (yes or no), bounds or words or -; by tabs. */
#include <inttypes.h>
#include <stdio.h>

#include "num.h"
#include "schema.h"

static const char *const types[] = {
	[CONF_INTERFACE] = "interface",
	[CONF_INTERFACES] = "interfaces",
	[CONF_ADDR4] = "addr4",
	[CONF_ADDR6] = "addr6",
	[CONF_TARGET] = "target",
	[CONF_ADDRS] = "addrs",
	[CONF_NEXTHOP4] = "hop4",
	[CONF_NEXTHOP6] = "hop6",
	[CONF_NUMBER] = "number",
	[CONF_TIME] = "time",
	[CONF_SHARE] = "share",
	[CONF_SIZE] = "size",
	[CONF_CHOICE] = "choice",
	[CONF_YES_NO] = "yes-no",
	[CONF_SIM] = "sim",
	[CONF_CLASS] = "class",
	[CONF_TEXT] = "text",
	[CONF_COMMAND] = "command",
	[CONF_PATH] = "path",
	[CONF_URL] = "url",
	[CONF_HOOK] = "hook",
	[CONF_EVENTS] = "events",
};

static void print_bounds(const struct conf_key *key)
{
	char low[NUM_TEXT_MAX], top[NUM_TEXT_MAX];

	if (key->type == CONF_TIME)
		printf("%s to %s", num_format_ms(low, key->min), num_format_ms(top, key->max));
	else if (key->type == CONF_SIZE)
		printf("%s to %s", num_format_size(low, key->min), num_format_size(top, key->max));
	else if (key->type == CONF_NUMBER)
		printf("%" PRId64 " to %" PRId64, key->min, key->max);
	else if (key->type == CONF_SHARE)
		printf("%" PRId64 "%% to %" PRId64 "%%", key->min, key->max);
	else if (key->type != CONF_CHOICE)
		printf("-");
	for (size_t i = 0; key->type == CONF_CHOICE && key->choices[i] != NULL; i++)
		printf("%s%s", i == 0 ? "" : " | ", key->choices[i]);
	putchar('\n');
}

int main(void)
{
	for (size_t i = 0; i < conf_schema_len; i++) {
		const struct conf_key *key = &conf_schema[i];
		bool has_default = key->default_text != NULL && key->default_text[0] != '\0';

		printf("%s\t%s\t%s\t%s\t%s\t", key->section, key->name, types[key->type],
		       has_default ? key->default_text : "-", key->required ? "yes" : "no");
		print_bounds(key);
	}
	return 0;
}
