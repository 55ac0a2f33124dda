/* cli_help.h - what --help prints, and which option goes with which verb. Edge: stdout.
 *
 * The completion of the shells reads it, see completion/. */
#ifndef FO_CLI_HELP_H
#define FO_CLI_HELP_H

#include <stddef.h>

#include "cli.h"

enum { CLI_OPTIONS_MAX = 24 };

/* The program's own options and the common ones, as one list. */
struct cli_options {
	const struct cli_option *items[CLI_OPTIONS_MAX];
	size_t count, own; /* `own` of them are the program's, and come first */
};

/* The verbs that an option goes with: a bit for each, in their order. */
unsigned cli_help_takers(const struct cli_program *program, const struct cli_option *option);

/* Prints it: first the options that go with each verb, then the others under the names of theirs.
 */
void cli_help_print(const struct cli_program *program, const struct cli_options *list);

#endif
