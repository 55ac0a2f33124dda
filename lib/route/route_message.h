/* route_message.h - a default route in a message of the kernel's, rtnetlink(7). Edge. */
#ifndef FO_ROUTE_MESSAGE_H
#define FO_ROUTE_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "netlink.h"
#include "nexthop.h"

/* A table of routes: ROUTE_MAIN, or the line's own. */
struct route_table {
	sa_family_t family;
	uint32_t number;
};

struct route_listed {
	struct route_table table;
	uint32_t metric;
	uint8_t protocol;
	struct nexthop hop; /* the first, where there are several */

	const void *rest; /* of several, which point into the message */
	size_t rest_len;
};

/* Reads a default route of one next hop. Returns false where it is none. */
bool route_read_default(const struct nlmsghdr *nlh, struct route_listed *out);

/* The same, also of several: IPv6 lists routes of one metric with a gateway each as one. */
bool route_read_defaults(const struct nlmsghdr *nlh, struct route_listed *out);

/* Goes on to the next hop of several. Returns false when there is none. */
bool route_read_next(struct route_listed *route);

#endif
