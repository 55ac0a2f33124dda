#include "doctor_rivals.h"

#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

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

/* The first of our interfaces that one of the patterns in `list` matches; NULL: none. */
static const char *first_match(const struct conf_router *router, const char *list)
{
	char text[MACHINE_LINE_MAX];
	char *rest = text, *pattern;

	snprintf(text, sizeof(text), "%s", list);
	while ((pattern = strsep(&rest, " \t,")) != NULL) {
		if (pattern[0] == '\0' || pattern[0] == '!')
			continue;
		for (size_t i = 0; i < router->lan.count; i++) {
			if (fnmatch(pattern, router->lan.items[i], 0) == 0)
				return router->lan.items[i];
		}
		if (fnmatch(pattern, router->uplink, 0) == 0)
			return router->uplink;
	}
	return NULL;
}

/* The value of `KEY = VALUE`; NULL: the line is about another key. */
static const char *value_of(char *line, const char *key)
{
	size_t len = strlen(key);
	char *p = line + strspn(line, " \t");

	if (strncasecmp(p, key, len) != 0)
		return NULL;
	p += len;
	p += strspn(p, " \t");
	if (*p != '=')
		return NULL;
	p++;
	return p + strspn(p, " \t");
}

static bool is_no(const char *value)
{
	return strncasecmp(value, "no", 2) == 0 || strncasecmp(value, "false", 5) == 0 ||
	       strcmp(value, "0") == 0 || strcasecmp(value, "off") == 0;
}

/* NetworkManager writes down for each interface whether it manages it. */

static void read_managed(void *data, char *line, unsigned number)
{
	bool *managed = data;
	const char *value = value_of(line, "managed");

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
	snprintf(fix, sizeof(fix),
		 "printf '[keyfile]\\nunmanaged-devices+=interface-name:%s\\n' "
		 ">/etc/NetworkManager/conf.d/fo-%s.conf\nsystemctl reload NetworkManager",
		 name, name);
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

/* systemd-networkd */

struct network_file {
	struct look *look;
	const char *folder;
	bool any; /* a file is about an interface of ours */
	/* of the file that is being read: */
	bool gateway, dhcp, unmanaged;
	char match[IFNAMSIZ];
	char section[32];
};

static void read_network_line(void *data, char *line, unsigned number)
{
	struct network_file *file = data;
	const char *value, *name;

	(void)number;
	if (line[0] == '[') {
		snprintf(file->section, sizeof(file->section), "%s", line);
		return;
	}
	value = value_of(line, "Name");
	if (value != NULL && strcmp(file->section, "[Match]") == 0) {
		name = first_match(file->look->router, value);
		snprintf(file->match, sizeof(file->match), "%s", name == NULL ? "" : name);
	}
	value = value_of(line, "Gateway");
	file->gateway = file->gateway || (value != NULL && value[0] != '\0');
	value = value_of(line, "DHCP");
	if (value != NULL)
		file->dhcp = !is_no(value) && strcmp(value, "ipv6") != 0;
	value = value_of(line, "Unmanaged");
	file->unmanaged = file->unmanaged || (value != NULL && !is_no(value));
	value = value_of(line, "UseGateway");
	if (value == NULL)
		value = value_of(line, "UseRoutes");
	if (value != NULL && is_no(value))
		file->dhcp = false;
}

static void read_network_file(void *data, const char *name)
{
	struct network_file *file = data;
	char path[MACHINE_NAME_MAX], place[FINDING_PLACE_MAX];

	if (fnmatch("*.network", name, 0) != 0)
		return;
	file->gateway = file->dhcp = file->unmanaged = false;
	file->match[0] = file->section[0] = '\0';
	snprintf(path, sizeof(path), "%s/%s", file->folder, name);
	(void)machine_read_lines(&file->look->machine, path, read_network_line, file);
	if (file->match[0] == '\0' || file->unmanaged)
		return;
	file->any = true;
	if (!is_lan(file->look->router, file->match) || (!file->gateway && !file->dhcp))
		return;
	finding_place(place, path, 0);
	findings_add(file->look->out, 321, place,
		     "remove Gateway= and DHCP= there, and give the LAN a fixed Address=\n"
		     "networkctl reload",
		     "systemd-networkd sets a default route over %s, a LAN of this router: it "
		     "fights with the one that the VRRP state wants",
		     file->match);
}

struct networkd_conf {
	bool keeps_routes, keeps_rules; /* that others have made */
	const char *folder;
	struct machine *machine;
};

static void read_networkd_line(void *data, char *line, unsigned number)
{
	struct networkd_conf *conf = data;
	const char *value = value_of(line, "ManageForeignRoutes");

	(void)number;
	if (value != NULL)
		conf->keeps_routes = is_no(value);
	value = value_of(line, "ManageForeignRoutingPolicyRules");
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
	struct networkd_conf conf = { .machine = &look->machine,
				      .folder = "/etc/systemd/networkd.conf.d" };

	(void)machine_read_lines(&look->machine, "/etc/systemd/networkd.conf", read_networkd_line,
				 &conf);
	(void)machine_list(&look->machine, conf.folder, read_networkd_file, &conf);
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

static void check_networkd(struct look *look)
{
	static const char *const folders[] = { "/etc/systemd/network", "/run/systemd/network",
					       "/usr/lib/systemd/network" };
	struct network_file file = { .look = look };

	if (!process_list_has(&look->processes, "systemd-network", NULL))
		return;
	for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
		file.folder = folders[i];
		(void)machine_list(&look->machine, folders[i], read_network_file, &file);
	}
	if (file.any)
		check_foreign_routes(look);
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

		for (pattern = machine_next_word(&rest); pattern != NULL;
		     pattern = machine_next_word(&rest))
			named = named || fnmatch(pattern, conf->lan, 0) == 0;
		conf->leaves_alone = conf->leaves_alone || named == (word[0] == 'd');
	}
}

static void check_dhcpcd(struct look *look)
{
	struct dhcpcd_conf conf = { .lan = look->router->lan.items[0] };

	if (!process_list_has(&look->processes, "dhcpcd", NULL) ||
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
	check_networkd(&look);
	check_dhcpcd(&look);
	check_ifupdown(&look);
	return look.machine.failure;
}
