/* cli.h - the command line that all programs share. Edge: arguments, stdout. */
#ifndef FO_CLI_H
#define FO_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "compiler.h"
#include "loader.h"

/* Exit statuses: part of the interface, see EXIT STATUS in every manual page. */
enum cli_exit {
	CLI_YES = 0,	 /* yes, or done */
	CLI_NO = 1,	 /* no, or failed */
	CLI_CANNOT = 2,	 /* could not tell, or could not do it for a reason of this machine */
	CLI_USAGE = 64,	 /* EX_USAGE of sysexits.h */
	CLI_CONFIG = 78, /* EX_CONFIG */
	CLI_GO_ON = -1	 /* of cli_parse: no reason to exit */
};

/* An option, for parsing and for the usage text alike. */
struct cli_option {
	char letter;	  /* 0: a long option only */
	const char *name; /* the long option */
	const char *arg;  /* what its argument is called; NULL: it has none */
	const char *help;
};

/* A verb, or another form of the operands, for the usage text. */
struct cli_verb {
	const char *form; /* such as `set CLASS` */
	const char *help;
};

struct cli_program {
	const char *name;
	const char *synopsis;		  /* what follows [options] */
	const char *about;		  /* one sentence */
	const struct cli_option *options; /* beyond the common ones; ends with a NULL name */
	const struct cli_verb *verbs;	  /* ends with a NULL form; may be NULL */
	bool shows;			  /* has --json */
	/* Takes the option `options[index]`. Returns CLI_GO_ON, or CLI_USAGE after a message.
	 * NULL when there are none. */
	int (*take)(size_t index, const char *arg, void *settings);
};

/* What the common options say. */
struct cli {
	const char *config; /* file name, never NULL */
	bool config_given;  /* by -c */
	bool dry_run, json, verbose, quiet;
	int operands; /* index of the first operand in argv */
};

/* Sets the umask, opens the log, reads the options. Returns CLI_GO_ON and `*out`, or the status
 * to exit with: after --help or --version (0), or a mistake (CLI_USAGE, explained on stderr). */
int cli_parse(const struct cli_program *program, int argc, char *argv[], void *settings,
	      struct cli *out) FO_MUST_CHECK;

/* Loads the configuration and sets the log level. Returns CLI_GO_ON, or CLI_CONFIG, logged. */
int cli_load(const struct cli *cli, struct conf *conf) FO_MUST_CHECK;

/* Says what is wrong with the command line and where help is. Returns CLI_USAGE. */
int cli_misused(const struct cli_program *program, const char *fmt, ...) FO_PRINTF(2, 3);

#endif
