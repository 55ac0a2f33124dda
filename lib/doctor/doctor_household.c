#include "doctor_household.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/timex.h>

#include "clock.h"
#include "keepalived_daemon.h"
#include "keepalived_file.h"
#include "log.h"
#include "machine.h"
#include "num.h"
#include "process_list.h"
#include "rtnl.h"
#include "version.h"

/* What there is to look at. */
struct look {
	const struct doctor_order *order;
	struct machine machine;
	struct process_list processes;
	struct rtnl_addrs addrs; /* of this router */
	struct findings *out;
};

/* DHCP servers on this router. What they call the gateway has to be the VRRP address: only that one
 * moves to the other router. */

/* The network of ours that the VRRP address is in; false: not known. */
static bool find_lan(const struct look *look, struct addr_prefix *out)
{
	const struct addr *vip = &look->order->conf->router.vip;

	for (size_t i = 0; i < look->addrs.count; i++) {
		const struct rtnl_addr *own = &look->addrs.items[i];

		if (addr_equal(&own->local, vip) ||
		    !addr_in_prefix(vip, &own->local, own->prefix_len))
			continue;
		*out = (struct addr_prefix){ own->local, own->prefix_len };
		return true;
	}
	return false;
}

/* How keepalived.conf names an address. */
struct naming {
	bool own;   /* as that which this router sends from */
	bool moves; /* as a VRRP address */
};

static bool has_address(const struct keepalived_conf *conf, const struct keepalived_block *block,
			const char *word, const struct addr *addr)
{
	const struct keepalived_entry *entry = NULL;
	struct addr named;

	while ((entry = keepalived_next(conf, block, word, entry)) != NULL) {
		if (keepalived_address(entry, AF_INET, &named) && addr_equal(&named, addr))
			return true;
	}
	return false;
}

/* What keepalived.conf says wrongly is said elsewhere. */
static struct naming find_naming(const struct look *look, const struct addr *addr)
{
	FO_UNINITIALIZED struct keepalived_conf conf;
	char id[KEEPALIVED_WORD_MAX];
	const struct keepalived_block *block = NULL;
	struct naming naming = { false, false };

	keepalived_daemon_find_id(look->order->root, id);
	if (keepalived_file_read(look->order->root, look->order->keepalived_conf, id, 0, &conf) !=
	    0)
		return naming;
	while ((block = keepalived_next_block(&conf, KEEPALIVED_INSTANCE, block)) != NULL) {
		naming.own = naming.own || has_address(&conf, block, "unicast_src_ip", addr);
		naming.moves = naming.moves ||
			       has_address(&conf, block, "virtual_ipaddress", addr) ||
			       has_address(&conf, block, "virtual_ipaddress_excluded", addr);
	}
	return naming;
}

/* Whether an address is this router's own, in the LAN of the VRRP address, and does not move: the
 * other router never has it. */
static bool is_fixed_own(const struct look *look, const char *text)
{
	struct addr_prefix lan = { .len = 0 };
	struct naming naming;
	struct addr addr;
	bool own = false;

	if (addr_parse(text, AF_INET, &addr) != 0 || !addr_is_set(&look->order->conf->router.vip) ||
	    addr_equal(&addr, &look->order->conf->router.vip))
		return false;
	if (find_lan(look, &lan) && !addr_in_prefix(&addr, &lan.addr, lan.len))
		return false;
	for (size_t i = 0; i < look->addrs.count; i++)
		own = own || addr_equal(&look->addrs.items[i].local, &addr);
	naming = find_naming(look, &addr);
	return (own || naming.own) && !naming.moves;
}

static void add_lease(struct look *look, const char *place, const char *option, const char *text)
{
	char vip[ADDR_TEXT_MAX], fix[FINDING_FIX_MAX];

	addr_format(vip, &look->order->conf->router.vip);
	snprintf(fix, sizeof(fix), "write %s%s there, and restart the server", option, vip);
	findings_add(look->out, 314, place, fix,
		     "the DHCP server gives the hosts of the LAN %s as their gateway, which is "
		     "this router alone, and not the VRRP address %s: they stay with a router that "
		     "is dead",
		     text, vip);
}

struct lease_file {
	struct look *look;
	const char *folder;
	char path[MACHINE_NAME_MAX];
	char range_place[FINDING_PLACE_MAX]; /* dnsmasq: where it serves; empty: nowhere */
	bool has_router;		     /* dnsmasq: some option says which gateway */
	bool in_routers;		     /* Kea: the next `data` is about it */
};

static void take_router(struct lease_file *file, unsigned number, const char *option, char *text)
{
	char place[FINDING_PLACE_MAX];
	size_t len = strspn(text, "0123456789.");

	text[len] = '\0';
	finding_place(place, file->path, number);
	if (strcmp(text, "0.0.0.0") == 0 || is_fixed_own(file->look, text))
		add_lease(file->look, place, option,
			  strcmp(text, "0.0.0.0") == 0 ? "its own address" : text);
}

/* What stands behind `KEY =`, with or without blanks; NULL: the line is about another key. */
static char *dnsmasq_value(char *line, const char *key)
{
	size_t len = strlen(key);

	line += strspn(line, " \t");
	if (strncmp(line, key, len) != 0)
		return NULL;
	line += len;
	line += strspn(line, " \t");
	return *line == '=' ? line + 1 + strspn(line + 1, " \t") : NULL;
}

/* Whether a range, behind the names of its tags, is one of IPv4 addresses of our LAN; where the
 * machine cannot be asked, any network may be the LAN. */
static bool is_range_of_lan(const struct look *look, char *rest)
{
	struct addr_prefix lan = { .len = 0 };
	struct addr first;
	char *part;

	while ((part = strsep(&rest, ",")) != NULL) {
		if (addr_parse(part + strspn(part, " \t"), AF_INET, &first) == 0)
			return !find_lan(look, &lan) || addr_in_prefix(&first, &lan.addr, lan.len);
	}
	return false;
}

static void read_dnsmasq_line(void *data, char *line, unsigned number)
{
	struct lease_file *file = data;
	char *rest, *part;

	machine_cut_comment(line, "#");
	rest = dnsmasq_value(line, "dhcp-range");
	if (rest != NULL && is_range_of_lan(file->look, rest))
		finding_place(file->range_place, file->path, number);
	rest = dnsmasq_value(line, "dhcp-option");
	if (rest == NULL)
		rest = dnsmasq_value(line, "dhcp-option-force");
	if (rest == NULL)
		return;
	while ((part = strsep(&rest, ",")) != NULL) {
		part += strspn(part, " \t");
		if (strcmp(part, "3") != 0 && strcmp(part, "option:router") != 0)
			continue;
		file->has_router = true;
		if (rest != NULL)
			take_router(file, number, "dhcp-option=option:router,",
				    rest + strspn(rest, " \t"));
		return;
	}
}

static void read_dnsmasq_file(void *data, const char *name)
{
	struct lease_file *file = data;

	if (machine_is_copy(name))
		return;
	snprintf(file->path, sizeof(file->path), "%s/%s", file->folder, name);
	(void)machine_read_lines(&file->look->machine, file->path, read_dnsmasq_line, file);
}

static void check_dnsmasq(struct look *look)
{
	struct lease_file file = { .look = look,
				   .folder = "/etc/dnsmasq.d",
				   .path = "/etc/dnsmasq.conf" };

	(void)machine_read_lines(&look->machine, file.path, read_dnsmasq_line, &file);
	(void)machine_list(&look->machine, file.folder, read_dnsmasq_file, &file);
	if (file.range_place[0] != '\0' && !file.has_router)
		add_lease(look, file.range_place, "dhcp-option=option:router,", "its own address");
}

static void read_dhcpd_line(void *data, char *line, unsigned number)
{
	machine_cut_comment(line, "#");
	char *found = strstr(line, "option routers");

	if (found != NULL)
		take_router(data, number, "option routers ",
			    found + 14 + strspn(found + 14, " \t"));
}

static void read_udhcpd_line(void *data, char *line, unsigned number)
{
	char *rest = line, *word, *option;

	machine_cut_comment(line, "#");
	word = machine_next_word(&rest);
	option = word == NULL ? NULL : machine_next_word(&rest);
	if (option != NULL && strncmp(word, "opt", 3) == 0 && strcmp(option, "router") == 0)
		take_router(data, number, "opt router ", rest + strspn(rest, " \t"));
}

/* Name and data are on one line, or on two. */
static void read_kea_line(void *data, char *line, unsigned number)
{
	struct lease_file *file = data;
	char *value;

	machine_cut_comment(line, "#/");
	if (strstr(line, "\"routers\"") != NULL)
		file->in_routers = true;
	value = strstr(line, "\"data\"");
	if (value == NULL || !file->in_routers)
		return;
	file->in_routers = false;
	value += 6;
	value += strcspn(value, "0123456789");
	take_router(file, number, "\"data\": ", value);
}

/* A server that does not run has no say; where processes cannot be looked at, its file has. */
static bool may_serve(const struct look *look, const char *name)
{
	return !look->processes.known || process_list_has(&look->processes, name, NULL);
}

static void check_lease_file(struct look *look, const char *server, const char *path,
			     machine_take_line *read_line)
{
	struct lease_file file = { .look = look };

	snprintf(file.path, sizeof(file.path), "%s", path);
	if (may_serve(look, server))
		(void)machine_read_lines(&look->machine, path, read_line, &file);
}

static void check_leases(struct look *look)
{
	if (may_serve(look, "dnsmasq") || may_serve(look, "pihole-FTL"))
		check_dnsmasq(look);
	check_lease_file(look, "dhcpd", "/etc/dhcp/dhcpd.conf", read_dhcpd_line);
	check_lease_file(look, "udhcpd", "/etc/udhcpd.conf", read_udhcpd_line);
	check_lease_file(look, "kea-dhcp4", "/etc/kea/kea-dhcp4.conf", read_kea_line);
}

/* Name servers */

struct resolvers {
	unsigned all, of_sim;
};

static void read_resolver(void *data, char *line, unsigned number)
{
	static const char *const of_sim[] = { "100.127.0.53", "100.127.1.53" };
	struct resolvers *resolvers = data;
	char *rest = line, *word = machine_next_word(&rest), *address;

	(void)number;
	if (word == NULL || strcmp(word, "nameserver") != 0)
		return;
	address = machine_next_word(&rest);
	resolvers->all++;
	for (size_t i = 0; i < ARRAY_LEN(of_sim) && address != NULL; i++)
		resolvers->of_sim += strcmp(address, of_sim[i]) == 0;
}

/* With no server named, glibc asks this machine itself: `LOCAL:0035` in /proc/net/udp. */
static bool serves_names(struct look *look)
{
	return machine_file_has(&look->machine, "/proc/net/udp", ":0035 00000000:0000", NULL);
}

static void check_resolvers(struct look *look)
{
	struct resolvers resolvers = { .all = 0 };
	bool there =
		machine_read_lines(&look->machine, "/etc/resolv.conf", read_resolver, &resolvers);

	if (!there && machine_is_files(&look->machine))
		return;
	if (resolvers.all == 0 && !serves_names(look))
		findings_add(look->out, 312, "/etc/resolv.conf",
			     "echo 'nameserver 1.1.1.1' >>/etc/resolv.conf",
			     "%s: this router itself finds no host by its name, such as a time "
			     "server or where alerts go",
			     there ? "it names no server" : "there is no such file");
	else if (resolvers.all > 0 && resolvers.of_sim == resolvers.all)
		findings_add(look->out, 313, "/etc/resolv.conf",
			     "echo 'nameserver 1.1.1.1' >>/etc/resolv.conf",
			     "it names SORACOM's servers only, which answer over the SIM alone: "
			     "while the other router has the VRRP address, this one finds no host "
			     "by its name");
}

/* The clock */

static void check_clock(struct look *look)
{
	struct timex state = { .modes = 0 };
	char now[CLOCK_TEXT_MAX], made[NUM_TEXT_MAX];
	int64_t now_s = clock_wall_s();

	if (machine_is_files(&look->machine))
		return;
	if (!clock_is_plausible(now_s, FO_MADE_S))
		findings_add(look->out, 310, "clock", "timedatectl set-ntp true",
			     "it says %s, and these programs were made on %s: every certificate "
			     "counts as one of another time, so that the speed class cannot be set",
			     clock_format_utc(now_s, now), num_format_date(made, FO_MADE_S));
	/* A container has its host's. */
	else if (machine_has(&look->machine, "/run/systemd/system") &&
		 !machine_has(&look->machine, "/run/systemd/container") && adjtimex(&state) >= 0 &&
		 (state.status & STA_UNSYNC) != 0)
		findings_add(look->out, 311, "clock",
			     "apt install systemd-timesyncd\ntimedatectl set-ntp true",
			     "no program sets it by NTP: sooner or later it is wrong, and with it "
			     "certificates and the times of the history");
}

static int find_addrs(struct look *look)
{
	struct netlink *nl = NULL;
	int ret = rtnl_open(&nl);

	if (ret == 0)
		ret = rtnl_get_addrs(nl, 0, &look->addrs);
	netlink_close(nl);
	return ret;
}

int doctor_check_household(const struct doctor_order *order, struct findings *out)
{
	struct look look = { .order = order, .machine = { .root = order->root }, .out = out };
	int ret = machine_is_files(&look.machine) ? 0 : find_addrs(&look);

	process_list_find(&look.machine, &look.processes);
	check_leases(&look);
	check_resolvers(&look);
	check_clock(&look);
	return ret != 0 ? ret : look.machine.failure;
}
