#include "cli.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli_help.h"
#include "loader.h"
#include "log.h"
#include "nexthop.h"
#include "num.h"
#include "report.h"
#include "version.h"

/* The common options set a struct cli as the others set the program's settings. */
#define COMMON(member) .type = CLI_FLAG, .offset = offsetof(struct cli, member)

static const struct cli_option common[] = {
	{ 'c', "config", "FILE", "configuration, instead of " CONF_DEFAULT_FILE, .type = CLI_FILE,
	  .offset = offsetof(struct cli, config) },
	{ 'v', "verbose", NULL, "log more", COMMON(verbose) },
	{ 'q', "quiet", NULL, "log errors only", COMMON(quiet) },
	{ 'h', "help", NULL, "print this", COMMON(help) },
	{ 'V', "version", NULL, "print the version", COMMON(version) },
};
static const struct cli_option dry_run = { 'n',
					   "dry-run",
					   NULL,
					   "print what would be done, and do nothing",
					   COMMON(dry_run),
					   .traits = CLI_PLANS };
static const struct cli_option json = {
	0, "json", NULL, "print JSON", COMMON(json), .traits = CLI_PLANS | CLI_SHOWS
};

/* getopt_long's value for a long option without a letter: beyond every character. */
enum { LONG_ONLY = 256 };

static void list_option(struct cli_options *list, const struct cli_option *option)
{
	if (list->count < CLI_OPTIONS_MAX)
		list->items[list->count++] = option;
}

static void list_options(const struct cli_program *program, struct cli_options *list)
{
	list->count = 0;
	for (const struct cli_option *o = program->options; o != NULL && o->name != NULL; o++)
		list_option(list, o);
	list->own = list->count;
	if (cli_help_takers(program, &dry_run) != 0)
		list_option(list, &dry_run);
	if (cli_help_takers(program, &json) != 0)
		list_option(list, &json);
	for (size_t i = 0; i < ARRAY_LEN(common); i++)
		list_option(list, &common[i]);
}

int cli_misused(const struct cli *cli, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	log_err(0, "%s; try %s --help", text, cli->program->name);
	return CLI_USAGE;
}

/* The two forms in which getopt_long wants the options. */
static void to_getopt(const struct cli_options *list, char letters[static 2 * CLI_OPTIONS_MAX + 2],
		      struct option longs[static CLI_OPTIONS_MAX + 1])
{
	char *end = letters;

	*end++ = ':'; /* tell a missing argument from an unknown option */
	for (size_t i = 0; i < list->count; i++) {
		const struct cli_option *option = list->items[i];

		longs[i] = (struct option){ .name = option->name,
					    .has_arg = option->arg != NULL,
					    .val = option->letter != 0 ? option->letter
								       : LONG_ONLY + (int)i };
		if (option->letter == 0)
			continue;
		*end++ = option->letter;
		if (option->arg != NULL)
			*end++ = ':';
	}
	*end = '\0';
	longs[list->count] = (struct option){ .name = NULL };
}

static size_t index_of(const struct cli_options *list, int value)
{
	for (size_t i = 0; i < list->count; i++) {
		if (list->items[i]->letter == value || value == LONG_ONLY + (int)i)
			return i;
	}
	return list->count;
}

/* Reads `arg` into the field of an option. Returns CLI_GO_ON or CLI_USAGE. */
static int set_option(const struct cli *cli, const struct cli_option *option, const char *arg,
		      void *base)
{
	void *field = (char *)base + option->offset;
	char low[NUM_TEXT_MAX], top[NUM_TEXT_MAX];

	switch (option->type) {
	case CLI_FLAG:
		memcpy(field, &(bool){ true }, sizeof(bool));
		return CLI_GO_ON;
	case CLI_INTERFACE:
		if (!nexthop_valid_dev(arg))
			return cli_misused(cli, "--%s: `%s' is not the name of an interface",
					   option->name, arg);
		memcpy(field, &arg, sizeof(arg));
		return CLI_GO_ON;
	case CLI_FILE:
		memcpy(field, &arg, sizeof(arg));
		return CLI_GO_ON;
	case CLI_NUMBER:
		if (num_parse(arg, option->min, option->max, field) == 0)
			return CLI_GO_ON;
		return cli_misused(cli, "--%s: `%s' is not a number from %" PRId64 " to %" PRId64,
				   option->name, arg, option->min, option->max);
	case CLI_TIME:
		if (num_parse_ms(arg, option->min, option->max, field) == 0)
			return CLI_GO_ON;
		return cli_misused(cli, "--%s: `%s' is not a time from %s to %s", option->name, arg,
				   num_format_ms(low, option->min),
				   num_format_ms(top, option->max));
	}
	return CLI_GO_ON;
}

/* In a cluster such as -nZq getopt names the letter in optopt, and has not yet moved on to the next
 * word; a long option, unknown or with a value too much, is a word of its own. */
static int refuse_option(const struct cli *cli, const struct cli_options *list, const char *word)
{
	if (optopt > 0 && optopt < LONG_ONLY && index_of(list, optopt) == list->count)
		return cli_misused(cli, "unknown option `-%c'", optopt);
	return cli_misused(cli, "unknown option `%s'", word);
}

/* `given` has a bit for each of the program's own options that is there. */
static int parse_options(struct cli *cli, const struct cli_options *list, int argc, char *argv[],
			 void *settings, unsigned *given)
{
	char letters[2 * CLI_OPTIONS_MAX + 2];
	struct option longs[CLI_OPTIONS_MAX + 1];
	int ret = CLI_GO_ON;

	to_getopt(list, letters, longs);
	opterr = 0;
	while (ret == CLI_GO_ON && !cli->help && !cli->version) {
		int value = getopt_long(argc, argv, letters, longs, NULL);
		size_t i = index_of(list, value);

		if (value == -1)
			break;
		if (value == '?')
			ret = refuse_option(cli, list, argv[optind - 1]);
		else if (value == ':')
			ret = cli_misused(cli, "option `%s' needs a value", argv[optind - 1]);
		else
			ret = set_option(cli, list->items[i], optarg,
					 i < list->own ? settings : cli);
		*given |= i < list->own ? 1U << i : 0;
	}
	return ret;
}

static const struct cli_verb *find_verb(const struct cli_program *program, const char *word)
{
	for (const struct cli_verb *verb = program->verbs; verb->run != NULL; verb++) {
		if (verb->name == NULL || (word != NULL && strcmp(word, verb->name) == 0))
			return verb;
	}
	return NULL;
}

/* Finds the verb and lets it take its operands. */
static int parse_verb(struct cli *cli, int count, char *operands[], void *settings)
{
	const char *word = count > 0 ? operands[0] : cli->program->default_verb;

	cli->verb = find_verb(cli->program, word);
	if (cli->verb == NULL && word == NULL)
		return cli_misused(cli, "a verb is missing");
	if (cli->verb == NULL)
		return cli_misused(cli, "`%s' is not a verb", word);
	if (cli->verb->name != NULL && count > 0) {
		operands++;
		count--;
	}
	if (cli->verb->parse != NULL)
		return cli->verb->parse(cli, count, operands, settings);
	if (count > 0)
		return cli_misused(cli, "`%s': %s takes no operands", operands[0],
				   cli->verb->name != NULL ? cli->verb->name : cli->program->name);
	return CLI_GO_ON;
}

/* An option that would do nothing is a misunderstanding. */
static int check_options(const struct cli *cli, unsigned given)
{
	const struct cli_option *options = cli->program->options;
	unsigned traits = cli->verb->traits;

	for (size_t i = 0; options != NULL && options[i].name != NULL; i++) {
		const char *verb = options[i].verb;

		if ((given & 1U << i) != 0 && verb != NULL &&
		    (cli->verb->name == NULL || strcmp(verb, cli->verb->name) != 0))
			return cli_misused(cli, "--%s goes with %s only", options[i].name, verb);
	}
	if (cli->dry_run && (traits & CLI_PLANS) == 0)
		return cli_misused(cli, "--dry-run: there is no plan of %s to print",
				   cli->verb->name != NULL ? cli->verb->name : cli->program->name);
	if (cli->json && (traits & CLI_SHOWS) == 0 && !cli->dry_run)
		return cli_misused(cli,
				   "--json: there is nothing to print; it goes with --dry-run");
	if (cli->verbose && cli->quiet)
		return cli_misused(cli, "--verbose and --quiet exclude each other");
	return CLI_GO_ON;
}

/* A socket or file must not become descriptor 1 or 2 and receive what is printed. What is closed
 * is opened the wrong way round, so that writing goes on to fail. */
static void keep_stdio(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) < 0 &&
		    open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
			_exit(CLI_CANNOT);
	}
}

/* What was printed and not taken must not end in 0. */
static void flush_stdout(void)
{
	if (report_flush() != 0)
		_exit(CLI_CANNOT);
}

/* Before anything else: what a caller such as keepalived may have left us in. */
static void prepare_process(const char *name)
{
	keep_stdio();
	atexit(flush_stdout);
	/* A reader of our messages that goes away ends nothing: an error of write(2) is enough.
	 */
	(void)signal(SIGPIPE, SIG_IGN);
	umask(022); /* keepalived's children have 0177 */
	log_open(name, LOG_LEVEL_INFO);
}

static int parse(struct cli *cli, int argc, char *argv[], void *settings)
{
	struct cli_options list;
	unsigned given = 0;
	int ret;

	list_options(cli->program, &list);
	ret = parse_options(cli, &list, argc, argv, settings, &given);
	if (ret == CLI_GO_ON && cli->help) {
		cli_help_print(cli->program, &list);
		return CLI_YES;
	}
	if (ret == CLI_GO_ON && cli->version) {
		printf("%s (failover-helpers) %s\n", cli->program->name, FO_VERSION);
		return CLI_YES;
	}
	if (ret == CLI_GO_ON)
		ret = parse_verb(cli, argc - optind, argv + optind, settings);
	return ret == CLI_GO_ON ? check_options(cli, given) : ret;
}

int cli_load(const struct cli *cli, struct conf *out)
{
	const struct conf_source source = { .path = cli->config,
					    .program = cli->program->name,
					    .sections = cli->program->sections,
					    .insistent = cli->program->insistent,
					    .frequent = cli->program->frequent };
	int ret = conf_load(&source, out);

	if (ret != 0)
		return ret == -EINVAL ? CLI_CONFIG : CLI_CANNOT;
	if (!cli->verbose && !cli->quiet)
		log_set_level(out->log_level);
	return CLI_GO_ON;
}

int cli_main(const struct cli_program *program, int argc, char *argv[], void *settings)
{
	struct cli cli = { .program = program };
	struct conf conf;
	int ret;

	prepare_process(program->name);
	ret = parse(&cli, argc, argv, settings);
	if (ret != CLI_GO_ON)
		return ret;
	cli.config_given = cli.config != NULL;
	if (!cli.config_given)
		cli.config = CONF_DEFAULT_FILE;
	if (cli.verbose)
		log_set_level(LOG_LEVEL_DEBUG);
	if (cli.quiet)
		log_set_level(LOG_LEVEL_ERROR);
	if ((cli.verb->traits & CLI_LOADS) != 0)
		return cli.verb->run(&cli, NULL, settings);
	ret = cli_load(&cli, &conf);
	return ret == CLI_GO_ON ? cli.verb->run(&cli, &conf, settings) : ret;
}

void cli_plan_add(struct report *plan, const char *kind, const char *want, const char *have,
		  bool keep)
{
	report_row(plan, "plan");
	report_text(plan, "action", keep ? "keep" : "make");
	report_text(plan, "kind", kind);
	report_text(plan, "want", want);
	if (have != NULL)
		report_text(plan, "have", have);
	else
		report_unknown(plan, "have");
	report_end_row(plan);
}

int cli_print(const struct cli *cli, struct report *report, int status)
{
	int ret = report_print(report, cli->json);

	report_free(report);
	return ret == 0 ? status : CLI_CANNOT;
}
