/* egress.h - the interface that requests leave by, and its addresses. Edge: rtnl, socket(7). */
#ifndef FO_EGRESS_H
#define FO_EGRESS_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "addr.h"
#include "compiler.h"

/* Families, a bit mask. */
enum { EGRESS_IP4 = 1, EGRESS_IP6 = 2 };

struct egress {
	char iface[IFNAMSIZ];
	struct addr ip4, ip6; /* its own, as source; none: it has none of the family */
};

struct egress_wait {
	const char *iface;
	unsigned families;	  /* an address of one of them is enough */
	int64_t end_us;		  /* CLOCK_MONOTONIC */
	bool (*stop)(void *data); /* asked about four times a second; may be NULL */
	void *stop_data;
};

/* Waits until the interface is up and has an address: pppd brings ppp0 up before that, and what is
 * sent then has the address of another interface. Goes on as soon as the kernel says so. Returns 0
 * and `*out`, with all its families; -EADDRNOTAVAIL when the time is over; -ECANCELED when `stop`
 * asked for it; another -errno; the first and the last are logged. */
int egress_find(const struct egress_wait *wait, struct egress *out) FO_MUST_CHECK;

/* The families in `families` that it has. */
unsigned egress_families(const struct egress *egress, unsigned families);

/* Binds a socket that is not connected yet to the interface and to the address of its family: what
 * it sends goes out there, whatever the routes are, with a source of the line. Returns 0;
 * -EADDRNOTAVAIL when the address is gone, or there is none of this family; -ENODEV, -EPERM,
 * another -errno. Not logged. */
int egress_bind(const struct egress *egress, int fd) FO_MUST_CHECK;

#endif
