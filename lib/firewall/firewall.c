#include "firewall.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "child.h"
#include "log.h"
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
static bool find_program(const char *name, char path[static 64])
{
	static const char *const folders[] = { "/usr/sbin", "/sbin", "/usr/bin" };

	for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
		snprintf(path, 64, "%s/%s", folders[i], name);
		if (access(path, X_OK) == 0)
			return true;
	}
	return false;
}

/* Of the old iptables, of which nft(8) shows nothing. */
static bool has_old_tables(void)
{
	int fd = open("/proc/net/ip_tables_names", O_RDONLY | O_CLOEXEC);
	char byte;
	bool has = fd >= 0 && read(fd, &byte, 1) == 1;

	if (fd >= 0)
		close(fd);
	return has;
}

/* Runs a command whose warnings, for people who write rules, are of no use here. */
static int run(const char *program, const char *arguments, char text[static TEXT_MAX])
{
	char shell[] = "/bin/sh", option[] = "-c", words[128];
	char *const argv[] = { shell, option, words, NULL };

	snprintf(words, sizeof(words), "exec %s %s 2>/dev/null", program, arguments);
	return child_run(argv, TIMEOUT_MS, text, TEXT_MAX);
}

static int read_nft(struct texts *texts, bool any)
{
	char program[64];
	int ret;

	if (!find_program("nft", program))
		return any ? -ENOENT : 0;
	ret = run(program, "-s -t list ruleset", texts->nft);
	if (ret == 0)
		ruleset_add_nft(&texts->ruleset, texts->nft);
	return ret;
}

static int read_old(struct texts *texts)
{
	char program[64];
	int ret;

	if (!has_old_tables())
		return 0;
	if (!find_program("iptables-legacy-save", program))
		return -ENOENT;
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
	struct ruleset_packet advert = { .iif = query->lan, .protocol = VRRP };
	const struct ruleset_packet packet = { .iif = query->lan,
					       .oif = query->uplink,
					       .src = query->network,
					       .dst = query->internet };
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

int firewall_look(const struct firewall_query *query, struct firewall *out)
{
	struct firewall firewall = { .any_nat = query->any_nat };
	struct texts *texts = calloc(1, sizeof(*texts));
	int ret, old;

	if (texts == NULL) {
		log_err(ENOMEM, "cannot look at the packet filter");
		return -ENOMEM;
	}
	ret = read_nft(texts, query->any_nat);
	old = read_old(texts);
	ret = ret != 0 ? ret : old;
	firewall.known = ret == 0;
	if (firewall.known)
		judge(&texts->ruleset, query, &firewall);
	free(texts);
	if (ret == 0)
		*out = firewall;
	return ret;
}
