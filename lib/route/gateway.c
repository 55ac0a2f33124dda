#include "gateway.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "claim_socket.h"
#include "clock.h"
#include "lookup.h"
#include "rtnl.h"
#include "wire.h"

#define TRIES 3

/* The wire on which the address lies: of the interface by which this router would reach it, such as
 * a bridge above the `lan` of fo.conf; by any address of this router there. */
static int find_wire(struct netlink *nl, const struct addr *vip, struct wire *out)
{
	const struct lookup_query query = { .dst = *vip };
	FO_UNINITIALIZED struct rtnl_addrs addrs;
	struct lookup_answer answer;
	int ret = lookup_route(nl, &query, &answer), index = 0;

	if (ret == 0 && (!answer.reachable || addr_is_set(&answer.hop.via)))
		ret = -ENETUNREACH;
	if (ret == 0)
		index = rtnl_get_index(answer.hop.dev);
	if (ret == 0)
		ret = index == 0 ? -ENODEV : rtnl_get_addrs(nl, index, &addrs);
	if (ret != 0)
		return ret;
	for (size_t i = 0; i < addrs.count; i++) {
		if (addrs.items[i].local.family == AF_INET)
			return wire_find(nl, &addrs.items[i].local, out);
	}
	return -EADDRNOTAVAIL;
}

/* Until `end_us` for a machine that has it. */
static bool hear(int fd, const struct claim_question *question, int64_t end_us, struct gateway *out)
{
	for (;;) {
		struct pollfd in = { .fd = fd, .events = POLLIN };
		struct timespec left = clock_left(end_us);
		enum claim_kind kind = CLAIM_NONE;
		struct claim claim;

		if (ppoll(&in, 1, &left, NULL) != 1)
			return false;
		if (claim_socket_next(fd, question, &kind, &claim) == 0 && kind == CLAIM_MADE) {
			out->holder = GATEWAY_OTHER;
			out->mac = claim.mac;
			return true;
		}
		if (clock_mono_us() >= end_us)
			return false;
	}
}

/* The socket, which serves one question after another. */
struct asking {
	int fd; /* -1: none yet */
	int index;
};

static void end(struct asking *asking)
{
	if (asking->fd >= 0)
		close(asking->fd);
	asking->fd = -1;
}

static int begin(struct asking *asking, const struct wire *wire,
		 const struct claim_question *question)
{
	if (!wire->up)
		return -ENETDOWN;
	if (asking->fd >= 0 && asking->index == wire->index)
		return claim_socket_turn(asking->fd, question);
	end(asking);
	asking->index = wire->index;
	return claim_socket_open(wire->index, question, &asking->fd);
}

static int ask(struct asking *asking, const struct wire *wire, const struct addr *address,
	       int64_t wait_ms, struct gateway *out)
{
	const struct claim_question question = { .address = *address, .mac = wire->mac };
	int64_t now_us = clock_mono_us();
	int ret = begin(asking, wire, &question);

	for (int i = 1; ret == 0 && i <= TRIES; i++) {
		ret = claim_socket_ask(asking->fd, wire->index, &question);
		if (ret == 0 &&
		    hear(asking->fd, &question, now_us + wait_ms * 1000 * i / TRIES, out))
			break;
	}
	if (ret == 0 && out->holder == GATEWAY_UNKNOWN)
		out->holder = GATEWAY_NOBODY;
	return ret;
}

static int find(struct asking *asking, struct netlink *nl, const struct addr *address,
		int64_t wait_ms, struct gateway *out)
{
	struct wire wire;
	int index = 0;
	int ret = rtnl_find_addr(nl, address, &index);

	memset(out, 0, sizeof(*out));
	if (ret != 0)
		return ret;
	if (index != 0) {
		out->holder = GATEWAY_OURS;
		return 0;
	}
	out->error = find_wire(nl, address, &wire);
	if (out->error == 0)
		out->error = ask(asking, &wire, address, wait_ms, out);
	return 0;
}

int gateway_find_all(struct netlink *nl, const struct addr *addresses, size_t count,
		     int64_t wait_ms, struct gateway *out)
{
	struct asking asking = { .fd = -1 };
	int ret = 0;

	for (size_t i = 0; i < count && ret == 0; i++)
		ret = find(&asking, nl, &addresses[i], wait_ms, &out[i]);
	end(&asking);
	return ret;
}

int gateway_find(struct netlink *nl, const struct addr *address, int64_t wait_ms,
		 struct gateway *out)
{
	return gateway_find_all(nl, address, 1, wait_ms, out);
}
