/* cli.h - the command line that all programs share. Edge: arguments, stdout.
 *
 * A program is a table: verbs, each with what it runs, and options, each with the field that it
 * sets. Complaints come in one order: usage (64), then configuration (78). */
#ifndef FO_CLI_H
#define FO_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "compiler.h"
#include "settings.h"

/* Exit statuses: part of the interface, see EXIT STATUS in every manual page. */
enum cli_exit {
	CLI_YES = 0,	 /* yes, or done */
	CLI_NO = 1,	 /* no, or failed */
	CLI_CANNOT = 2,	 /* could not tell, or could not do it for a reason of this machine */
	CLI_USAGE = 64,	 /* EX_USAGE of sysexits.h */
	CLI_CONFIG = 78, /* EX_CONFIG */
	CLI_GO_ON = -1	 /* no reason to exit */
};

/* How the argument of an option is written, and the type of its field. */
enum cli_type {
	CLI_FLAG,      /* bool; the option has no argument */
	CLI_INTERFACE, /* const char *, the name of an interface */
	CLI_FILE,      /* const char * */
	CLI_NUMBER,    /* int64_t, min..max */
	CLI_TIME       /* int64_t milliseconds, min..max */
};

struct cli_option {
	char letter;	  /* 0: a long option only */
	const char *name; /* the long option */
	const char *arg;  /* what its argument is called; NULL: it has none */
	const char *help;
	enum cli_type type;
	size_t offset; /* of the field in the program's settings */
	int64_t min, max;
	const char *verb; /* goes with this verb only; NULL: with each */
	unsigned traits;  /* goes with verbs that have one of these only; 0: with each */
};

/* What sets a verb apart from others. */
enum cli_trait {
	CLI_PLANS = 1, /* has -n, which prints what would be done, and then --json */
	CLI_SHOWS = 2, /* prints something, so that --json has a meaning */
	CLI_LOADS = 4  /* calls cli_load itself; its `conf` is NULL */
};

struct cli;

struct cli_verb {
	const char *name; /* NULL: what the program does without a verb */
	const char *form; /* in --help, such as `set CLASS`; NULL: not listed there */
	const char *help;
	unsigned traits; /* enum cli_trait */
	/* Takes the operands (those behind the verb), before the configuration is read. Returns
	 * CLI_GO_ON, or the status to exit with, after a message. NULL: there must be none. */
	int (*parse)(const struct cli *cli, int count, char *operands[], void *settings);
	/* Does it. Returns the exit status. */
	int (*run)(const struct cli *cli, const struct conf *conf, void *settings);
};

struct cli_program {
	const char *name;
	const char *synopsis;		  /* what follows [options] */
	const char *about;		  /* one sentence, and the exit statuses */
	const char *example;		  /* a command of its manual page */
	const struct cli_option *options; /* beyond the common ones; ends with no name; or NULL */
	const struct cli_verb *verbs; /* the nameless ones last; ends with one that has no `run` */
	const char *default_verb;     /* where there is no operand; NULL: the nameless one */
	unsigned sections;	      /* of fo.conf that it uses, enum conf_section_bit */
	bool insistent;		      /* complains of a faulty fo.conf each time */
	bool frequent;		      /* may run every second, see struct conf_source */
};

/* The common options. */
struct cli {
	const struct cli_program *program;
	const struct cli_verb *verb;
	const char *config; /* file name, never NULL */
	bool config_given;  /* by -c */
	bool dry_run, json, verbose, quiet, help, version;
};

/* The whole of a main function. `settings` has the defaults. Returns the exit status. */
int cli_main(const struct cli_program *program, int argc, char *argv[], void *settings);

/* Says what is wrong with the command line and where help is. Returns CLI_USAGE. */
int cli_misused(const struct cli *cli, const char *fmt, ...) FO_PRINTF(2, 3);

/* Reads the configuration, and sets the log level. Returns CLI_GO_ON; CLI_CONFIG for a faulty file,
 * CLI_CANNOT for one that cannot be read, both logged. `*out` is filled in every case (conf_load).
 */
int cli_load(const struct cli *cli, struct conf *out) FO_MUST_CHECK;

/* What -n shows: operations, a row each in the table `plan`. */
struct report;

/* Adds one: `kind` such as route, sysctl or echo; what is wanted; what is there, NULL: not known;
 * whether that is the same already. */
void cli_plan_add(struct report *plan, const char *kind, const char *want, const char *have,
		  bool keep);

/* Prints and frees a report. Returns `status`, or CLI_CANNOT, logged, when stdout did not take it.
 */
int cli_print(const struct cli *cli, struct report *report, int status);

#endif
