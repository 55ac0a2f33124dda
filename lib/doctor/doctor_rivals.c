#include "doctor_rivals.h"

#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

#include "doctor_networkd.h"
#include "machine.h"
#include "process_list.h"
#include "rtnl.h"

/* What there is to look at. */
struct look {
	const struct conf_router *router;
	bool learns_gateway; /* `master = dhcp dev ...`: a DHCP client has the uplink */
	struct machine machine;
	struct process_list processes;
	struct findings *out;
};

static bool is_lan(const struct conf_router *router, const char *name)
{
	for (size_t i = 0; i < router->lan.count; i++) {
		if (strcmp(router->lan.items[i], name) == 0)
			return true;
	}
	return false;
}

/* NetworkManager writes down for each interface whether it manages it. */

static void read_managed(void *data, char *line, unsigned number)
{
	bool *managed = data;
	const char *value = machine_value_of(line, "managed");

	(void)number;
	if (value != NULL)
		*managed = strcmp(value, "true") == 0;
}

static void check_network_manager_for(struct look *look, const char *name)
{
	char path[64], fix[FINDING_FIX_MAX];
	bool managed = false;
	int index = rtnl_get_index(name);

	snprintf(path, sizeof(path), "/run/NetworkManager/devices/%d", index);
	if (index == 0 || !machine_read_lines(&look->machine, path, read_managed, &managed) ||
	    !managed)
		return;
	/* On many machines nobody else gives it its address. */
	snprintf(fix, sizeof(fix),
		 "first give %s its address elsewhere, as /etc/network/interfaces or "
		 "systemd-networkd do at each boot: without, it has none after this\n"
		 "printf '[keyfile]\\nunmanaged-devices+=interface-name:%s\\n' "
		 ">/etc/NetworkManager/conf.d/fo-%s.conf\nsystemctl reload NetworkManager",
		 name, name, name);
	findings_add(look->out, 320, name, fix,
		     "NetworkManager manages %s: it sets addresses and default routes of its own "
		     "whenever it sees a reason",
		     name);
}

static void check_network_manager(struct look *look)
{
	if (!process_list_has(&look->processes, "NetworkManager", NULL))
		return;
	for (size_t i = 0; i < look->router->lan.count; i++)
		check_network_manager_for(look, look->router->lan.items[i]);
	/* Who is to learn the gateway from it needs it there. */
	if (!look->learns_gateway)
		check_network_manager_for(look, look->router->uplink);
}

/* dhcpcd takes every interface unless told otherwise. */

struct dhcpcd_conf {
	const char *lan;
	bool leaves_alone; /* the LAN, or its routes */
	bool in_block;	   /* of an interface: of the LAN, or of another */
	bool of_lan;
};

static void read_dhcpcd_line(void *data, char *line, unsigned number)
{
	struct dhcpcd_conf *conf = data;
	char *rest = line, *word, *pattern;

	(void)number;
	machine_cut_comment(line, "#");
	word = machine_next_word(&rest);
	if (word == NULL)
		return;
	if (strcmp(word, "interface") == 0) {
		pattern = machine_next_word(&rest);
		conf->in_block = true;
		conf->of_lan = pattern != NULL && fnmatch(pattern, conf->lan, 0) == 0;
	} else if (strcmp(word, "nogateway") == 0 && (!conf->in_block || conf->of_lan)) {
		conf->leaves_alone = true;
	} else if (strcmp(word, "denyinterfaces") == 0 || strcmp(word, "allowinterfaces") == 0) {
		bool named = false;

		while ((pattern = strsep(&rest, " \t,")) != NULL)
			named = named || fnmatch(pattern, conf->lan, 0) == 0;
		conf->leaves_alone = conf->leaves_alone || named == (word[0] == 'd');
	}
}

/* Whether a word of the command is that interface; NULL: any that is there. */
static bool names_interface(const char *command, const char *name)
{
	char text[sizeof(((struct process *)NULL)->command)];
	char *rest = text, *word;

	snprintf(text, sizeof(text), "%s", command);
	while ((word = strsep(&rest, " ")) != NULL) {
		if (name != NULL ? strcmp(word, name) == 0 : rtnl_get_index(word) != 0)
			return true;
	}
	return false;
}

/* Whether one runs that takes every interface, or the LAN: others were started for an interface,
 * which their command names. */
static bool has_dhcpcd_for(const struct look *look, const char *lan)
{
	const struct process *process = NULL;
	bool elsewhere = false, any = false;

	while ((process = process_list_next(&look->processes, "dhcpcd", NULL, process)) != NULL) {
		any = true;
		if (names_interface(process->command, lan) ||
		    strstr(process->command, "[manager]") != NULL ||
		    strstr(process->command, "[master]") != NULL)
			return true;
		elsewhere = elsewhere || names_interface(process->command, NULL);
	}
	return any && !elsewhere;
}

static void check_dhcpcd(struct look *look)
{
	struct dhcpcd_conf conf = { .lan = look->router->lan.items[0] };

	if (!has_dhcpcd_for(look, conf.lan) ||
	    !machine_read_lines(&look->machine, "/etc/dhcpcd.conf", read_dhcpcd_line, &conf) ||
	    conf.leaves_alone)
		return;
	findings_add(look->out, 323, "/etc/dhcpcd.conf",
		     "write `nogateway` below `interface` and the LAN's name in /etc/dhcpcd.conf\n"
		     "systemctl restart dhcpcd",
		     "dhcpcd manages %s, a LAN of this router: it may set a default route over it",
		     conf.lan);
}

/* ifupdown */

struct interfaces_file {
	struct look *look;
	char path[MACHINE_NAME_MAX];
	char lan[IFNAMSIZ]; /* of the paragraph; empty: of none */
};

static void read_interfaces_line(void *data, char *line, unsigned number)
{
	struct interfaces_file *file = data;
	char *rest = line, *word, *name, *family, place[FINDING_PLACE_MAX];

	machine_cut_comment(line, "#");
	word = machine_next_word(&rest);
	if (word == NULL)
		return;
	if (strcmp(word, "iface") == 0) {
		name = machine_next_word(&rest);
		family = machine_next_word(&rest);
		file->lan[0] = '\0';
		if (name != NULL && family != NULL && strcmp(family, "inet") == 0 &&
		    is_lan(file->look->router, name))
			snprintf(file->lan, sizeof(file->lan), "%s", name);
	} else if (strcmp(word, "gateway") == 0 && file->lan[0] != '\0') {
		finding_place(place, file->path, number);
		findings_add(file->look->out, 324, place,
			     "remove the line: fo-route sets the default route",
			     "`gateway` makes a default route over %s, a LAN of this router, at "
			     "boot and with each ifup: it fights with the one that the VRRP state "
			     "wants",
			     file->lan);
	} else if (strcmp(word, "auto") == 0 || strncmp(word, "allow-", 6) == 0 ||
		   strcmp(word, "mapping") == 0 || strncmp(word, "source", 6) == 0) {
		file->lan[0] = '\0';
	}
}

static void read_interfaces_file(void *data, const char *name)
{
	struct interfaces_file *file = data;

	file->lan[0] = '\0';
	snprintf(file->path, sizeof(file->path), "/etc/network/interfaces.d/%s", name);
	(void)machine_read_lines(&file->look->machine, file->path, read_interfaces_line, file);
}

static void check_ifupdown(struct look *look)
{
	struct interfaces_file file = { .look = look, .path = "/etc/network/interfaces" };

	(void)machine_read_lines(&look->machine, file.path, read_interfaces_line, &file);
	(void)machine_list(&look->machine, "/etc/network/interfaces.d", read_interfaces_file,
			   &file);
}

int doctor_check_rivals(const struct doctor_order *order, struct findings *out)
{
	const struct conf_route *route = &order->conf->route;
	struct look look = { .router = &order->conf->router,
			     .learns_gateway = route->present && route->master.learned,
			     .machine = { .root = order->root },
			     .out = out };

	process_list_find(&look.machine, &look.processes);
	check_network_manager(&look);
	if (process_list_has(&look.processes, "systemd-network", NULL))
		doctor_check_networkd(&look.machine, look.router, out);
	check_dhcpcd(&look);
	check_ifupdown(&look);
	return look.machine.failure;
}
