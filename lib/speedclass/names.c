#include "names.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "line_dns.h"
#include "log.h"
#include "name_rule.h"

/* An address of before is used for so long until the servers are asked again (RFC 8767, 5). */
#define STALE_FOR_S 30

/* SORACOM's (its documentation, "endpoints"), which answer from behind the SIM only. */
static const struct addr soracom_servers[] = {
	{ AF_INET, { 100, 127, 0, 53 } },
	{ AF_INET, { 100, 127, 1, 53 } },
};

/* A numeric address, or this machine (RFC 6761, 6.3): nobody is asked. */
static bool find_fixed(const char *host, struct resolver_answer *out)
{
	static const struct addr loopback[] = { { AF_INET, { 127, [3] = 1 } },
						{ AF_INET6, { [15] = 1 } } };
	const char *dot = strrchr(host, '.');

	if (strcmp(dot != NULL ? dot + 1 : host, "localhost") == 0) {
		memcpy(out->addrs, loopback, sizeof(loopback));
		out->count = ARRAY_LEN(loopback);
	} else if (addr_parse(host, AF_UNSPEC, &out->addrs[0]) == 0) {
		out->count = 1;
	}
	return out->count > 0;
}

void names_init(struct names *names, const char *host, bool is_inside, const struct conf_addrs *dns)
{
	memset(names, 0, sizeof(*names));
	snprintf(names->host, sizeof(names->host), "%s", host);
	names->is_inside = is_inside;
	names->dns = dns;
	names->is_fixed = find_fixed(host, &names->answer);
	if (!names->is_fixed && name_note_load(&names->note) == 0 &&
	    strcmp(names->note.host, host) != 0)
		names->note.host[0] = '\0';
}

static bool is_among(const struct addr *addr, const struct addr *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (addr_equal(addr, &list[i]))
			return true;
	}
	return false;
}

static bool is_of(const struct addr *addr, unsigned families)
{
	return (families & (addr->family == AF_INET ? EGRESS_IP4 : EGRESS_IP6)) != 0;
}

/* What the resolver calls back with. */
struct search {
	const struct names *names;
	const struct names_wish *wish;
};

static bool is_usable(const struct addr *addr, void *data)
{
	const struct search *search = data;
	const struct names *names = search->names;

	return is_of(addr, search->wish->families) && name_rule_allows(addr, names->is_inside) &&
	       !is_among(addr, names->blamed, names->blamed_count);
}

static bool has_usable_note(struct search *search)
{
	const struct name_note *note = &search->names->note;

	return note->host[0] != '\0' && is_usable(&note->addr, search);
}

static bool is_from_hosts(const struct names *names)
{
	return !names->is_fixed && names->answer.count > 0 && !addr_is_set(&names->answer.server);
}

static bool needs_no_server(const struct names *names)
{
	return names->is_fixed || is_from_hosts(names);
}

/* Those of the answer at hand that are still good, first of all `/etc/hosts`, which the
 * administrator wrote. */
static bool reuse(const struct names *names, struct search *search, struct resolver_answer *out)
{
	bool is_certain = needs_no_server(names);

	*out = names->answer;
	out->count = 0;
	if (!is_certain && names->until_s <= clock_boottime_s())
		return false;
	for (size_t i = 0; i < names->answer.count; i++) {
		const struct addr *addr = &names->answer.addrs[i];

		if (is_certain ? is_of(addr, search->wish->families) : is_usable(addr, search))
			out->addrs[out->count++] = *addr;
	}
	return out->count > 0;
}

static void use_note(struct names *names, int64_t until_s)
{
	names->answer.addrs[0] = names->note.addr;
	names->answer.count = 1;
	names->answer.server = names->note.server;
	names->until_s = until_s;
	names->named = 0;
	names->is_stale = false;
}

static bool is_fresh(const struct name_note *note)
{
	int64_t left_s = note->until_s - clock_boottime_s();

	return left_s > 0 && left_s <= NAME_RULE_TTL_MAX_S;
}

static void add_server(struct addr *list, size_t *count, const struct addr *server)
{
	if (*count < RESOLVER_SERVERS_MAX && !is_among(server, list, *count))
		list[(*count)++] = *server;
}

/* The one that was right last comes first. Where a modem makes up what pppd is told, as some do,
 * SORACOM's own are there behind it. */
static size_t list_servers(const struct names *names, const char *iface,
			   struct addr list[static RESOLVER_SERVERS_MAX])
{
	struct addr servers[RESOLVER_SERVERS_MAX];
	size_t found = 0, count = 0;

	if (names->dns->count > 0) {
		for (size_t i = 0; i < names->dns->count; i++)
			add_server(servers, &found, &names->dns->items[i]);
	} else {
		struct addr of_line[LINE_DNS_MAX];
		size_t of_line_count = line_dns_load(iface, of_line);

		for (size_t i = 0; i < of_line_count; i++)
			add_server(servers, &found, &of_line[i]);
		for (size_t i = 0; i < ARRAY_LEN(soracom_servers); i++)
			add_server(servers, &found, &soracom_servers[i]);
	}
	if (names->note.host[0] != '\0' && is_among(&names->note.server, servers, found))
		add_server(list, &count, &names->note.server);
	for (size_t i = 0; i < found; i++)
		add_server(list, &count, &servers[i]);
	return count;
}

/* The address that has worked is tried first where it is in the answer, and last where it is not:
 * the answer may be a lie. */
static void add_note(struct resolver_answer *answer, const struct addr *known)
{
	for (size_t i = 0; i < answer->count; i++) {
		if (!addr_equal(&answer->addrs[i], known))
			continue;
		answer->addrs[i] = answer->addrs[0];
		answer->addrs[0] = *known;
		return;
	}
	if (answer->count < RESOLVER_ADDRS_MAX)
		answer->addrs[answer->count++] = *known;
}

static int ask_servers(struct names *names, struct search *search,
		       char why[static RESOLVER_TEXT_MAX])
{
	const struct names_wish *wish = search->wish;
	bool has_note = has_usable_note(search);
	struct addr servers[RESOLVER_SERVERS_MAX];
	const struct resolver_query query = {
		.host = names->host,
		.egress = wish->egress,
		.families = wish->families,
		.servers = servers,
		.count = list_servers(names, wish->egress->iface, servers),
		.end_us = clock_mono_us() +
			  (has_note ? NAMES_STALE_MS : NAMES_WAIT_MS) * INT64_C(1000),
		.is_usable = is_usable,
		.data = search,
		.stop = wish->stop,
		.stop_data = wish->stop_data,
	};
	int ret = resolver_ask(&query, &names->answer, why);

	if (ret != 0)
		return ret;
	names->until_s = clock_boottime_s() + name_rule_ttl_s(names->answer.ttl_s);
	names->named = names->answer.count;
	names->is_stale = false;
	if (has_note)
		add_note(&names->answer, &names->note.addr);
	return 0;
}

/* Where no server gives an address that was not tried in vain. */
static bool use_what_there_is(struct names *names, struct search *search, const char *why)
{
	char addr[ADDR_TEXT_MAX];

	if (has_usable_note(search)) {
		use_note(names, clock_boottime_s() + STALE_FOR_S);
		names->is_stale = true;
		log_info("%s: using the last good address, %s, because no name server helps: %s",
			 names->host, addr_format(addr, &names->note.addr), why);
		return true;
	}
	if (search->wish->untried || names->blamed_count == 0)
		return false;
	/* They failed perhaps because the line did. */
	names->blamed_count = 0;
	names->until_s = clock_boottime_s() + STALE_FOR_S;
	return true;
}

int names_find(struct names *names, const struct names_wish *wish, struct resolver_answer *out)
{
	struct search search = { .names = names, .wish = wish };
	char why[RESOLVER_TEXT_MAX];
	int ret;

	if (reuse(names, &search, out))
		return 0;
	if (names->is_fixed)
		return -ENOENT;
	if (names->answer.count == 0 &&
	    resolver_read_hosts(names->host, wish->families, &names->answer) == 0 &&
	    reuse(names, &search, out))
		return 0;
	if (is_fresh(&names->note) && has_usable_note(&search)) {
		use_note(names, names->note.until_s);
		if (reuse(names, &search, out))
			return 0;
	}
	ret = ask_servers(names, &search, why);
	if (ret == -ENOENT && use_what_there_is(names, &search, why))
		ret = 0;
	if (ret == 0)
		return reuse(names, &search, out) ? 0 : -ENOENT;
	if (ret == -ENOENT && !wish->untried)
		log_warn(0, "cannot look up %s over %s: %s", names->host, wish->egress->iface, why);
	return ret;
}

/* An address of before that was used again stays as it is noted: nobody named it now. */
void names_confirm(struct names *names, const struct addr *addr)
{
	struct name_note note = { .addr = *addr,
				  .server = names->answer.server,
				  .until_s = names->until_s };

	if (needs_no_server(names) || !is_among(addr, names->answer.addrs, names->named))
		return;
	memcpy(note.host, names->host, sizeof(note.host));
	if (strcmp(note.host, names->note.host) == 0 && addr_equal(addr, &names->note.addr) &&
	    addr_equal(&note.server, &names->note.server) && note.until_s == names->note.until_s)
		return;
	names->note = note;
	name_note_save(&note);
}

void names_blame(struct names *names, const struct addr *addr)
{
	const struct addr *list = addr_is_set(addr) ? addr : names->answer.addrs;
	size_t count = addr_is_set(addr) ? 1 : names->answer.count;

	if (needs_no_server(names))
		return;
	for (size_t i = 0; i < count; i++) {
		if (is_among(&list[i], names->blamed, names->blamed_count))
			continue;
		if (names->blamed_count == NAMES_BLAMED_MAX)
			names->blamed_count = 0;
		names->blamed[names->blamed_count++] = list[i];
	}
}

const char *names_source(const struct names *names, char buf[static ADDR_TEXT_MAX])
{
	if (names->is_fixed)
		return "not needed";
	if (names->answer.count == 0)
		return "no answer";
	if (names->is_stale)
		return "no answer; used the last good address";
	return is_from_hosts(names) ? "/etc/hosts" : addr_format(buf, &names->answer.server);
}
