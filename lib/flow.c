#include "flow.h"

bool flow_is_private(const struct addr *addr)
{
	static const struct flow_prefix nets[] = {
		{ { AF_INET, { 10 } }, 8 },	   { { AF_INET, { 172, 16 } }, 12 },
		{ { AF_INET, { 192, 168 } }, 16 }, { { AF_INET, { 100, 64 } }, 10 },
		{ { AF_INET, { 169, 254 } }, 16 }, { { AF_INET6, { 0xfc } }, 7 },
	};

	for (size_t i = 0; i < ARRAY_LEN(nets); i++) {
		if (addr_in_prefix(addr, &nets[i].addr, nets[i].len))
			return true;
	}
	return false;
}

static bool is_on_lan(const struct addr *addr, const struct flow_scope *scope)
{
	for (size_t i = 0; i < scope->lan_count; i++) {
		if (addr_in_prefix(addr, &scope->lan[i].addr, scope->lan[i].len))
			return true;
	}
	return false;
}

static bool is_router(const struct addr *addr, const struct flow_scope *scope)
{
	for (size_t i = 0; i < scope->lan_count; i++) {
		if (addr_equal(addr, &scope->lan[i].addr))
			return true;
	}
	return false;
}

static bool translation_fits(const struct flow *flow, const struct flow_scope *scope)
{
	if (addr_equal(&flow->reply_dst, &flow->src))
		return scope->egress_is_lan || !flow_is_private(&flow->src);
	for (size_t i = 0; i < scope->egress_count; i++) {
		if (addr_equal(&flow->reply_dst, &scope->egress[i]))
			return true;
	}
	return false;
}

bool flow_is_stale(const struct flow *flow, const struct flow_scope *scope)
{
	if (flow->src.family != scope->family)
		return false;
	if (!is_on_lan(&flow->src, scope) || is_router(&flow->src, scope))
		return false;
	if (is_on_lan(&flow->dst, scope) || is_on_lan(&flow->reply_src, scope))
		return false;
	return !translation_fits(flow, scope);
}
