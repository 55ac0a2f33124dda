#include "egress.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "clock.h"
#include "log.h"
#include "rtnl.h"

/* How often `stop` is asked. */
#define LOOK_US 250000

/* fe80::/10 reaches the neighbour only. */
static bool is_link_local(const struct addr *addr)
{
	static const struct addr net = { AF_INET6, { 0xfe, 0x80 } };

	return addr_in_prefix(addr, &net, 10);
}

static void take(struct egress *egress, const struct addr *addr)
{
	struct addr *field = addr->family == AF_INET ? &egress->ip4 : &egress->ip6;

	if (!addr_is_set(field) && !is_link_local(addr))
		*field = *addr;
}

/* All addresses of an interface that is up; none where it is not. */
static int look(struct netlink *nl, struct egress *egress)
{
	struct rtnl_link link;
	struct rtnl_addrs addrs;
	int ret = rtnl_get_link(nl, egress->iface, &link);

	if (ret == -ENODEV || (ret == 0 && !link.up))
		return 0;
	if (ret == 0)
		ret = rtnl_get_addrs(nl, link.index, &addrs);
	for (size_t i = 0; ret == 0 && i < addrs.count; i++)
		take(egress, &addrs.items[i].local);
	return ret;
}

/* -EAGAIN: not yet. */
static int look_once(struct netlink *nl, const struct egress_wait *wait, struct egress *out)
{
	struct egress egress = { .iface = "" };
	int ret;

	snprintf(egress.iface, sizeof(egress.iface), "%s", wait->iface);
	ret = look(nl, &egress);
	if (ret == 0 && egress_families(&egress, wait->families) == 0)
		return -EAGAIN;
	if (ret == 0)
		*out = egress;
	return ret;
}

static const char *family_text(unsigned families)
{
	if (families == EGRESS_IP4)
		return "IPv4 ";
	return families == EGRESS_IP6 ? "IPv6 " : "";
}

/* With a monitor opened before the first look, so that no change is missed. */
static int wait_for_address(struct netlink *nl, const struct egress_wait *wait, struct egress *out)
{
	struct netlink *monitor = NULL;
	int ret = rtnl_open_monitor(RTNL_LINKS | RTNL_ADDRS, &monitor);

	if (ret != 0)
		return ret;
	log_info("%s has no %saddress yet; waiting for it", wait->iface,
		 family_text(wait->families));
	while ((ret = look_once(nl, wait, out)) == -EAGAIN) {
		int64_t now_us = clock_mono_us();

		if (wait->stop != NULL && wait->stop(wait->stop_data))
			ret = -ECANCELED;
		else if (now_us >= wait->end_us)
			ret = -EADDRNOTAVAIL;
		if (ret != -EAGAIN)
			break;
		rtnl_wait(monitor,
			  now_us + LOOK_US < wait->end_us ? now_us + LOOK_US : wait->end_us);
	}
	if (ret == -EADDRNOTAVAIL)
		log_warn(0, "%s has no %saddress", wait->iface, family_text(wait->families));
	netlink_close(monitor);
	return ret;
}

int egress_find(const struct egress_wait *wait, struct egress *out)
{
	struct netlink *nl = NULL;
	int ret = rtnl_open(&nl);

	if (ret == 0)
		ret = look_once(nl, wait, out);
	if (ret == -EAGAIN)
		ret = wait_for_address(nl, wait, out);
	netlink_close(nl);
	return ret;
}

unsigned egress_families(const struct egress *egress, unsigned families)
{
	return families & ((addr_is_set(&egress->ip4) ? EGRESS_IP4 : 0u) |
			   (addr_is_set(&egress->ip6) ? EGRESS_IP6 : 0u));
}

int egress_bind(const struct egress *egress, int fd)
{
	struct sockaddr_storage source;
	const struct addr *addr;
	int family = AF_UNSPEC;
	socklen_t len = sizeof(family);

	if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &len) != 0)
		return -errno;
	addr = family == AF_INET ? &egress->ip4 : &egress->ip6;
	if (!addr_is_set(addr))
		return -EADDRNOTAVAIL;
	if (setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, egress->iface,
		       (socklen_t)strlen(egress->iface) + 1) != 0)
		return -errno;
	len = addr_to_sockaddr(addr, &source);
	return bind(fd, (const struct sockaddr *)&source, len) == 0 ? 0 : -errno;
}
