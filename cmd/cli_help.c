#include "cli_help.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static bool takes(const struct cli_verb *verb, const struct cli_option *option)
{
	if (option->traits != 0 && (verb->traits & option->traits) == 0)
		return false;
	return option->verb == NULL ||
	       (verb->name != NULL && strcmp(verb->name, option->verb) == 0);
}

unsigned cli_help_takers(const struct cli_program *program, const struct cli_option *option)
{
	unsigned takers = 0;

	for (size_t i = 0; program->verbs[i].run != NULL; i++)
		takers |= takes(&program->verbs[i], option) ? 1U << i : 0;
	return takers;
}

static void print_option(const struct cli_option *option)
{
	char left[40];
	const char *equals = option->arg != NULL ? " " : "";
	const char *arg = option->arg != NULL ? option->arg : "";

	if (option->letter != 0)
		snprintf(left, sizeof(left), "-%c, --%s%s%s", option->letter, option->name, equals,
			 arg);
	else
		snprintf(left, sizeof(left), "    --%s%s%s", option->name, equals, arg);
	printf("  %-24s  %s\n", left, option->help);
}

/* Of the nameless ones the first is enough: it is what runs. */
static void print_takers(const struct cli_verb *verbs, unsigned takers)
{
	const char *before = "\nOptions of ";

	for (size_t i = 0; verbs[i].run != NULL; i++) {
		if ((takers & 1U << i) != 0) {
			printf("%s%s", before,
			       verbs[i].name != NULL ? verbs[i].name : verbs[i].form);
			before = ", ";
		}
		if (verbs[i].name == NULL)
			break;
	}
	printf(":\n");
}

static void print_options(const struct cli_program *program, const struct cli_options *list)
{
	const unsigned all = cli_help_takers(program, &(struct cli_option){ .name = NULL });
	unsigned last = all;

	printf("\nOptions:\n");
	for (size_t i = 0; i < list->count; i++) {
		if (cli_help_takers(program, list->items[i]) == all)
			print_option(list->items[i]);
	}
	for (size_t i = 0; i < list->count; i++) {
		unsigned takers = cli_help_takers(program, list->items[i]);

		if (takers == all)
			continue;
		if (takers != last)
			print_takers(program->verbs, takers);
		last = takers;
		print_option(list->items[i]);
	}
}

void cli_help_print(const struct cli_program *program, const struct cli_options *list)
{
	printf("usage: %s [options]%s%s\n%s\n", program->name,
	       program->synopsis[0] == '\0' ? "" : " ", program->synopsis, program->about);
	for (const struct cli_verb *verb = program->verbs; verb->run != NULL; verb++) {
		if (verb->form != NULL)
			printf("%s  %-24s  %s\n", verb == program->verbs ? "\n" : "", verb->form,
			       verb->help);
	}
	print_options(program, list);
	printf("\nExample: %s\nSee %s(8) and fo.conf(5).\n", program->example, program->name);
}
