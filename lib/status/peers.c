#include "peers.h"

#include <string.h>

#include "keepalived_daemon.h"
#include "keepalived_file.h"

static bool is_known(const struct peers *peers, const struct addr *addr)
{
	for (size_t i = 0; i < peers->count; i++) {
		if (addr_equal(&peers->items[i].addr, addr))
			return true;
	}
	return false;
}

static void take(struct peers *peers, const struct keepalived_conf *conf,
		 const struct keepalived_block *block)
{
	const struct keepalived_entry *entry = NULL;
	struct addr addr;

	while ((entry = keepalived_next(conf, block, "unicast_peer", entry)) != NULL) {
		if (keepalived_address(entry, AF_INET, &addr) && peers->count < PEERS_MAX &&
		    !is_known(peers, &addr))
			peers->items[peers->count++].addr = addr;
	}
}

void peers_read(struct peers *out)
{
	FO_UNINITIALIZED struct keepalived_conf conf;
	const struct keepalived_block *block = NULL;
	char id[KEEPALIVED_WORD_MAX];

	memset(out, 0, sizeof(*out));
	keepalived_daemon_find_id("", id);
	if (keepalived_file_read("", PEERS_KEEPALIVED_CONF, id, 0, &conf) != 0)
		return; /* logged */
	while ((block = keepalived_next_block(&conf, KEEPALIVED_INSTANCE, block)) != NULL)
		take(out, &conf, block);
}

int peers_ask(struct peers *peers, struct netlink *nl, const struct addr *vip,
	      struct gateway *gateway)
{
	struct addr addrs[1 + PEERS_MAX] = { *vip };
	struct gateway answers[1 + PEERS_MAX] = { { .holder = GATEWAY_UNKNOWN } };
	int ret;

	for (size_t i = 0; i < peers->count; i++)
		addrs[1 + i] = peers->items[i].addr;
	ret = gateway_find_all(nl, addrs, 1 + peers->count, GATEWAY_WAIT_MS, answers);
	*gateway = answers[0];
	for (size_t i = 0; i < peers->count; i++)
		peers->items[i].answer = answers[1 + i].holder;
	return ret;
}
