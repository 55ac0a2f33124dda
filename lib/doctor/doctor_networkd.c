#include "doctor_networkd.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What there is to look at. */
struct look {
	struct machine *machine;
	struct findings *out;
};

static bool is_no(const char *value)
{
	return strncasecmp(value, "no", 2) == 0 || strncasecmp(value, "false", 5) == 0 ||
	       strcmp(value, "0") == 0 || strcasecmp(value, "off") == 0;
}

/* An interface has the first file, by name, that matches it. */

#define NETWORK_FILES_MAX 64

struct network_list {
	const char *folder;
	size_t count;
	struct {
		char name[64];
		const char *folder;
	} items[NETWORK_FILES_MAX];
};

/* What a file says of the interfaces that it is about. */
struct network_file {
	char match[MACHINE_LINE_MAX]; /* their names, and patterns; empty: none by name */
	char section[32];
	bool gateway, dhcp, dhcp_gateway, unmanaged;
	/* of the section at hand, a [Route]: */
	bool route_gateway, route_to_some;
};

/* A file of the same name in a folder before this one replaces it. */
static void add_network_file(void *data, const char *name)
{
	struct network_list *list = data;

	if (fnmatch("*.network", name, 0) != 0 || list->count == NETWORK_FILES_MAX)
		return;
	for (size_t i = 0; i < list->count; i++) {
		if (strcmp(list->items[i].name, name) == 0)
			return;
	}
	snprintf(list->items[list->count].name, sizeof(list->items[0].name), "%s", name);
	list->items[list->count++].folder = list->folder;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(a, b); /* a name is what an item begins with */
}

static void end_section(struct network_file *file)
{
	file->gateway = file->gateway || (file->route_gateway && !file->route_to_some);
	file->route_gateway = file->route_to_some = false;
}

static bool is_default(const char *destination)
{
	return destination[0] == '\0' || strcmp(destination, "0.0.0.0/0") == 0;
}

static void take_route_line(struct network_file *file, char *line)
{
	const char *value = machine_value_of(line, "Gateway");

	if (value != NULL)
		file->route_gateway = value[0] != '\0';
	value = machine_value_of(line, "Destination");
	if (value != NULL)
		file->route_to_some = !is_default(value);
}

static void take_dhcp_line(struct network_file *file, char *line)
{
	const char *value = machine_value_of(line, "UseGateway");

	if (value == NULL)
		value = machine_value_of(line, "UseRoutes");
	if (value != NULL)
		file->dhcp_gateway = !is_no(value);
}

static void take_network_line(struct network_file *file, char *line)
{
	const char *value = machine_value_of(line, "Gateway");

	if (value != NULL && value[0] != '\0')
		file->gateway = true;
	value = machine_value_of(line, "DHCP");
	if (value != NULL)
		file->dhcp = !is_no(value) && strcmp(value, "ipv6") != 0;
}

/* Several lines are as one. */
static void add_match(struct network_file *file, const char *value)
{
	size_t used = strlen(file->match);

	snprintf(file->match + used, sizeof(file->match) - used, " %s", value);
}

static void read_network_line(void *data, char *line, unsigned number)
{
	struct network_file *file = data;
	const char *value;

	(void)number;
	if (line[0] == '[') {
		end_section(file);
		snprintf(file->section, sizeof(file->section), "%s", line);
	} else if (strcmp(file->section, "[Match]") == 0) {
		value = machine_value_of(line, "Name");
		if (value != NULL)
			add_match(file, value);
	} else if (strcmp(file->section, "[Link]") == 0) {
		value = machine_value_of(line, "Unmanaged");
		file->unmanaged = file->unmanaged || (value != NULL && !is_no(value));
	} else if (strcmp(file->section, "[Network]") == 0) {
		take_network_line(file, line);
	} else if (strcmp(file->section, "[Route]") == 0) {
		take_route_line(file, line);
	} else if (strncmp(file->section, "[DHCP", 5) == 0) {
		take_dhcp_line(file, line);
	}
}

static bool matches(const char *patterns, const char *name)
{
	char text[MACHINE_LINE_MAX];
	char *rest = text, *pattern;
	bool found = false;

	snprintf(text, sizeof(text), "%s", patterns);
	while ((pattern = strsep(&rest, " \t")) != NULL) {
		if (pattern[0] == '!' && fnmatch(pattern + 1, name, 0) == 0)
			return false;
		found = found || fnmatch(pattern, name, 0) == 0;
	}
	return found;
}

/* Reads the file that an interface has, and its path. Returns whether there is one. */
static bool find_network_file(struct look *look, const struct network_list *list, const char *name,
			      char path[static MACHINE_NAME_MAX], struct network_file *out)
{
	for (size_t i = 0; i < list->count; i++) {
		snprintf(path, MACHINE_NAME_MAX, "%s/%s", list->items[i].folder,
			 list->items[i].name);
		*out = (struct network_file){ .dhcp_gateway = true };
		(void)machine_read_lines(look->machine, path, read_network_line, out);
		end_section(out);
		if (matches(out->match, name))
			return !out->unmanaged;
	}
	return false;
}

/* Returns whether networkd manages it. */
static bool check_network(struct look *look, const struct network_list *list, const char *name,
			  bool is_lan)
{
	FO_UNINITIALIZED struct network_file file;
	char path[MACHINE_NAME_MAX], place[FINDING_PLACE_MAX];

	if (!find_network_file(look, list, name, path, &file))
		return false;
	if (!is_lan || (!file.gateway && !(file.dhcp && file.dhcp_gateway)))
		return true;
	finding_place(place, path, 0);
	findings_add(look->out, 321, place,
		     "remove Gateway= and DHCP= there, and give the LAN a fixed Address=\n"
		     "networkctl reload",
		     "systemd-networkd sets a default route over %s, a LAN of this router: it "
		     "fights with the one that the VRRP state wants",
		     name);
	return true;
}

struct networkd_conf {
	bool keeps_routes, keeps_rules; /* that others have made */
	const char *folder;
	struct machine *machine;
};

static void read_networkd_line(void *data, char *line, unsigned number)
{
	struct networkd_conf *conf = data;
	const char *value = machine_value_of(line, "ManageForeignRoutes");

	(void)number;
	if (value != NULL)
		conf->keeps_routes = is_no(value);
	value = machine_value_of(line, "ManageForeignRoutingPolicyRules");
	if (value != NULL)
		conf->keeps_rules = is_no(value);
}

static void read_networkd_file(void *data, const char *name)
{
	struct networkd_conf *conf = data;
	char path[MACHINE_NAME_MAX];

	snprintf(path, sizeof(path), "%s/%s", conf->folder, name);
	if (fnmatch("*.conf", name, 0) == 0)
		(void)machine_read_lines(conf->machine, path, read_networkd_line, conf);
}

static void check_foreign_routes(struct look *look)
{
	struct networkd_conf conf = { .machine = look->machine,
				      .folder = "/etc/systemd/networkd.conf.d" };

	(void)machine_read_lines(look->machine, "/etc/systemd/networkd.conf", read_networkd_line,
				 &conf);
	(void)machine_list(look->machine, conf.folder, read_networkd_file, &conf);
	if (!conf.keeps_routes || !conf.keeps_rules)
		findings_add(look->out, 322, "/etc/systemd/networkd.conf",
			     "mkdir -p /etc/systemd/networkd.conf.d\n"
			     "printf '[Network]\\nManageForeignRoutes=no\\n"
			     "ManageForeignRoutingPolicyRules=no\\n' "
			     ">/etc/systemd/networkd.conf.d/failover-helpers.conf\n"
			     "systemctl restart systemd-networkd",
			     "systemd-networkd removes %s that it has not made itself whenever it "
			     "sets up an interface, and the line's own with them",
			     conf.keeps_routes ? "rules" : "routes and rules");
}

void doctor_check_networkd(struct machine *machine, const struct conf_router *router,
			   struct findings *out)
{
	struct look look = { machine, out };
	static const char *const folders[] = { "/etc/systemd/network", "/run/systemd/network",
					       "/usr/lib/systemd/network" };
	struct network_list list = { .count = 0 };
	bool any;

	for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
		list.folder = folders[i];
		(void)machine_list(machine, folders[i], add_network_file, &list);
	}
	qsort(list.items, list.count, sizeof(list.items[0]), compare_names);
	any = check_network(&look, &list, router->uplink, false);
	for (size_t i = 0; i < router->lan.count; i++)
		any = check_network(&look, &list, router->lan.items[i], true) || any;
	if (any)
		check_foreign_routes(&look);
}
