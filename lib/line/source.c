#include "source.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static bool is_link_local(const struct addr *addr)
{
	return addr->family == AF_INET6 && addr->bytes[0] == 0xfe &&
	       (addr->bytes[1] & 0xc0) == 0x80;
}

bool source_fits(const struct addr *source, const struct addr *target)
{
	return source->family == target->family &&
	       (!is_link_local(source) || is_link_local(target));
}

bool source_is_for_any(const struct rtnl_addrs *addrs, const struct addr *targets, size_t count)
{
	for (size_t i = 0; i < addrs->count; i++) {
		for (size_t j = 0; j < count && !addrs->items[i].tentative; j++) {
			if (source_fits(&addrs->items[i].local, &targets[j]))
				return true;
		}
	}
	return addrs->more;
}

bool source_is_there(const struct rtnl_addrs *addrs, const struct addr *addr)
{
	for (size_t i = 0; i < addrs->count; i++) {
		if (addr_equal(&addrs->items[i].local, addr))
			return true;
	}
	return addrs->more;
}

/* What the kernel would take, by its routes and RFC 6724; none where it would not send. A UDP
 * socket tells without sending. */
static struct addr kernels_choice(const char *iface, const struct addr *target)
{
	struct sockaddr_storage sa;
	socklen_t len = addr_to_sockaddr(target, &sa);
	struct addr choice = { .family = AF_UNSPEC };
	int fd = socket(target->family, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return choice;
	/* The discard port (RFC 863), for who looks at the socket. */
	if (sa.ss_family == AF_INET6)
		((struct sockaddr_in6 *)&sa)->sin6_port = htons(9);
	else
		((struct sockaddr_in *)&sa)->sin_port = htons(9);
	if (setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, iface, (socklen_t)strlen(iface)) == 0 &&
	    connect(fd, (const struct sockaddr *)&sa, len) == 0) {
		len = sizeof(sa);
		if (getsockname(fd, (struct sockaddr *)&sa, &len) == 0)
			choice = addr_from_sockaddr(&sa);
	}
	close(fd);
	return choice;
}

static int list_addrs(const char *iface, struct rtnl_addrs *out)
{
	struct netlink *nl = NULL;
	int index = rtnl_get_index(iface);
	int ret;

	if (index == 0)
		return -ENODEV;
	ret = rtnl_open(&nl);
	if (ret == 0)
		ret = rtnl_get_addrs(nl, index, out);
	netlink_close(nl);
	return ret;
}

int source_find(const char *iface, const struct addr *target, struct addr *out)
{
	const struct addr choice = kernels_choice(iface, target);
	struct addr source = { .family = AF_UNSPEC };
	struct rtnl_addrs addrs;
	int ret = list_addrs(iface, &addrs);

	if (ret != 0)
		return ret;
	for (size_t i = 0; i < addrs.count; i++) {
		const struct addr *local = &addrs.items[i].local;

		if (addrs.items[i].tentative || !source_fits(local, target))
			continue;
		if (!addr_is_set(&source) || addr_equal(local, &choice))
			source = *local;
	}
	if (!addr_is_set(&source))
		return -EADDRNOTAVAIL;
	*out = source;
	return 0;
}
