#include "firewall.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "child.h"
#include "log.h"
#include "ruleset_note.h"
#include "ruleset_walk.h"

/* Sets of addresses can be long; a longer one is not looked at. */
#define TEXT_MAX   4194304
#define TIMEOUT_MS 5000

#define VRRP 112

/* A program that prints rules. */
struct printer {
	int ret; /* of its start, or its end; -ENOENT: it is not there */
	bool runs;
	struct child child;
	char path[64]; /* that the child is called by */
	char why[CHILD_WHY_MAX];
	char text[TEXT_MAX];
};

struct firewall_look {
	struct printer nft, old;
	struct ruleset_stamp stamp; /* of what nft prints */
	bool is_stamped;	    /* it is to be noted with that */
	struct ruleset ruleset;
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

/* Its warnings, for people who write rules, are of no use here. */
static void start(struct printer *printer, const char *name, char *const arguments[])
{
	char *argv[6] = { printer->path };

	if (!find_program(name, printer->path)) {
		printer->ret = -ENOENT;
		return;
	}
	for (size_t i = 0; arguments[i] != NULL && i + 2 < ARRAY_LEN(argv); i++)
		argv[i + 1] = arguments[i];
	printer->ret = child_begin(&(struct child_order){ .argv = argv,
							  .out = printer->text,
							  .size = sizeof(printer->text),
							  .mute = true,
							  .why = printer->why },
				   &printer->child);
	printer->runs = printer->ret == 0;
}

static int finish(struct printer *printer)
{
	if (printer->runs)
		printer->ret = child_end(&printer->child, TIMEOUT_MS);
	return printer->ret;
}

static void start_nft(struct firewall_look *look)
{
	char plain[] = "-s", terse[] = "-t", list[] = "list", ruleset[] = "ruleset";
	char *const arguments[] = { plain, terse, list, ruleset, NULL };

	look->is_stamped = ruleset_stamp_ask(&look->stamp) == 0;
	if (look->is_stamped &&
	    ruleset_note_read(&look->stamp, look->nft.text, sizeof(look->nft.text)))
		look->is_stamped = false;
	else
		start(&look->nft, "nft", arguments);
}

/* Notes what nft has printed, unless the rules have changed meanwhile. */
static void note_nft(const struct firewall_look *look)
{
	struct ruleset_stamp now;

	if (look->is_stamped && ruleset_stamp_ask(&now) == 0 &&
	    now.generation == look->stamp.generation)
		ruleset_note_write(&look->stamp, look->nft.text);
}

struct firewall_look *firewall_begin(void)
{
	char *const none[] = { NULL };
	struct firewall_look *look = calloc(1, sizeof(*look));

	if (look == NULL)
		return NULL;
	start_nft(look);
	if (has_old_tables())
		start(&look->old, "iptables-legacy-save", none);
	return look;
}

/* Names the chain of the hook that is sure to drop the packet, if one is. */
static void find_dropper(const struct ruleset *ruleset, enum ruleset_hook hook,
			 const struct ruleset_packet *packet, char out[static FIREWALL_CHAIN_MAX])
{
	const struct ruleset_chain *chain;

	if (!ruleset_may_pass(ruleset, hook, packet, &chain))
		snprintf(out, FIREWALL_CHAIN_MAX, "%.*s %.*s", (int)chain->table.len,
			 chain->table.text, (int)chain->name.len, chain->name.text);
}

static bool judge_lan(const struct ruleset *ruleset, const struct firewall_query *query,
		      const struct firewall_lan *lan, struct firewall *out)
{
	const struct ruleset_packet packet = {
		.iif = lan->name, .oif = query->uplink, .src = lan->network, .dst = query->internet
	};
	const struct ruleset_packet answer = { .iif = query->uplink,
					       .oif = lan->name,
					       .src = query->internet,
					       .dst = lan->network,
					       .is_answer = true };
	bool is_public = addr_is_set(&lan->network.addr) && !addr_is_private(&lan->network.addr);

	snprintf(out->lan, sizeof(out->lan), "%s", lan->name);
	out->translates = is_public || (query->any_nat && ruleset_may_translate(ruleset, &packet));
	find_dropper(ruleset, RULESET_FORWARD, &packet, out->drops_forward);
	find_dropper(ruleset, RULESET_FORWARD, &answer, out->drops_answers);
	return out->translates && out->drops_forward[0] == '\0' && out->drops_answers[0] == '\0';
}

static void judge(const struct ruleset *ruleset, const struct firewall_query *query,
		  struct firewall *out)
{
	struct ruleset_packet advert = { .iif = query->lans[0].name, .protocol = VRRP };
	bool right = true;

	*out = (struct firewall){ .known = true, .any_nat = query->any_nat };
	out->clamps = ruleset_clamps(ruleset);
	for (size_t i = 0; i < query->peer_count; i++) {
		advert.src = query->peers[i];
		find_dropper(ruleset, RULESET_INPUT, &advert, out->drops_vrrp);
	}
	for (size_t i = 0; i < query->lan_count && right; i++)
		right = judge_lan(ruleset, query, &query->lans[i], out);
	if (right)
		snprintf(out->lan, sizeof(out->lan), "%s", query->lans[0].name);
}

int firewall_end(struct firewall_look *look, const struct firewall_query *query,
		 struct firewall *out)
{
	int ret, old;

	if (look == NULL) {
		log_err(ENOMEM, "cannot look at the packet filter");
		return -ENOMEM;
	}
	ret = finish(&look->nft);
	old = finish(&look->old);
	if (ret == 0) {
		note_nft(look);
		ruleset_add_nft(&look->ruleset, look->nft.text);
	} else if (ret == -ENOENT && !query->any_nat) {
		ret = 0;
	}
	if (old == 0)
		ruleset_add_iptables(&look->ruleset, look->old.text);
	if (look->nft.why[0] != '\0' || look->old.why[0] != '\0')
		log_err(0, "cannot look at the packet filter: %s",
			look->nft.why[0] != '\0' ? look->nft.why : look->old.why);
	ret = ret != 0 ? ret : old;
	if (ret == 0)
		judge(&look->ruleset, query, out);
	free(look);
	return ret;
}

void firewall_drop(struct firewall_look *look)
{
	if (look == NULL)
		return;
	(void)finish(&look->nft);
	(void)finish(&look->old);
	free(look);
}
