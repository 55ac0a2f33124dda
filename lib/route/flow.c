#include "flow.h"

bool flow_is_private(const struct addr *addr)
{
	static const struct addr_prefix nets[] = {
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

static bool is_elsewhere(const struct addr *addr, const struct flow_scope *scope)
{
	for (size_t i = 0; i < scope->elsewhere_count; i++) {
		if (addr_in_prefix(addr, &scope->elsewhere[i].addr, scope->elsewhere[i].len))
			return true;
	}
	return false;
}

static bool is_local(const struct addr *addr, const struct flow_scope *scope)
{
	for (size_t i = 0; i < scope->local_count; i++) {
		if (addr_equal(addr, &scope->local[i]))
			return true;
	}
	return scope->local_count == 0;
}

/* Of a flow that comes from the LAN. What answers is where it really goes. */
static bool leaves_wrongly(const struct flow *flow, const struct flow_scope *scope)
{
	if (is_router(&flow->src, scope) || is_on_lan(&flow->dst, scope) ||
	    is_on_lan(&flow->reply_src, scope) || is_elsewhere(&flow->reply_src, scope))
		return false;
	return !translation_fits(flow, scope);
}

/* Of a flow that comes from anywhere else. */
static bool was_let_in_wrongly(const struct flow *flow, const struct flow_scope *scope)
{
	return is_on_lan(&flow->reply_src, scope) && !is_router(&flow->reply_src, scope) &&
	       !addr_equal(&flow->dst, &flow->reply_src) && !is_local(&flow->dst, scope);
}

bool flow_is_stale(const struct flow *flow, const struct flow_scope *scope)
{
	if (flow->src.family != scope->family)
		return false;
	return is_on_lan(&flow->src, scope) ? leaves_wrongly(flow, scope)
					    : was_let_in_wrongly(flow, scope);
}
