#include "doctor_sim.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "clock.h"
#include "history.h"
#include "log.h"
#include "machine.h"
#include "meter.h"
#include "session.h"
#include "shell_words.h"
#include "sim_rule.h"
#include "speedclass.h"
#include "split_report.h"
#include "tree.h"
#include "uplink.h"
#include "vrrp_role.h"

/* The profile */

static void check_mode(const struct machine *machine, const char *path, struct findings *out)
{
	char full[MACHINE_NAME_MAX], fix[FINDING_FIX_MAX];
	struct stat st;

	snprintf(full, sizeof(full), "%s%s", machine->root, path);
	if (stat(full, &st) != 0 || (st.st_mode & (S_IRWXG | S_IRWXO)) == 0)
		return;
	snprintf(fix, sizeof(fix), "chmod 600 %s", path);
	findings_add(out, 502, path, fix,
		     "others than root can read or change it, so that it is refused: the speed "
		     "class is never set");
}

/* Where a profile of that name can be, for the root of keepalived's children and of the units. */
static void check_profile(struct machine *machine, const char *name, struct findings *out)
{
	static const char *const folders[] = { "/root/.soracom", "/.soracom" };
	char path[CONF_TEXT_MAX + 32];
	bool any = false;

	for (size_t i = 0; i < ARRAY_LEN(folders) && name[0] != '/'; i++) {
		any = any || machine_has(machine, folders[i]);
		snprintf(path, sizeof(path), "%s/%s.json", folders[i], name);
		if (machine_has(machine, path)) {
			check_mode(machine, path, out);
			return;
		}
	}
	if (name[0] == '/') {
		snprintf(path, sizeof(path), "%s", name);
		any = machine_has(machine, path);
		if (any) {
			check_mode(machine, path, out);
			return;
		}
	} else {
		snprintf(path, sizeof(path), "/root/.soracom/%s.json", name);
	}
	/* A copy of the configuration is mostly one without the credentials. */
	if (any || !machine_is_files(machine))
		findings_add(out, 501, path, "soracom configure --profile keepalived",
			     "there is no profile %s with the credentials of SORACOM's API: the "
			     "speed class is never set",
			     name);
}

/* The command that redials */

static void check_redial(struct machine *machine, const char *command, struct findings *out)
{
	struct shell_words words;

	if (command[0] == '\0' || shell_words_split(command, &words) != NULL ||
	    words.argv[0] == NULL ||
	    (machine_is_files(machine) && !machine_has(machine, "/usr/bin")) ||
	    machine_has_program(machine, words.argv[0]))
		return;
	findings_add(out, 506, words.argv[0], "correct `redial` below [keepalive] in fo.conf",
		     "[keepalive] redial names a program that is not there, or cannot be executed: "
		     "a dead line is not redialled");
}

/* What is known */

static void find_session(struct sim_facts *facts)
{
	struct idle_memory memory;

	facts->kept_ago_s = INT64_MAX;
	if (session_load_run(&memory) != 0)
		return;
	if (memory.run_ms > 0)
		facts->kept_ago_s = (clock_boottime_ms() - memory.run_ms) / 1000;
	facts->dead = memory.dead;
}

static int find_facts(const struct conf *conf, struct speedclass *class, struct sim_facts *facts)
{
	struct uplink uplink;
	struct usage usage;
	enum vrrp_state state;
	int64_t month = 0;
	int ret = vrrp_role_true_state(conf, vrrp_role_reported(), &state);

	if (ret == 0)
		ret = uplink_look(conf, &uplink);
	if (ret != 0)
		return ret;
	facts->line_up = uplink.up && uplink.address;
	facts->master = state == VRRP_MASTER;
	facts->due = speedclass_due(&conf->speedclass, facts->master, split_report_is_split());
	speedclass_load(class);
	facts->known = class->known;
	facts->refused = class->refused;
	facts->looked_ago_s = speedclass_looked_ago_s();
	facts->up_s = history_running_ms() / 1000;
	find_session(facts);
	if (meter_show(conf, &usage, &month) == 0) {
		const struct usage_bytes bytes = usage_of(&usage, month);

		facts->month_bytes = usage_total(&bytes);
	}
	return 0;
}

int doctor_check_sim(const struct doctor_order *order, struct findings *out)
{
	const struct conf *conf = order->conf;
	struct machine machine = { .root = order->root };
	struct sim_facts facts = { .line_up = false };
	struct speedclass class;
	int ret = 0;

	if (!conf->speedclass.present && !conf->keepalive.present)
		return 0;
	if (conf->speedclass.present && conf->speedclass.method == CONF_METHOD_API)
		check_profile(&machine, conf->speedclass.profile, out);
	if (conf->keepalive.present)
		check_redial(&machine, conf->keepalive.redial, out);
	if (machine_is_files(&machine) || conf->router.lan.count == 0)
		return machine.failure;
	ret = find_facts(conf, &class, &facts);
	if (ret == 0)
		sim_rule_check(conf, &facts, out);
	/* That the LAN's interface is missing is a finding of its own. */
	return ret != 0 && ret != -ENODEV ? ret : machine.failure;
}
