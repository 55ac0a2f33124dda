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

static bool is_translated(const struct flow *flow)
{
	return !addr_equal(&flow->reply_dst, &flow->src);
}

static bool translation_fits(const struct flow *flow, const struct flow_scope *scope)
{
	if (!is_translated(flow))
		return (scope->egress_is_lan && !scope->left) || !flow_is_private(&flow->src);
	for (size_t i = 0; i < scope->egress_count; i++) {
		if (addr_equal(&flow->reply_dst, &scope->egress[i]))
			return true;
	}
	return scope->egress_more;
}

static bool is_default(const struct flow_way *way, const struct flow_scope *scope)
{
	return way->kind == FLOW_WAY_OUT && way->index == scope->index &&
	       addr_equal(&way->via, &scope->via);
}

/* Nobody behind the uplink is of a LAN, also in a network that needs no gateway. */
static bool is_outside(const struct flow_way *way, const struct flow_scope *scope)
{
	if (!scope->egress_is_lan)
		return way->kind == FLOW_WAY_OUT && way->index == scope->index;
	return is_default(way, scope);
}

static enum flow_verdict judge_let_in(const struct flow_scope *scope,
				      const struct flow_facts *facts)
{
	const struct flow_way *way = &facts->flow;

	if (way->kind == FLOW_WAY_UNKNOWN)
		return FLOW_ASK_FLOW;
	return way->kind == FLOW_WAY_OUT && !is_outside(way, scope) ? FLOW_STALE : FLOW_FITS;
}

static enum flow_verdict judge_leaving(const struct flow_scope *scope,
				       const struct flow_facts *facts)
{
	if (facts->flow.kind == FLOW_WAY_UNKNOWN)
		return FLOW_ASK_FLOW;
	return is_default(&facts->flow, scope) ? FLOW_STALE : FLOW_FITS;
}

/* Of a flow that may have been let in wrongly, or leave so. */
static enum flow_verdict judge_by_source(const struct flow_scope *scope,
					 const struct flow_facts *facts, bool let_in, bool misfit)
{
	if (!let_in && !misfit)
		return FLOW_FITS;
	if (facts->src.kind == FLOW_WAY_UNKNOWN)
		return FLOW_ASK_SRC;
	if (facts->src.kind != FLOW_WAY_OUT)
		return FLOW_FITS;
	if (is_outside(&facts->src, scope))
		return let_in ? judge_let_in(scope, facts) : FLOW_FITS;
	return misfit ? judge_leaving(scope, facts) : FLOW_FITS;
}

enum flow_verdict flow_judge(const struct flow *flow, const struct flow_scope *scope,
			     const struct flow_facts *facts)
{
	bool let_in = !addr_equal(&flow->dst, &flow->reply_src);
	bool misfit;

	if (flow->src.family != scope->family)
		return FLOW_FITS;
	misfit = !translation_fits(flow, scope);
	if (misfit && !is_translated(flow)) {
		if (facts->nat == FLOW_NAT_UNKNOWN)
			return FLOW_ASK_NAT;
		misfit = facts->nat == FLOW_NAT_SOME;
	}
	if (let_in && facts->dst.kind == FLOW_WAY_UNKNOWN)
		return FLOW_ASK_DST;
	let_in = let_in && facts->dst.kind != FLOW_WAY_LOCAL;
	return judge_by_source(scope, facts, let_in, misfit);
}
