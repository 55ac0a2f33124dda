/* nexthop.h - where a default route leads: `[via ADDRESS | dhcp] dev INTERFACE`. Pure. */
#ifndef FO_NEXTHOP_H
#define FO_NEXTHOP_H

#include <net/if.h>
#include <stdbool.h>

#include "addr.h"
#include "compiler.h"

/* Room for the text of any hop. */
#define NEXTHOP_TEXT_MAX (ADDR_TEXT_MAX + IFNAMSIZ + 12)

/* The next hop of a route (RFC 1812, 1.3.2), or none: all zero is "no route". */
struct nexthop {
	struct addr via;    /* the gateway; not set on a point-to-point link */
	char dev[IFNAMSIZ]; /* the interface; empty: no route at all */
	bool learned;	    /* the gateway is the one that the kernel was given (DHCP) */
};

/* Parses `[via ADDRESS | dhcp] dev INTERFACE`, with the words of ip-route(8), the address being of
 * `family`.
 * Returns 0 and `*out`, or -EINVAL. */
int nexthop_parse(const char *text, sa_family_t family, struct nexthop *out) FO_MUST_CHECK;

bool nexthop_is_set(const struct nexthop *hop);
/* Whether both lead to the same place, however that is known. */
bool nexthop_equal(const struct nexthop *a, const struct nexthop *b);

/* Writes the form that nexthop_parse reads, `none` for no route. Returns `buf`. */
const char *nexthop_format(char buf[static NEXTHOP_TEXT_MAX], const struct nexthop *hop);

/* Whether `name` can be the name of a network interface (dev_valid_name() in Linux
 * net/core/dev.c): 1 to IFNAMSIZ - 1 bytes, neither `.` nor `..`, no `/`, no `:`, no blank. */
bool nexthop_valid_dev(const char *name);

#endif
