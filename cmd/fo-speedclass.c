/* fo-speedclass - make the SIM's speed class fit the VRRP state. See fo-speedclass(8). */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "class_worker.h"
#include "cli.h"
#include "history.h"
#include "loader.h"
#include "log.h"
#include "num.h"
#include "report.h"
#include "schema.h"
#include "soracom.h"
#include "speedclass.h"
#include "value.h"
#include "vrrp.h"
#include "vrrp_role.h"

static const struct cli_verb verbs[] = {
	{ "master|backup|fault|stop",
	  "this state was reached: make the class fit what is true now" },
	{ "TYPE NAME STATE PRIORITY", "the same, as keepalived's generic notify says it" },
	{ "sync", "read the class back, and make it as wanted" },
	{ "set CLASS", "make it CLASS, until the next state or sync" },
	{ "get", "print the class that the SIM has" },
	{ "login", "check credentials, SIM and permission; change nothing" },
	{ .form = NULL },
};

struct settings {
	bool if_due;
};

static const struct cli_option options[] = {
	{ 0, "if-due", NULL, "sync: only when it is not as wanted, or was not read for an hour" },
	{ .name = NULL },
};

static int take(size_t index, const char *arg, void *data)
{
	struct settings *set = data;

	(void)index;
	(void)arg;
	set->if_due = true;
	return CLI_GO_ON;
}

static const struct cli_program program = {
	.name = "fo-speedclass",
	.synopsis = "VERB",
	.about = "Make the speed class of the SORACOM SIM fit the VRRP state, and keep at it.\n"
		 "Exit status: 0 done, or left to the fo-speedclass at work; 1 not done;\n"
		 "2 could not for a reason of this machine; 64 usage; 78 configuration.",
	.options = options,
	.verbs = verbs,
	.shows = true,
	.take = take,
};

/* How often the class is read back when all is well: somebody may have changed it by hand. A little
 * less than an hour, for a timer that is never quite on time. */
#define LOOK_EVERY_S 3300

/* A run of one verb. */
struct run {
	const struct cli *cli;
	const struct conf *conf;
	bool if_due;		 /* sync only when it is due */
	struct soracom *soracom; /* for the verbs that ask SORACOM something */
};

static int exit_of(enum soracom_result result)
{
	if (result == SORACOM_DONE)
		return CLI_YES;
	return result == SORACOM_LOCAL ? CLI_CANNOT : CLI_NO;
}

static int open_soracom(struct run *run)
{
	const struct soracom_stop never = { .is_obsolete = NULL };

	return soracom_open(&run->conf->speedclass, &never, &run->soracom) == 0 ? CLI_GO_ON
										: CLI_CANNOT;
}

static int exit_of_errno(int ret)
{
	if (ret == 0)
		return CLI_YES;
	return ret == -ETIMEDOUT || ret == -EPERM ? CLI_NO : CLI_CANNOT;
}

static int print_plan(const char *speed_class)
{
	struct speedclass now;

	speedclass_load(&now);
	printf("%s speed class %s (known: %s)\n",
	       strcmp(now.known, speed_class) == 0 ? "keep" : "set", speed_class,
	       now.known[0] == '\0' ? "nothing" : now.known);
	return CLI_YES;
}

/* A class that cannot be written down (a full disk) is made so all the same, by this process. */
static int converge_to(const struct run *run, const char *speed_class)
{
	bool written;

	if (run->cli->dry_run)
		return print_plan(speed_class);
	written = speedclass_want(speed_class) == 0;
	return exit_of_errno(
		class_worker_run(&run->conf->speedclass, written ? NULL : speed_class, false));
}

/* The class that is due in a state. It stays the raised one no longer than `max-raised`. */
static const char *class_of(const struct run *run, enum vrrp_state state)
{
	const struct conf_speedclass *conf = &run->conf->speedclass;

	if (!run->cli->dry_run)
		speedclass_note_raised(state == VRRP_MASTER && conf->max_raised_ms > 0);
	return speedclass_due(conf, state == VRRP_MASTER);
}

/* Once: when it is wanted for the first time. */
static void tell_cap(const struct run *run, enum vrrp_state state)
{
	const struct conf_speedclass *conf = &run->conf->speedclass;
	char text[NUM_TEXT_MAX], wanted[SIM_CLASS_MAX];

	speedclass_load_wanted(wanted);
	if (state != VRRP_MASTER || !speedclass_is_capped(conf->max_raised_ms) ||
	    strcmp(wanted, conf->backup) == 0)
		return;
	log_warn(0, "master for more than %s: speed class %s, as [speedclass] max-raised wants it",
		 num_format_ms(text, conf->max_raised_ms), conf->backup);
	history_add("fo-speedclass", "speed class %s wanted, by max-raised", conf->backup);
}

/* A state that changes this often while it is written down brings another notification. */
#define LOOKS_MAX 5

/* Writes down the class of the true state, and looks again after that: whoever writes last looks
 * last, so that a slow copy of us with an old message does not win. */
static int want_for_state(const struct run *run, enum vrrp_state reported, const char **speed_class,
			  bool *written)
{
	enum vrrp_state state, again;
	int ret = vrrp_role_true_state(&run->conf->router, reported, &state);

	for (int look = 0; ret == 0 && look < LOOKS_MAX; look++) {
		*speed_class = class_of(run, state);
		if (run->cli->dry_run)
			return 0;
		tell_cap(run, state);
		*written = speedclass_want(*speed_class) == 0;
		ret = vrrp_role_true_state(&run->conf->router, reported, &again);
		if (ret == 0 && class_of(run, again) == *speed_class)
			return 0;
		state = again;
	}
	return ret;
}

static int converge_to_state(const struct run *run, enum vrrp_state reported, bool read_back)
{
	const char *speed_class = NULL;
	bool written = true;

	if (want_for_state(run, reported, &speed_class, &written) != 0)
		return CLI_CANNOT;
	if (run->cli->dry_run)
		return print_plan(speed_class);
	return exit_of_errno(
		class_worker_run(&run->conf->speedclass, written ? NULL : speed_class, read_back));
}

static int set(struct run *run, char *argv[])
{
	const struct conf_key *key = NULL;
	char speed_class[SIM_CLASS_MAX], why[256];

	for (size_t i = 0; i < conf_schema_len && key == NULL; i++)
		key = conf_schema[i].type == CONF_CLASS ? &conf_schema[i] : NULL;
	if (conf_value_parse(key, argv[1], speed_class, why, sizeof(why)) != 0)
		return cli_misused(&program, "`%s' %s", argv[1], why);
	return converge_to(run, speed_class);
}

static int print_class(const struct run *run, const char *speed_class)
{
	struct report *report = report_new();
	struct speedclass now;
	int ret;

	speedclass_load(&now);
	report_text(report, "sim", run->conf->speedclass.sim.id);
	report_text(report, "speed_class", speed_class);
	report_text(report, "wanted", now.wanted);
	ret = report_print(report, run->cli->json);
	report_free(report);
	return ret == 0 ? CLI_YES : CLI_CANNOT;
}

static int get(struct run *run, char *argv[])
{
	char speed_class[SIM_CLASS_MAX];
	int64_t wait_ms = 0;
	enum soracom_result result;
	int ret = open_soracom(run);

	(void)argv;
	if (ret != CLI_GO_ON)
		return ret;
	result = soracom_get_class(run->soracom, speed_class, &wait_ms);
	if (result != SORACOM_DONE)
		return exit_of(result);
	return print_class(run, speed_class);
}

/* Whether there is anything for a timer to do: nothing is sent otherwise. */
static bool is_due(const struct run *run)
{
	enum vrrp_state state;
	struct speedclass now;

	if (vrrp_role_true_state(&run->conf->router, vrrp_role_reported(), &state) != 0)
		return true;
	speedclass_load(&now);
	return strcmp(now.known, class_of(run, state)) != 0 ||
	       speedclass_looked_ago_s() >= LOOK_EVERY_S;
}

static int sync_class(struct run *run, char *argv[])
{
	(void)argv;
	if (run->if_due && !is_due(run)) {
		log_debug("sync is not due");
		return CLI_YES;
	}
	return converge_to_state(run, vrrp_role_reported(), true);
}

/* What a login has shown. A text is NULL where it is not known. */
struct findings {
	const char *login, *speed_class, *permission;
};

static int print_findings(const struct run *run, const struct findings *found, int status)
{
	const struct conf_speedclass *conf = &run->conf->speedclass;
	struct report *report = report_new();
	int ret;

	report_text(report, "profile",
		    conf->method == CONF_METHOD_METADATA ? "not needed" : conf->profile);
	report_text(report, "login", found->login);
	report_text(report, "sim", conf->sim.id);
	report_text(report, "speed_class",
		    found->speed_class != NULL ? found->speed_class : "unknown");
	report_text(report, "permission",
		    found->permission != NULL ? found->permission : "not tried");
	ret = report_print(report, run->cli->json);
	report_free(report);
	return ret == 0 ? status : CLI_CANNOT;
}

static int check_permission(struct run *run)
{
	struct findings found = { .login = "good" };
	char speed_class[SIM_CLASS_MAX];
	enum soracom_result result = SORACOM_DONE;
	int ret = class_worker_try(run->soracom, speed_class, &result);

	if (ret == -EWOULDBLOCK) {
		found.permission = "not tried: another fo-speedclass is at work";
		return print_findings(run, &found, CLI_CANNOT);
	}
	if (ret == -ENODATA) {
		found.permission = "not tried: the present class cannot be read; fo-speedclass "
				   "sync sets the one that is due, and tells";
		return print_findings(run, &found, CLI_CANNOT);
	}
	if (result == SORACOM_DONE) {
		found.speed_class = speed_class;
		found.permission = "good";
	} else if (result == SORACOM_REFUSED) {
		found.permission = "refused";
	}
	ret = ret == -ESTALE ? exit_of_errno(class_worker_run(&run->conf->speedclass, NULL, false))
			     : exit_of(result);
	return print_findings(run, &found, ret);
}

static int login(struct run *run, char *argv[])
{
	struct findings found = { .login = "no answer" };
	enum soracom_result result;
	int ret = open_soracom(run);

	(void)argv;
	if (ret != CLI_GO_ON)
		return ret;
	result = soracom_login(run->soracom);
	if (result == SORACOM_DONE)
		return check_permission(run);
	if (result == SORACOM_LOCAL)
		return CLI_CANNOT;
	if (result == SORACOM_REFUSED)
		found.login = "refused";
	return print_findings(run, &found, CLI_NO);
}

static const struct verb {
	const char *name;
	int words; /* the verb itself included */
	int (*run)(struct run *run, char *argv[]);
	bool asks; /* sends something, so that --dry-run says what instead */
} runs[] = {
	{ "sync", 1, sync_class, false },
	{ "set", 2, set, false },
	{ "get", 1, get, true },
	{ "login", 1, login, true },
};

static const struct verb *find_verb(int argc, char *argv[])
{
	for (size_t i = 0; i < ARRAY_LEN(runs); i++) {
		if (argc == runs[i].words && strcmp(argv[0], runs[i].name) == 0)
			return &runs[i];
	}
	return NULL;
}

static int dispatch(struct run *run, int argc, char *argv[])
{
	const struct verb *verb = find_verb(argc, argv);
	enum vrrp_state reported = VRRP_BACKUP;
	bool is_state = true;

	if (verb == NULL && vrrp_parse_args(argc, argv, &reported, &is_state) != 0)
		return cli_misused(&program, "`%s'%s is not a state or a verb", argv[0],
				   argc > 1 ? " with these operands" : "");
	if (!run->conf->speedclass.present) {
		log_info("%s has no [speedclass]: nothing to do", run->cli->config);
		return CLI_YES;
	}
	if (verb != NULL && verb->asks && run->cli->dry_run) {
		printf("ask SORACOM about SIM %s\n", run->conf->speedclass.sim.id);
		return CLI_YES;
	}
	if (verb != NULL)
		return verb->run(run, argv);
	return is_state ? converge_to_state(run, reported, false) : CLI_YES;
}

/* Credentials pass through this process: no core of it, and no other process of the same user may
 * look into it. */
static void forbid_inspection(void)
{
	const struct rlimit none = { 0, 0 };

	(void)prctl(PR_SET_DUMPABLE, 0);
	(void)setrlimit(RLIMIT_CORE, &none);
}

int main(int argc, char *argv[])
{
	struct conf conf;
	struct cli cli;
	struct settings set = { .if_due = false };
	struct run run = { .cli = &cli, .conf = &conf };
	int ret;

	forbid_inspection();
	ret = cli_parse(&program, argc, argv, &set, &cli);
	if (ret == CLI_GO_ON && argc == cli.operands)
		ret = cli_misused(&program, "say which state was reached, or what to do");
	if (ret == CLI_GO_ON)
		ret = cli_load(&cli, &conf);
	if (ret != CLI_GO_ON)
		return ret;
	run.if_due = set.if_due;
	ret = dispatch(&run, argc - cli.operands, argv + cli.operands);
	soracom_close(run.soracom);
	return ret;
}
