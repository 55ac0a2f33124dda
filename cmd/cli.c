#include "cli.h"

#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log.h"
#include "version.h"

static const struct cli_option common[] = {
	{ 'c', "config", "FILE", "configuration, instead of " CONF_DEFAULT_FILE },
	{ 'n', "dry-run", NULL, "say what would be done, and do nothing" },
	{ 'v', "verbose", NULL, "log more" },
	{ 'q', "quiet", NULL, "log errors only" },
	{ 'h', "help", NULL, "print this" },
	{ 'V', "version", NULL, "print the version" },
};
static const struct cli_option json = { 0, "json", NULL, "print JSON" };

/* getopt_long's value for a long option without a letter: beyond every character. */
enum { LONG_ONLY = 256, OPTIONS_MAX = 24 };

/* The program's own options, the common ones, and --json, as one list. */
struct option_list {
	const struct cli_option *items[OPTIONS_MAX];
	size_t count, own; /* `own` of them are the program's, and come first */
};

static void list_options(const struct cli_program *program, struct option_list *list)
{
	list->count = 0;
	for (const struct cli_option *o = program->options; o != NULL && o->name != NULL; o++)
		list->items[list->count++] = o;
	list->own = list->count;
	for (size_t i = 0; i < ARRAY_LEN(common); i++)
		list->items[list->count++] = &common[i];
	if (program->shows)
		list->items[list->count++] = &json;
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

static void print_help(const struct cli_program *program, const struct option_list *list)
{
	printf("usage: %s [options]%s%s\n%s\n", program->name,
	       program->synopsis[0] == '\0' ? "" : " ", program->synopsis, program->about);
	if (program->verbs != NULL) {
		putchar('\n');
		for (const struct cli_verb *verb = program->verbs; verb->form != NULL; verb++)
			printf("  %-24s  %s\n", verb->form, verb->help);
	}
	printf("\nOptions:\n");
	for (size_t i = 0; i < list->count; i++)
		print_option(list->items[i]);
	printf("\nSee %s(8) and fo.conf(5).\n", program->name);
}

int cli_misused(const struct cli_program *program, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	log_err(0, "%s; try %s --help", text, program->name);
	return CLI_USAGE;
}

/* The two forms in which getopt_long wants the options. */
static void to_getopt(const struct option_list *list, char letters[static 2 * OPTIONS_MAX + 2],
		      struct option longs[static OPTIONS_MAX + 1])
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

static size_t index_of(const struct option_list *list, int value)
{
	for (size_t i = 0; i < list->count; i++) {
		if (list->items[i]->letter == value || value == LONG_ONLY + (int)i)
			return i;
	}
	return list->count;
}

static int take_common(const struct cli_program *program, const struct option_list *list,
		       const struct cli_option *option, struct cli *out)
{
	switch (option->letter) {
	case 'c':
		out->config = optarg;
		out->config_given = true;
		break;
	case 'n':
		out->dry_run = true;
		break;
	case 'v':
		out->verbose = true;
		break;
	case 'q':
		out->quiet = true;
		break;
	case 'h':
		print_help(program, list);
		return CLI_YES;
	case 'V':
		printf("%s (failover-helpers) %s\n", program->name, FO_VERSION);
		return CLI_YES;
	default:
		out->json = true;
		break;
	}
	return CLI_GO_ON;
}

/* In a cluster such as -nZq getopt names the letter in optopt, and has not yet moved on to the next
 * word; a long option, unknown or with a value too much, is a word of its own. */
static int refuse_option(const struct cli_program *program, const struct option_list *list,
			 const char *word)
{
	if (optopt > 0 && optopt < LONG_ONLY && index_of(list, optopt) == list->count)
		return cli_misused(program, "unknown option `-%c'", optopt);
	return cli_misused(program, "unknown option `%s'", word);
}

static int parse(const struct cli_program *program, int argc, char *argv[], void *settings,
		 struct cli *out)
{
	struct option_list list;
	char letters[2 * OPTIONS_MAX + 2];
	struct option longs[OPTIONS_MAX + 1];
	int ret = CLI_GO_ON;

	list_options(program, &list);
	to_getopt(&list, letters, longs);
	opterr = 0;
	while (ret == CLI_GO_ON) {
		int value = getopt_long(argc, argv, letters, longs, NULL);
		size_t i = index_of(&list, value);

		if (value == -1)
			break;
		if (value == '?')
			ret = refuse_option(program, &list, argv[optind - 1]);
		else if (value == ':')
			ret = cli_misused(program, "option `%s' needs a value", argv[optind - 1]);
		else if (i < list.own)
			ret = program->take(i, optarg, settings);
		else
			ret = take_common(program, &list, list.items[i], out);
	}
	out->operands = optind;
	return ret;
}

/* A socket or file must not become descriptor 1 or 2 and receive what is printed. What is closed
 * is opened the wrong way round, so that writing goes on to fail. */
static void keep_stdio(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) < 0)
			(void)!open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
	}
}

/* What was printed and not taken must not end in 0. */
static void flush_stdout(void)
{
	if (fflush(stdout) != 0 || ferror(stdout))
		_exit(CLI_CANNOT);
}

int cli_parse(const struct cli_program *program, int argc, char *argv[], void *settings,
	      struct cli *out)
{
	int ret;

	keep_stdio();
	atexit(flush_stdout);
	/* A reader of our messages that goes away ends nothing: an error of write(2) says enough.
	 */
	(void)signal(SIGPIPE, SIG_IGN);
	umask(022); /* keepalived's children have 0177 */
	log_open(program->name, LOG_LEVEL_INFO);
	*out = (struct cli){ .config = CONF_DEFAULT_FILE };
	ret = parse(program, argc, argv, settings, out);
	if (ret != CLI_GO_ON)
		return ret;
	if (out->verbose && out->quiet)
		return cli_misused(program, "-v and -q exclude each other");
	if (out->verbose)
		log_set_level(LOG_LEVEL_DEBUG);
	if (out->quiet)
		log_set_level(LOG_LEVEL_ERROR);
	return CLI_GO_ON;
}

int cli_load(const struct cli *cli, struct conf *conf)
{
	if (conf_load(cli->config, conf) != 0)
		return CLI_CONFIG;
	if (!cli->verbose && !cli->quiet)
		log_set_level(conf->log_level);
	return CLI_GO_ON;
}
