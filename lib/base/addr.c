#include "addr.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

size_t addr_len(sa_family_t family)
{
	if (family == AF_INET)
		return 4;
	return family == AF_INET6 ? 16 : 0;
}

static int parse_family(const char *text, sa_family_t family, struct addr *out)
{
	struct addr addr = { .family = family };

	if (inet_pton(family, text, addr.bytes) != 1)
		return -EINVAL;
	*out = addr;
	return 0;
}

int addr_parse(const char *text, sa_family_t family, struct addr *out)
{
	if (family != AF_UNSPEC)
		return parse_family(text, family, out);
	if (parse_family(text, AF_INET, out) == 0)
		return 0;
	return parse_family(text, AF_INET6, out);
}

int addr_from_bytes(sa_family_t family, const void *bytes, size_t len, struct addr *out)
{
	struct addr addr = { .family = family };

	if (addr_len(family) == 0 || len < addr_len(family))
		return -EINVAL;
	memcpy(addr.bytes, bytes, addr_len(family));
	*out = addr;
	return 0;
}

struct addr addr_from_sockaddr(const struct sockaddr_storage *sa)
{
	struct addr addr = { .family = AF_UNSPEC };
	struct sockaddr_in in4;
	struct sockaddr_in6 in6;

	if (sa->ss_family == AF_INET) {
		memcpy(&in4, sa, sizeof(in4));
		addr.family = AF_INET;
		memcpy(addr.bytes, &in4.sin_addr, 4);
	} else if (sa->ss_family == AF_INET6) {
		memcpy(&in6, sa, sizeof(in6));
		addr.family = AF_INET6;
		memcpy(addr.bytes, &in6.sin6_addr, 16);
	}
	return addr;
}

socklen_t addr_to_sockaddr(const struct addr *addr, struct sockaddr_storage *out)
{
	struct sockaddr_in in4 = { .sin_family = AF_INET };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };

	memset(out, 0, sizeof(*out));
	if (addr->family == AF_INET6) {
		memcpy(&in6.sin6_addr, addr->bytes, 16);
		memcpy(out, &in6, sizeof(in6));
		return sizeof(in6);
	}
	memcpy(&in4.sin_addr, addr->bytes, 4);
	memcpy(out, &in4, sizeof(in4));
	return sizeof(in4);
}

bool addr_is_set(const struct addr *addr)
{
	return addr->family != AF_UNSPEC;
}

bool addr_is_host(const struct addr *addr)
{
	static const struct addr none = { .family = AF_UNSPEC };
	const uint8_t *bytes = addr->bytes;

	if (memcmp(bytes, none.bytes, addr_len(addr->family)) == 0)
		return false;
	/* 224/4 is multicast, 240/4 reserved, with the broadcast at its end; ff00::/8 multicast. */
	return addr->family == AF_INET ? bytes[0] < 224 : bytes[0] != 0xff;
}

bool addr_equal(const struct addr *a, const struct addr *b)
{
	return a->family == b->family && memcmp(a->bytes, b->bytes, addr_len(a->family)) == 0;
}

bool addr_in_prefix(const struct addr *addr, const struct addr *net, unsigned prefix_len)
{
	size_t whole = prefix_len / 8;
	unsigned rest = prefix_len % 8;
	unsigned mask = 0xffU << (8 - rest) & 0xffU;

	if (addr->family != net->family || prefix_len > 8 * addr_len(addr->family))
		return false;
	if (memcmp(addr->bytes, net->bytes, whole) != 0)
		return false;
	return rest == 0 || ((addr->bytes[whole] ^ net->bytes[whole]) & mask) == 0;
}

struct addr addr_network(const struct addr *addr, unsigned prefix_len)
{
	struct addr net = { .family = addr->family };
	size_t whole = prefix_len / 8, len = addr_len(addr->family);

	memcpy(net.bytes, addr->bytes, whole < len ? whole : len);
	if (whole < len)
		net.bytes[whole] = addr->bytes[whole] & (uint8_t)(0xffU << (8 - prefix_len % 8));
	return net;
}

bool addr_is_private(const struct addr *addr)
{
	static const struct addr_prefix nets[] = {
		{ { AF_INET, { 10 } }, 8 },	      { { AF_INET, { 172, 16 } }, 12 },
		{ { AF_INET, { 192, 168 } }, 16 },    { { AF_INET, { 100, 64 } }, 10 },
		{ { AF_INET, { 169, 254 } }, 16 },    { { AF_INET6, { 0xfc } }, 7 },
		{ { AF_INET6, { 0xfe, 0x80 } }, 10 },
	};

	for (size_t i = 0; i < ARRAY_LEN(nets); i++) {
		if (addr_in_prefix(addr, &nets[i].addr, nets[i].len))
			return true;
	}
	return false;
}

const char *addr_format(char buf[static ADDR_TEXT_MAX], const struct addr *addr)
{
	if (!addr_is_set(addr) || inet_ntop(addr->family, addr->bytes, buf, ADDR_TEXT_MAX) == NULL)
		memcpy(buf, "-", 2);
	return buf;
}
