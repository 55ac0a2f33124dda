#include "name_rule.h"

#include <stddef.h>

#include "compiler.h"

/* No server on a line has these: RFC 6890. */
static const struct addr_prefix nowhere[] = {
	{ { AF_INET, { 0 } }, 8 },
	{ { AF_INET, { 127 } }, 8 },
	{ { AF_INET, { 169, 254 } }, 16 },
	{ { AF_INET6, { [15] = 1 } }, 128 },
	{ { AF_INET6, { 0xfe, 0x80 } }, 10 },
	{ { AF_INET6, { [10] = 0xff, 0xff } }, 96 },
};

static const struct addr_prefix inside[] = {
	{ { AF_INET, { 10 } }, 8 },	   { { AF_INET, { 172, 16 } }, 12 },
	{ { AF_INET, { 192, 168 } }, 16 }, { { AF_INET, { 100, 64 } }, 10 },
	{ { AF_INET6, { 0xfc } }, 7 },
};

static bool is_in(const struct addr *addr, const struct addr_prefix *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (addr_in_prefix(addr, &list[i].addr, list[i].len))
			return true;
	}
	return false;
}

bool name_rule_allows(const struct addr *addr, bool is_inside)
{
	return addr_is_host(addr) && !is_in(addr, nowhere, ARRAY_LEN(nowhere)) &&
	       (!is_inside || is_in(addr, inside, ARRAY_LEN(inside)));
}

int64_t name_rule_ttl_s(int64_t ttl_s)
{
	if (ttl_s < NAME_RULE_TTL_MIN_S)
		return NAME_RULE_TTL_MIN_S;
	return ttl_s < NAME_RULE_TTL_MAX_S ? ttl_s : NAME_RULE_TTL_MAX_S;
}
