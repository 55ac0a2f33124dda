/* peers.h - the other routers that keepalived.conf names, and whether they answer. Job:
 * keepalived_file, gateway. */
#ifndef FO_PEERS_H
#define FO_PEERS_H

#include <stddef.h>

#include "addr.h"
#include "compiler.h"
#include "gateway.h"
#include "netlink.h"

#define PEERS_MAX	      4
#define PEERS_KEEPALIVED_CONF "/etc/keepalived/keepalived.conf"

struct peers {
	size_t count; /* 0: none is named, as with multicast */
	struct peer {
		struct addr addr;
		enum gateway_holder answer; /* GATEWAY_OTHER: it does; GATEWAY_NOBODY: not */
	} items[PEERS_MAX];
};

/* Takes the IPv4 addresses of each `unicast_peer`. A file that is missing or wrong names what can
 * be read of it. */
void peers_read(struct peers *out);

/* Asks the LAN who has `vip`, and for the peers, as gateway_find does. Returns 0, `*gateway` and
 * each `answer`; or -errno, logged, where the kernel does not answer. */
int peers_ask(struct peers *peers, struct netlink *nl, const struct addr *vip,
	      struct gateway *gateway) FO_MUST_CHECK;

#endif
