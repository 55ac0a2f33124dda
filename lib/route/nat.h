/* nat.h - whether this router translates sources. Edge: nftables over nfnetlink, and what the
 * old iptables shows in /proc/net. */
#ifndef FO_NAT_H
#define FO_NAT_H

#include <stdbool.h>
#include <sys/socket.h>

#include "compiler.h"

/* Whether the kernel has any source translation for `family`: an nftables chain of type nat at the
 * postrouting hook, or the table `nat` of the old iptables, which only root can see: for others it
 * is there where the old iptables is. Returns 0 and `*out`, also when the kernel has no nftables;
 * or -errno, logged. Needs CAP_NET_ADMIN. */
int nat_has_source(sa_family_t family, bool *out) FO_MUST_CHECK;

#endif
