#include "process_list.h"

#include <stdio.h>
#include <string.h>

#include "num.h"

static const char *const names[] = {
	"keepalived", "fo-watch",  "fo-route", "fo-speedclass",	 "fo-keepalive",    "fo-alert",
	"pppd",	      "dhcpcd",	   "cron",     "NetworkManager", "systemd-network", "dnsmasq",
	"dhcpd",      "kea-dhcp4", "udhcpd",   "pihole-FTL",
};

static bool is_wanted(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (strcmp(names[i], name) == 0)
			return true;
	}
	return false;
}

/* What is handed from name to name of /proc. */
struct search {
	struct machine *machine;
	struct process_list *out;
	char own_net[64]; /* our network namespace; empty: not known */
};

/* A container's keepalived is not this router's. */
static bool is_of_own_net(const struct search *search, const char *pid)
{
	char path[64], net[64];

	snprintf(path, sizeof(path), "/proc/%.16s/ns/net", pid);
	return search->own_net[0] == '\0' ||
	       !machine_read_link(search->machine, path, net, sizeof(net)) ||
	       strcmp(net, search->own_net) == 0;
}

static bool runs_from_deleted(const struct search *search, const char *pid)
{
	static const char end[] = " (deleted)";
	char path[64], file[MACHINE_PATH_MAX];
	size_t len;

	snprintf(path, sizeof(path), "/proc/%.16s/exe", pid);
	if (!machine_read_link(search->machine, path, file, sizeof(file)))
		return false;
	len = strlen(file);
	return len >= sizeof(end) && strcmp(file + len - (sizeof(end) - 1), end) == 0;
}

static void read_command(const struct search *search, const char *pid, struct process *process)
{
	char path[64];
	int len;

	snprintf(path, sizeof(path), "/proc/%.16s/cmdline", pid);
	len = machine_read(search->machine, path, process->command, sizeof(process->command));
	for (int i = 0; i < len; i++) {
		if (process->command[i] == '\0')
			process->command[i] = ' ';
	}
	while (len > 0 && process->command[len - 1] == ' ')
		process->command[--len] = '\0';
}

static void take_name(void *data, const char *pid)
{
	struct search *search = data;
	struct process process = { .pid = 0 };
	char path[64], name[PROCESS_NAME_MAX];
	int64_t number = 0;

	if (num_parse(pid, 1, INT32_MAX, &number) != 0)
		return;
	snprintf(path, sizeof(path), "/proc/%.16s/comm", pid);
	if (machine_read(search->machine, path, name, sizeof(name)) <= 0)
		return;
	name[strcspn(name, "\n")] = '\0';
	if (!is_wanted(name) || !is_of_own_net(search, pid) ||
	    search->out->count == PROCESS_LIST_MAX)
		return;
	process.pid = (int)number;
	snprintf(process.name, sizeof(process.name), "%s", name);
	process.is_old = runs_from_deleted(search, pid);
	read_command(search, pid, &process);
	search->out->items[search->out->count++] = process;
}

void process_list_find(struct machine *machine, struct process_list *out)
{
	struct search search = { .machine = machine, .out = out };

	memset(out, 0, sizeof(*out));
	(void)machine_read_link(machine, "/proc/self/ns/net", search.own_net,
				sizeof(search.own_net));
	out->known = machine_list(machine, "/proc", take_name, &search);
}

static bool has_word(const char *command, const char *word)
{
	size_t len = strlen(word);

	for (const char *p = strstr(command, word); p != NULL; p = strstr(p + 1, word)) {
		if ((p == command || p[-1] == ' ') && (p[len] == ' ' || p[len] == '\0'))
			return true;
	}
	return false;
}

const struct process *process_list_next(const struct process_list *list, const char *name,
					const char *word, const struct process *after)
{
	const struct process *process = after == NULL ? list->items : after + 1;

	for (; process < list->items + list->count; process++) {
		if (strcmp(process->name, name) == 0 &&
		    (word == NULL || has_word(process->command, word)))
			return process;
	}
	return NULL;
}

bool process_list_has(const struct process_list *list, const char *name, const char *word)
{
	return process_list_next(list, name, word, NULL) != NULL;
}
