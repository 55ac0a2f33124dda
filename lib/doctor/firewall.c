#include "firewall.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "child.h"
#include "log.h"
#include "lookup.h"
#include "nat.h"
#include "ruleset_walk.h"

/* Sets of addresses can be long; a longer one is not looked at. */
#define TEXT_MAX   4194304
#define TIMEOUT_MS 5000

#define VRRP 112

struct texts {
	struct ruleset ruleset;
	char nft[TEXT_MAX], old[TEXT_MAX];
};

/* Where a program is, which an administrator's PATH may lack. */
static bool find_program(struct machine *machine, const char *name, char path[static 64])
{
	static const char *const folders[] = { "/usr/sbin", "/sbin", "/usr/bin" };

	for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
		snprintf(path, 64, "%s/%s", folders[i], name);
		if (machine_has_program(machine, path))
			return true;
	}
	return false;
}

/* Runs a command whose warnings, for people who write rules, are of no use here. */
static int run(const char *program, const char *arguments, char text[static TEXT_MAX])
{
	char shell[] = "/bin/sh", option[] = "-c", words[128];
	char *const argv[] = { shell, option, words, NULL };

	snprintf(words, sizeof(words), "exec %s %s 2>/dev/null", program, arguments);
	return child_run(argv, TIMEOUT_MS, text, TEXT_MAX);
}

static int read_nft(struct machine *machine, struct texts *texts, bool any)
{
	char program[64];
	int ret;

	if (!find_program(machine, "nft", program)) {
		if (!any)
			return 0;
		log_err(0, "cannot look at the rules of the packet filter: nft(8) is not there");
		return -ENOENT;
	}
	ret = run(program, "-s list ruleset", texts->nft);
	if (ret == 0)
		ruleset_add_nft(&texts->ruleset, texts->nft);
	return ret;
}

/* The old iptables, of which nft(8) shows nothing. */
static int read_old(struct machine *machine, struct texts *texts)
{
	char names[64], program[64];
	int ret;

	if (machine_read(machine, "/proc/net/ip_tables_names", names, sizeof(names)) <= 0)
		return 0;
	if (!find_program(machine, "iptables-legacy-save", program)) {
		log_err(0, "cannot look at the rules of iptables: iptables-legacy-save(8) is not "
			   "there");
		return -ENOENT;
	}
	ret = run(program, "", texts->old);
	if (ret == 0)
		ruleset_add_iptables(&texts->ruleset, texts->old);
	return ret;
}

static void name_chain(const struct ruleset_chain *chain, char out[static FIREWALL_CHAIN_MAX])
{
	snprintf(out, FIREWALL_CHAIN_MAX, "%.*s %.*s", (int)chain->table.len, chain->table.text,
		 (int)chain->name.len, chain->name.text);
}

static void judge(const struct ruleset *ruleset, const struct firewall_query *query,
		  struct firewall *out)
{
	const struct addr_prefix internet = { lookup_internet(AF_INET), 32 };
	struct ruleset_packet advert = { .iif = query->lan, .protocol = VRRP };
	const struct ruleset_packet packet = {
		.iif = query->lan, .oif = query->uplink, .src = query->network, .dst = internet
	};
	const struct ruleset_chain *chain;

	out->translates = out->any_nat && ruleset_may_translate(ruleset, &packet);
	out->clamps = ruleset_clamps(ruleset);
	for (size_t i = 0; i < query->peer_count; i++) {
		advert.src = query->peers[i];
		if (!ruleset_may_pass(ruleset, RULESET_INPUT, &advert, &chain))
			name_chain(chain, out->drops_vrrp);
	}
	if (!ruleset_may_pass(ruleset, RULESET_FORWARD, &packet, &chain))
		name_chain(chain, out->drops_forward);
}

int firewall_look(struct machine *machine, const struct firewall_query *query, struct firewall *out)
{
	struct firewall firewall = { .known = false };
	struct texts *texts;
	int ret = nat_has_source(AF_INET, &firewall.any_nat), old;

	if (ret != 0)
		return ret;
	texts = calloc(1, sizeof(*texts));
	if (texts == NULL) {
		log_err(ENOMEM, "cannot look at the packet filter");
		return -ENOMEM;
	}
	ret = read_nft(machine, texts, firewall.any_nat);
	old = read_old(machine, texts);
	ret = ret != 0 ? ret : old;
	firewall.known = ret == 0;
	if (firewall.known)
		judge(&texts->ruleset, query, &firewall);
	free(texts);
	if (ret == 0)
		*out = firewall;
	return ret;
}
