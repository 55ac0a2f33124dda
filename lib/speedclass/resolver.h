/* resolver.h - ask name servers for the addresses of a host, over one interface and from its
 * address. Edge: only user of c-ares.
 *
 * Neither resolv.conf(5) nor nsswitch.conf(5) is read: who asks says whom. */
#ifndef FO_RESOLVER_H
#define FO_RESOLVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "addr.h"
#include "compiler.h"
#include "egress.h"

#define RESOLVER_SERVERS_MAX 18
#define RESOLVER_ADDRS_MAX   8
#define RESOLVER_TEXT_MAX    256

/* A server that has not answered for so long is no longer waited for alone: the next one is asked,
 * and whoever answers first counts. */
#define RESOLVER_LATE_MS 1000

struct resolver_query {
	const char *host;
	const struct egress *egress;
	unsigned families;	    /* of the addresses, EGRESS_IP4 and EGRESS_IP6 */
	const struct addr *servers; /* asked in this order */
	size_t count;		    /* at most RESOLVER_SERVERS_MAX */
	int64_t end_us;		    /* CLOCK_MONOTONIC */
	/* Whether an address may be used; an answer with no such address sends us to the next
	 * server. */
	bool (*is_usable)(const struct addr *addr, void *data);
	void *data;
	bool (*stop)(void *data); /* asked about four times a second; may be NULL */
	void *stop_data;
};

struct resolver_answer {
	struct addr addrs[RESOLVER_ADDRS_MAX];
	size_t count;
	struct addr server; /* who gave it; none: /etc/hosts */
	int64_t ttl_s;
};

/* Looks `host` up in /etc/hosts. Returns 0 and `*out`, or -ENOENT. */
int resolver_read_hosts(const char *host, unsigned families,
			struct resolver_answer *out) FO_MUST_CHECK;

/* Asks, each server once more after two seconds. Returns 0 and `*out`, with usable addresses only;
 * -ENOENT with the reason, server by server, in `why`; -ECANCELED when `stop` asked for it;
 * -ENOMEM. Not logged. */
int resolver_ask(const struct resolver_query *query, struct resolver_answer *out,
		 char why[static RESOLVER_TEXT_MAX]) FO_MUST_CHECK;

#endif
