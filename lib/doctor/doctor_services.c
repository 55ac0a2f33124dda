#include "doctor_services.h"

#include <stdio.h>
#include <string.h>

#include "machine.h"
#include "process_list.h"

#define SYSTEMD_RUNS "/run/systemd/system"

/* What there is to look at. */
struct look {
	const struct doctor_order *order;
	struct machine machine;
	struct process_list processes;
	bool systemd; /* started this router */
	struct findings *out;
};

/* Whether systemd starts a unit: a link to it in a folder of wants or requires */

struct unit_search {
	struct machine *machine;
	const char *folder, *unit;
	bool found;
};

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text), end_len = strlen(end);

	return len >= end_len && strcmp(text + len - end_len, end) == 0;
}

static void search_folder(void *data, const char *name)
{
	struct unit_search *search = data;
	char path[MACHINE_NAME_MAX];

	if (search->found || (!ends_with(name, ".wants") && !ends_with(name, ".requires")))
		return;
	snprintf(path, sizeof(path), "%s/%s/%s", search->folder, name, search->unit);
	search->found = machine_has(search->machine, path);
}

static bool is_enabled(struct look *look, const char *unit)
{
	static const char *const folders[] = { "/etc/systemd/system", "/run/systemd/system",
					       "/usr/lib/systemd/system" };
	struct unit_search search = { .machine = &look->machine, .unit = unit };

	for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
		search.folder = folders[i];
		(void)machine_list(&look->machine, folders[i], search_folder, &search);
	}
	return search.found;
}

static void need_enabled(struct look *look, unsigned code, const char *unit, const char *reason)
{
	char place[64], fix[128];

	if (!look->systemd || is_enabled(look, unit))
		return;
	snprintf(place, sizeof(place), "%s", unit);
	snprintf(fix, sizeof(fix), "systemctl enable --now %s", unit);
	findings_add(look->out, code, place, fix, "systemd does not start %s at boot: %s", unit,
		     reason);
}

static const char *start_command(const struct look *look, const char *service, char buf[static 128])
{
	snprintf(buf, 128, look->systemd ? "systemctl enable --now %s" : "service %s start",
		 service);
	return buf;
}

/* keepalived */

struct unit_facts {
	bool restarts, unlimited;
};

static void read_unit_line(void *data, char *line, unsigned number)
{
	struct unit_facts *facts = data;

	(void)number;
	if (strncmp(line, "Restart=", 8) == 0)
		facts->restarts = line[8] != '\0' && strcmp(line + 8, "no") != 0;
	else if (strncmp(line, "StartLimitIntervalSec=", 22) == 0 ||
		 strncmp(line, "StartLimitInterval=", 19) == 0)
		facts->unlimited = line[strcspn(line, "=") + 1] == '0';
}

struct drop_ins {
	struct machine *machine;
	struct unit_facts *facts;
};

static void read_drop_in(void *data, const char *name)
{
	struct drop_ins *drop_ins = data;
	char path[MACHINE_NAME_MAX];

	snprintf(path, sizeof(path), "/etc/systemd/system/keepalived.service.d/%s", name);
	if (ends_with(name, ".conf"))
		(void)machine_read_lines(drop_ins->machine, path, read_unit_line, drop_ins->facts);
}

static void check_unit_of_keepalived(struct look *look)
{
	static const char *const places[] = { "/etc/systemd/system/keepalived.service",
					      "/usr/lib/systemd/system/keepalived.service",
					      "/lib/systemd/system/keepalived.service" };
	struct unit_facts facts = { .restarts = false };
	struct drop_ins drop_ins = { &look->machine, &facts };
	bool found = false;

	for (size_t i = 0; i < ARRAY_LEN(places) && !found; i++)
		found = machine_read_lines(&look->machine, places[i], read_unit_line, &facts);
	(void)machine_list(&look->machine, "/etc/systemd/system/keepalived.service.d", read_drop_in,
			   &drop_ins);
	if (found && (!facts.restarts || !facts.unlimited))
		findings_add(look->out, 303, "keepalived.service",
			     "systemctl edit keepalived, and write:\n[Unit]\n"
			     "StartLimitIntervalSec=0\n[Service]\nRestart=always\nRestartSec=1s",
			     "%s: keepalived then stays away until a person starts it, and this "
			     "router can no longer take over",
			     facts.restarts ? "systemd gives up after a few failed starts, such as "
					      "at a boot in which the LAN comes late"
					    : "systemd does not start keepalived again after a "
					      "crash or a failed start");
}

static void check_keepalived(struct look *look)
{
	char fix[128];

	if (!machine_has(&look->machine, look->order->keepalived_conf))
		return;
	if (look->processes.known && !process_list_has(&look->processes, "keepalived", NULL))
		findings_add(look->out, 301, "keepalived", start_command(look, "keepalived", fix),
			     "no keepalived is running: this router never takes the VRRP address, "
			     "and gives none up");
	need_enabled(look, 302, "keepalived.service",
		     "after a power cut this router takes no part "
		     "in VRRP");
	if (look->systemd)
		check_unit_of_keepalived(look);
}

/* The residents */

static bool keepalived_follows(struct look *look, const char *track_file)
{
	return track_file[0] != '\0' &&
	       machine_file_has(&look->machine, look->order->keepalived_conf, track_file, NULL);
}

static void check_watcher(struct look *look)
{
	const struct conf *conf = look->order->conf;
	const bool check = conf->check.present && keepalived_follows(look, conf->check.track_file);
	const bool keepalive =
		conf->keepalive.present && keepalived_follows(look, conf->keepalive.track_file);
	char fix[128];

	if (!check && !keepalive)
		return;
	if (look->processes.known && !process_list_has(&look->processes, "fo-watch", NULL))
		findings_add(look->out, 304, "fo-watch", start_command(look, "fo-watch", fix),
			     "keepalived.conf follows %s, and no fo-watch is running to write it: "
			     "a dead line is noticed late or never",
			     check ? conf->check.track_file : conf->keepalive.track_file);
	need_enabled(look, 306, "fo-watch.service",
		     "after a boot nothing judges the line without a pause");
}

static void check_resident(struct look *look)
{
	char fix[128];

	if (!look->order->conf->route.present)
		return;
	if (look->processes.known && !process_list_has(&look->processes, "fo-route", "watch"))
		findings_add(
			look->out, 305, "fo-route watch", start_command(look, "fo-route", fix),
			"fo-route watch is not running: what a DHCP client or a person changes "
			"in the routes stays so, and a second master is not noticed");
	need_enabled(look, 306, "fo-route.service",
		     "after a boot nothing puts right what others change in the routes");
}

static void check_upgrade(struct look *look)
{
	static const char *const ours[] = { "fo-watch",	     "fo-route", "fo-keepalive",
					    "fo-speedclass", "fo-alert", "keepalived" };

	for (size_t i = 0; i < look->processes.count; i++) {
		const struct process *process = &look->processes.items[i];
		char place[64], fix[64];

		for (size_t j = 0; j < ARRAY_LEN(ours) && process->is_old; j++) {
			if (strcmp(ours[j], process->name) != 0)
				continue;
			snprintf(place, sizeof(place), "%s", process->name);
			snprintf(fix, sizeof(fix), "systemctl restart %s", process->name);
			findings_add(look->out, 309, place, fix,
				     "process %d runs from a file that was replaced since: it is "
				     "the version of before the upgrade",
				     process->pid);
		}
	}
}

/* Timers and cron */

struct cron_search {
	struct look *look;
	const char *command;
	bool any, beside_systemd; /* a line runs it; and does so where systemd runs, too */
};

static void search_cron_file(void *data, const char *name)
{
	struct cron_search *search = data;
	struct machine *machine = &search->look->machine;
	char path[MACHINE_NAME_MAX];

	snprintf(path, sizeof(path), "/etc/cron.d/%s", name);
	search->any = search->any || machine_file_has(machine, path, search->command, NULL);
	search->beside_systemd = search->beside_systemd ||
				 machine_file_has(machine, path, search->command, SYSTEMD_RUNS);
}

static void search_crontab(struct cron_search *search, const char *path)
{
	struct machine *machine = &search->look->machine;

	if (!machine_file_has(machine, path, search->command, NULL))
		return;
	search->any = true;
	search->beside_systemd = machine_file_has(machine, path, search->command, SYSTEMD_RUNS);
}

/* `sample` is the file with the line for cron. */
static void check_timer(struct look *look, const char *command, const char *timer,
			const char *sample, const char *reason)
{
	struct cron_search cron = { .look = look, .command = command };
	const bool timed = look->systemd && is_enabled(look, timer);
	char fix[128];

	search_crontab(&cron, "/etc/crontab");
	search_crontab(&cron, "/var/spool/cron/crontabs/root");
	(void)machine_list(&look->machine, "/etc/cron.d", search_cron_file, &cron);
	if (timed && cron.beside_systemd)
		findings_add(look->out, 308, command, "remove the line in the crontab",
			     "%s is enabled, and cron runs %s as well: each run comes twice", timer,
			     command);
	if (timed || (look->systemd ? cron.beside_systemd : cron.any))
		return;
	if (look->systemd)
		snprintf(fix, sizeof(fix), "systemctl enable --now %s", timer);
	else if (process_list_has(&look->processes, "cron", NULL))
		snprintf(fix, sizeof(fix),
			 "cp /usr/share/doc/failover-helpers/examples/cron.d/%s /etc/cron.d/",
			 sample);
	else
		return; /* neither of them is there, and what else there is we do not know */
	findings_add(look->out, 307, command, fix, "neither a timer nor cron runs it: %s", reason);
}

int doctor_check_services(const struct doctor_order *order, struct findings *out)
{
	struct look look = { .order = order, .machine = { .root = order->root }, .out = out };

	process_list_find(&look.machine, &look.processes);
	look.systemd = machine_has(&look.machine, SYSTEMD_RUNS);
	check_keepalived(&look);
	check_watcher(&look);
	check_resident(&look);
	check_upgrade(&look);
	if (order->conf->keepalive.present)
		check_timer(&look, "fo-keepalive", "fo-keepalive.timer", "fo-keepalive",
			    "the carrier cuts an idle session, and nobody notices");
	if (order->conf->speedclass.present)
		check_timer(&look, "fo-speedclass", "fo-speedclass.timer", "fo-keepalive",
			    "a class that could not be set at once is never set");
	if (order->conf->alert.command[0] != '\0' || order->conf->alert.url[0] != '\0')
		check_timer(&look, "fo-alert", "fo-alert.timer", "fo-alert",
			    "nobody is told what [alert] says");
	return look.machine.failure;
}
