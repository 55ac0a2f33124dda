/* fo-speedclass - make the SIM's speed class match the VRRP state. See fo-speedclass(8). */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "class_due.h"
#include "class_worker.h"
#include "cli.h"
#include "lan_hold.h"
#include "log.h"
#include "meter.h"
#include "notification.h"
#include "num.h"
#include "report.h"
#include "schema.h"
#include "soracom.h"
#include "speedclass.h"
#include "split_report.h"
#include "value.h"
#include "vrrp_role.h"

struct settings {
	bool if_due;
	struct notification notified;
	char speed_class[SIM_CLASS_MAX];
};

/* 1: not now, the next run may do it. 2: a person has to change something: the profile, its user,
 * the SIM, this machine. fo-speedclass.service goes by that. */
static int exit_of(enum soracom_result result)
{
	if (result == SORACOM_DONE)
		return CLI_YES;
	return result == SORACOM_RETRY || result == SORACOM_STOPPED || result == SORACOM_OFFLINE
		       ? CLI_NO
		       : CLI_CANNOT;
}

static int open_soracom(const struct conf *conf, struct soracom **out)
{
	const struct soracom_stop never = { .is_obsolete = NULL };

	return soracom_open(&conf->speedclass, &never, out) == 0 ? CLI_GO_ON : CLI_CANNOT;
}

/* fo-route holds the LAN back until the class is set: it is, or this run could not. A run that has
 * left the work to another one leaves this, too. */
static void release_lan(const struct conf_speedclass *conf, int ret)
{
	char time[NUM_TEXT_MAX];
	struct speedclass now;
	struct lan_hold was;

	if (conf->hold_lan_ms == 0)
		return;
	speedclass_load(&now);
	if ((ret == 0 && strcmp(now.known, now.wanted) != 0) || lan_hold_end(&was) != 0 ||
	    !was.there)
		return;
	if (was.dev[0] != '\0')
		log_info("LAN no longer held back, after %s",
			 num_format_ms(time, was.for_ms - was.left_ms));
	else
		log_info("LAN no longer held back: the time of [speedclass] hold-lan was over "
			 "before");
}

static int work_on(const struct conf *conf, const struct class_order *order)
{
	int ret = class_worker_run(&conf->speedclass, order);

	release_lan(&conf->speedclass, ret);
	if (ret == 0)
		return CLI_YES;
	return ret == -ETIMEDOUT ? CLI_NO : CLI_CANNOT;
}

/* Says so where there is nothing to do. */
static bool has_section(const struct cli *cli, const struct conf *conf)
{
	if (!conf->speedclass.present)
		log_info("%s has no [speedclass]: nothing to do", cli->config);
	return conf->speedclass.present;
}

static int print_plan(const struct cli *cli, const char *speed_class)
{
	struct report *report = report_new();
	struct speedclass now;

	speedclass_load(&now);
	cli_plan_add(report, "speed class", speed_class, now.known[0] == '\0' ? NULL : now.known,
		     strcmp(now.known, speed_class) == 0);
	return cli_print(cli, report, CLI_YES);
}

/* What -n shows of a verb that only asks. */
static int print_request(const struct cli *cli, const struct conf *conf)
{
	struct report *report = report_new();

	cli_plan_add(report, "request", conf->speedclass.sim.id, NULL, false);
	return cli_print(cli, report, CLI_YES);
}

/* The state that was reported, for is_master. */
struct role {
	const struct conf *conf;
	enum vrrp_state reported;
};

static int is_master(void *data, bool *master)
{
	const struct role *role = data;
	enum vrrp_state state;
	int ret;

	/* Without its LAN no router is master, and keepalived says so. */
	if (role->reported != VRRP_MASTER && rtnl_get_index(role->conf->router.lan.items[0]) == 0) {
		*master = false;
		return 0;
	}
	ret = vrrp_role_true_state(role->conf, role->reported, &state);
	if (ret == 0)
		*master = state == VRRP_MASTER;
	return ret;
}

static struct class_due class_due_by(const struct conf *conf, struct role *role)
{
	return (struct class_due){ .conf = &conf->speedclass,
				   .is_master = is_master,
				   .is_split = split_report_is_split,
				   .data = role };
}

/* A class that cannot be written down (a full disk) is set all the same, by this process. */
static int converge_to_state(const struct cli *cli, const struct conf *conf,
			     enum vrrp_state reported, bool read_back)
{
	struct role role = { .conf = conf, .reported = reported };
	const struct class_due due = class_due_by(conf, &role);
	const char *speed_class = NULL;
	bool written = true;
	int ret = cli->dry_run ? class_due_find(&due, &speed_class)
			       : class_due_want(&due, &speed_class, &written);

	if (ret != 0)
		return CLI_CANNOT;
	if (cli->dry_run)
		return print_plan(cli, speed_class);
	return work_on(conf, &(struct class_order){ .speed_class = speed_class,
						    .written = written,
						    .read_back = read_back });
}

static int parse_class(const struct cli *cli, int count, char *operands[], void *settings)
{
	struct settings *set = settings;
	const struct conf_key *key = conf_find_key("speedclass", "master");
	char why[256];

	if (count != 1)
		return cli_misused(cli, "set takes one class, such as `set s1.fast'");
	if (conf_value_parse(key, operands[0], set->speed_class, why, sizeof(why)) != 0)
		return cli_misused(cli, "`%s' %s", operands[0], why);
	return CLI_GO_ON;
}

static int run_set(const struct cli *cli, const struct conf *conf, void *settings)
{
	const struct settings *set = settings;
	struct class_order order = { .speed_class = set->speed_class };

	if (!has_section(cli, conf))
		return CLI_YES;
	if (cli->dry_run)
		return print_plan(cli, set->speed_class);
	order.written = speedclass_want(set->speed_class) == 0;
	return work_on(conf, &order);
}

static int print_class(const struct cli *cli, const struct conf *conf, const char *speed_class)
{
	struct report *report = report_new();
	struct speedclass now;

	speedclass_load(&now);
	report_text(report, "sim", conf->speedclass.sim.id);
	report_text(report, "speed_class", speed_class);
	if (now.wanted[0] != '\0')
		report_text(report, "wanted", now.wanted);
	else
		report_unknown(report, "wanted");
	return cli_print(cli, report, CLI_YES);
}

static int run_get(const struct cli *cli, const struct conf *conf, void *settings)
{
	char speed_class[SIM_CLASS_MAX];
	struct soracom *soracom = NULL;
	enum soracom_result result;
	struct retry_hint hint = { .wait_ms = 0 };

	(void)settings;
	if (!has_section(cli, conf))
		return CLI_YES;
	if (cli->dry_run)
		return print_request(cli, conf);
	if (open_soracom(conf, &soracom) != CLI_GO_ON)
		return CLI_CANNOT;
	result = soracom_get_class(soracom, speed_class, &hint);
	soracom_close(soracom);
	if (result == SORACOM_HIDDEN)
		log_err(0,
			"reading the class needs the permission %s, which the user of profile %s "
			"lacks",
			simapi_permission(&conf->speedclass.sim, false), conf->speedclass.profile);
	return result == SORACOM_DONE ? print_class(cli, conf, speed_class) : exit_of(result);
}

/* Not with a state: fo-route does so then, and nothing may delay the class. */
static void read_meter(const struct conf *conf)
{
	const struct meter_order order = { .conf = conf, .program = "fo-speedclass" };

	(void)meter_read(&order);
}

static int run_sync(const struct cli *cli, const struct conf *conf, void *settings)
{
	const struct settings *set = settings;
	struct role role = { .conf = conf, .reported = vrrp_role_reported() };
	const struct class_due due = class_due_by(conf, &role);

	if (!has_section(cli, conf))
		return CLI_YES;
	if (!cli->dry_run)
		read_meter(conf);
	if (set->if_due && !class_due_is_overdue(&due)) {
		log_debug("sync is not due");
		return CLI_YES;
	}
	return converge_to_state(cli, conf, role.reported, true);
}

/* What a login has shown. A text is NULL where it is not known. */
struct findings {
	const char *names, *login, *speed_class, *permission;
};

static int print_findings(const struct cli *cli, const struct conf_speedclass *conf,
			  const struct findings *found, int status)
{
	struct report *report = report_new();

	report_text(report, "profile",
		    conf->method == CONF_METHOD_METADATA ? "not needed" : conf->profile);
	report_text(report, "names", found->names);
	report_text(report, "login", found->login);
	report_text(report, "sim", conf->sim.id);
	report_text(report, "speed_class",
		    found->speed_class != NULL ? found->speed_class : "unknown");
	report_text(report, "permission",
		    found->permission != NULL ? found->permission : "not tried");
	return cli_print(cli, report, status);
}

/* Whether the class may be set, where the login was good. Returns the exit status. */
static int check_permission(const struct conf *conf, struct soracom *soracom,
			    struct findings *found, char speed_class[static SIM_CLASS_MAX])
{
	enum soracom_result result = SORACOM_DONE;
	int ret = class_worker_try(soracom, speed_class, &result);

	if (ret == -EWOULDBLOCK) {
		found->permission = "not tried: another fo-speedclass is already running";
		return CLI_CANNOT;
	}
	if (ret == -ENODATA) {
		found->permission = "not tried: the present class cannot be read; fo-speedclass "
				    "sync sets the one that is due, and shows";
		return CLI_CANNOT;
	}
	if (result == SORACOM_DONE) {
		found->speed_class = speed_class;
		found->permission = "good";
		speedclass_note_refusal(NULL);
	}
	if (ret == -ESTALE)
		return work_on(conf, &(struct class_order){ .speed_class = "", .written = true });
	if (result != SORACOM_REFUSED)
		return exit_of(result);
	found->permission = "refused";
	speedclass_note_refusal("login");
	return CLI_NO;
}

static int run_login(const struct cli *cli, const struct conf *conf, void *settings)
{
	struct findings found = { .login = "no answer" };
	char speed_class[SIM_CLASS_MAX], server[ADDR_TEXT_MAX];
	struct soracom *soracom = NULL;
	enum soracom_result result;
	int status = CLI_NO;

	(void)settings;
	if (!has_section(cli, conf))
		return CLI_YES;
	if (cli->dry_run)
		return print_request(cli, conf);
	if (open_soracom(conf, &soracom) != CLI_GO_ON)
		return CLI_CANNOT;
	result = soracom_login(soracom);
	if (result == SORACOM_DONE) {
		found.login = "good";
		status = check_permission(conf, soracom, &found, speed_class);
	} else if (result == SORACOM_REFUSED) {
		found.login = "refused";
		speedclass_note_refusal("login");
	}
	found.names = soracom_name_server(soracom, server);
	soracom_close(soracom);
	return result == SORACOM_LOCAL ? CLI_CANNOT
				       : print_findings(cli, &conf->speedclass, &found, status);
}

static int parse_state(const struct cli *cli, int count, char *operands[], void *settings)
{
	struct settings *set = settings;

	return notification_parse(cli, count, operands, &set->notified);
}

static int run_state(const struct cli *cli, const struct conf *conf, void *settings)
{
	const struct settings *set = settings;

	if (!has_section(cli, conf) || !set->notified.is_state)
		return CLI_YES;
	return converge_to_state(cli, conf, set->notified.state, false);
}

static const struct cli_option options[] = {
	{ 0, "if-due", NULL, "only when the class differs, or was not read for an hour",
	  .type = CLI_FLAG, .offset = offsetof(struct settings, if_due), .verb = "sync" },
	{ .name = NULL },
};

static const struct cli_verb verbs[] = {
	{ "sync", "sync", "read the class back, and set the one that is due", CLI_PLANS, NULL,
	  run_sync },
	{ "set", "set CLASS", "set CLASS, until the next state or sync", CLI_PLANS, parse_class,
	  run_set },
	{ "get", "get", "print the class that the SIM has", CLI_PLANS | CLI_SHOWS, NULL, run_get },
	{ "login", "login", "check credentials, SIM and permission; change nothing",
	  CLI_PLANS | CLI_SHOWS, NULL, run_login },
	{ NULL, "master|backup|fault|stop",
	  "this state was reported; set the class of the state that is really true", CLI_PLANS,
	  parse_state, run_state },
	{ NULL, "TYPE NAME STATE PRIORITY", "the same, in keepalived's words (notify)", CLI_PLANS,
	  parse_state, run_state },
	{ .run = NULL },
};

static const struct cli_program program = {
	.name = "fo-speedclass",
	.synopsis = "VERB",
	.about = "Make the speed class of the SORACOM SIM match the VRRP state, retrying until it "
		 "does.\n"
		 "Exit status: 0 done, or left to a running fo-speedclass; 1 not now; 2 refused,\n"
		 "or a reason of this machine; 64 usage; 78 configuration; of login: 1 refused.",
	.example = "fo-speedclass login",
	.options = options,
	.verbs = verbs,
	.sections = CONF_SPEEDCLASS,
};

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
	struct settings set = { .if_due = false };

	forbid_inspection();
	return cli_main(&program, argc, argv, &set);
}
