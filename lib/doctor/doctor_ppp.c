#include "doctor_ppp.h"

#include <stdio.h>
#include <string.h>

#include "machine.h"
#include "num.h"
#include "process_list.h"

#define PEERS "/etc/ppp/peers"

/* Files that name one another. */
#define DEPTH_MAX 4

/* The options that matter, as the last one of each kind says (pppd(8)). */
struct options {
	bool names_uplink, names_other; /* by `ifname` or `unit` */
	char other[IFNAMSIZ];
	bool default_route, persist, echo_interval, echo_failure, peer_dns;
	int64_t max_fail;
};

struct reading {
	struct machine *machine;
	const char *uplink;
	struct options *options;
	int depth;
};

static void read_file(const struct reading *reading, const char *path);

static void take_name(const struct reading *reading, const char *name)
{
	struct options *options = reading->options;

	options->names_uplink = strcmp(name, reading->uplink) == 0;
	options->names_other = !options->names_uplink;
	snprintf(options->other, sizeof(options->other), "%s", name);
}

static void take_value(const struct reading *reading, const char *word, const char *value)
{
	struct options *options = reading->options;
	char text[MACHINE_NAME_MAX];
	int64_t number = 0;
	bool positive = num_parse(value, 0, INT32_MAX, &number) == 0 && number > 0;

	if (strcmp(word, "ifname") == 0) {
		take_name(reading, value);
	} else if (strcmp(word, "unit") == 0) {
		snprintf(text, sizeof(text), "ppp%s", value);
		take_name(reading, text);
	} else if (strcmp(word, "lcp-echo-interval") == 0) {
		options->echo_interval = positive;
	} else if (strcmp(word, "lcp-echo-failure") == 0) {
		options->echo_failure = positive;
	} else if (strcmp(word, "maxfail") == 0) {
		options->max_fail = number;
	} else if (strcmp(word, "file") == 0) {
		read_file(reading, value);
	} else if (strcmp(word, "call") == 0) {
		snprintf(text, sizeof(text), PEERS "/%s", value);
		read_file(reading, text);
	}
}

/* Returns whether it takes no value. */
static bool take_flag(struct options *options, const char *word)
{
	const struct {
		const char *word;
		bool *flag, value;
	} flags[] = {
		{ "defaultroute", &options->default_route, true },
		{ "replacedefaultroute", &options->default_route, true },
		{ "nodefaultroute", &options->default_route, false },
		{ "persist", &options->persist, true },
		{ "nopersist", &options->persist, false },
		{ "usepeerdns", &options->peer_dns, true },
	};

	for (size_t i = 0; i < ARRAY_LEN(flags); i++) {
		if (strcmp(flags[i].word, word) == 0) {
			*flags[i].flag = flags[i].value;
			return true;
		}
	}
	return false;
}

static void take_words(const struct reading *reading, char *line)
{
	static const char *const with_value[] = {
		"ifname", "unit", "lcp-echo-interval", "lcp-echo-failure", "maxfail", "file", "call"
	};
	char *rest = line, *word, *value;

	while ((word = machine_next_word(&rest)) != NULL) {
		if (take_flag(reading->options, word))
			continue;
		for (size_t i = 0; i < ARRAY_LEN(with_value); i++) {
			if (strcmp(with_value[i], word) != 0)
				continue;
			value = machine_next_word(&rest);
			if (value != NULL)
				take_value(reading, word, value);
			break;
		}
	}
}

static void take_line(void *data, char *line, unsigned number)
{
	(void)number;
	machine_cut_comment(line, "#");
	take_words(data, line);
}

static void read_file(const struct reading *reading, const char *path)
{
	struct reading inner = *reading;

	if (++inner.depth <= DEPTH_MAX)
		(void)machine_read_lines(reading->machine, path, take_line, &inner);
}

static void read_options(struct machine *machine, const char *uplink, const char *peers,
			 struct options *out)
{
	struct reading reading = { machine, uplink, out, 0 };

	*out = (struct options){ .max_fail = 10 }; /* pppd's own */
	read_file(&reading, "/etc/ppp/options");
	read_file(&reading, peers);
}

/* Which peers file is the uplink's: that of a pppd that runs, one that names it, or the only one.
 */

struct peers_search {
	struct machine *machine;
	const char *uplink;
	char named[MACHINE_NAME_MAX], only[MACHINE_NAME_MAX];
	int count;
};

static void search_peers(void *data, const char *name)
{
	struct peers_search *search = data;
	struct options options;
	char path[MACHINE_NAME_MAX];

	if (machine_is_copy(name))
		return;
	snprintf(path, sizeof(path), PEERS "/%s", name);
	read_options(search->machine, search->uplink, path, &options);
	search->count++;
	snprintf(search->only, sizeof(search->only), "%s", path);
	if (options.names_uplink)
		snprintf(search->named, sizeof(search->named), "%s", path);
}

/* The only pppd there is, or the one of /run/UPLINK.pid. */
static bool find_running(struct machine *machine, const char *uplink,
			 char out[static MACHINE_NAME_MAX])
{
	FO_UNINITIALIZED struct process_list processes;
	const struct process *process, *next;
	char path[64], text[32], *call;
	int64_t pid = 0;

	process_list_find(machine, &processes);
	process = process_list_next(&processes, "pppd", "call", NULL);
	snprintf(path, sizeof(path), "/run/%s.pid", uplink);
	if (process == NULL || machine_read(machine, path, text, sizeof(text)) <= 0)
		return false;
	text[strcspn(text, "\n")] = '\0';
	if (num_parse(text, 1, INT32_MAX, &pid) != 0)
		return false;
	for (next = process; next != NULL && next->pid != pid;)
		next = process_list_next(&processes, "pppd", "call", next);
	if (next == NULL)
		return false;
	call = strstr(next->command, "call ");
	if (call == NULL)
		return false;
	snprintf(out, MACHINE_NAME_MAX, PEERS "/%.*s", (int)strcspn(call + 5, " "), call + 5);
	return true;
}

static bool find_peers(struct machine *machine, const char *uplink,
		       char out[static MACHINE_NAME_MAX])
{
	struct peers_search search = { .machine = machine, .uplink = uplink };

	if (find_running(machine, uplink, out))
		return true;
	(void)machine_list(machine, PEERS, search_peers, &search);
	if (search.named[0] == '\0' && search.count != 1)
		return false;
	snprintf(out, MACHINE_NAME_MAX, "%s", search.named[0] != '\0' ? search.named : search.only);
	return true;
}

/* What files in a folder do. */
struct hook_search {
	struct machine *machine;
	const char *folder;
	bool works, there;
	char path[MACHINE_NAME_MAX];
};

static void check_name(const struct options *options, const char *uplink, const char *place,
		       struct findings *out)
{
	char fix[FINDING_FIX_MAX];

	snprintf(fix, sizeof(fix), "write `ifname %s` into %s", uplink, place);
	if (options->names_other)
		findings_add(out, 401, place, fix,
			     "pppd calls the line %s, and [router] uplink is %s: for all of "
			     "failover-helpers it is never there",
			     options->other, uplink);
	else if (!options->names_uplink)
		findings_add(out, 402, place, fix,
			     "nothing there fixes the name: while an old session still holds %s, "
			     "the next one comes up under another name, and is not used",
			     uplink);
}

/* A service that starts pppd again does what `persist` does. */

static void search_service(void *data, const char *name)
{
	struct hook_search *search = data;
	char path[MACHINE_NAME_MAX];

	snprintf(path, sizeof(path), "%s/%s", search->folder, name);
	search->works = search->works ||
			(machine_file_has(search->machine, path, "pppd", NULL) &&
			 machine_file_has(search->machine, path, "Restart=", "Restart=no"));
}

static bool is_restarted(struct machine *machine)
{
	struct hook_search search = { .machine = machine, .folder = "/etc/systemd/system" };

	(void)machine_list(machine, search.folder, search_service, &search);
	return search.works;
}

static void check_life(struct machine *machine, const struct options *options, const char *place,
		       struct findings *out)
{
	bool restarted = is_restarted(machine);
	char fix[FINDING_FIX_MAX];

	snprintf(fix, sizeof(fix), "write `persist` and `maxfail 0` into %s", place);
	if (!options->persist && !restarted)
		findings_add(out, 404, place, fix,
			     "without `persist` pppd ends with the session: nobody dials again "
			     "after it was cut");
	else if (options->max_fail != 0 && !restarted)
		findings_add(out, 405, place, fix,
			     "pppd gives up after %lld failed attempts in a row, and the line then "
			     "stays away",
			     (long long)options->max_fail);
	snprintf(fix, sizeof(fix), "write `lcp-echo-interval 10` and `lcp-echo-failure 3` into %s",
		 place);
	if (!options->echo_interval || !options->echo_failure)
		findings_add(out, 406, place, fix,
			     "without both `lcp-echo-interval` and `lcp-echo-failure` pppd never "
			     "notices that the other end is gone, and never dials again");
}

static void check_options(struct machine *machine, const char *uplink, const char *place,
			  struct findings *out)
{
	struct options options;
	char fix[FINDING_FIX_MAX];

	read_options(machine, uplink, place, &options);
	check_name(&options, uplink, place, out);
	check_life(machine, &options, place, out);
	snprintf(fix, sizeof(fix), "write `nodefaultroute` into %s", place);
	if (options.default_route)
		findings_add(out, 403, place, fix,
			     "`defaultroute` sets a default route by %s with each redial, also "
			     "while the other router has the VRRP address",
			     uplink);
	if (options.peer_dns && machine_has_program(machine, "/etc/ppp/ip-up.d/0000usepeerdns"))
		findings_add(out, 407, place,
			     "chmod -x /etc/ppp/ip-up.d/0000usepeerdns\n"
			     "and name servers that answer over both lines in /etc/resolv.conf",
			     "`usepeerdns` makes the line's name servers those of this router: "
			     "while the other line carries the traffic they may not answer");
}

/* The hooks */

static void search_hook(void *data, const char *name)
{
	struct hook_search *search = data;
	char path[MACHINE_NAME_MAX];

	snprintf(path, sizeof(path), "%s/%s", search->folder, name);
	if (!machine_file_has(search->machine, path, "fo-route", NULL))
		return;
	search->there = true;
	snprintf(search->path, sizeof(search->path), "%s", path);
	search->works = search->works || machine_has_program(search->machine, path);
}

static void check_hook(struct machine *machine, const char *folder, struct findings *out)
{
	struct hook_search search = { .machine = machine, .folder = folder };
	char fix[FINDING_FIX_MAX];

	if (!machine_list(machine, folder, search_hook, &search) || search.works)
		return;
	if (search.there)
		snprintf(fix, sizeof(fix), "chmod 755 %s", search.path);
	else
		snprintf(fix, sizeof(fix),
			 "install -m 755 /usr/share/doc/failover-helpers/examples%s/fo-route %s/",
			 folder + strlen("/etc"), folder);
	findings_add(out, 408, search.there ? search.path : folder, fix,
		     "%s: after a redial routes and forwarding wait for the next change of the "
		     "VRRP state",
		     search.there ? "it is not executable, and pppd passes it by"
				  : "no file there calls fo-route");
}

int doctor_check_ppp(const struct doctor_order *order, struct findings *out)
{
	const char *uplink = order->conf->router.uplink;
	struct machine machine = { .root = order->root };
	char peers[MACHINE_NAME_MAX];

	if (strncmp(uplink, "ppp", 3) != 0)
		return 0;
	if (find_peers(&machine, uplink, peers))
		check_options(&machine, uplink, peers, out);
	if (order->conf->route.present) {
		check_hook(&machine, "/etc/ppp/ip-up.d", out);
		check_hook(&machine, "/etc/ppp/ip-down.d", out);
	}
	return machine.failure;
}
