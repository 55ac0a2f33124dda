#include "conntrack.h"

#include <errno.h>
#include <libnetfilter_conntrack/libnetfilter_conntrack.h>

#include "log.h"

/* A sweep over the table. The deletions go over a handle of their own: the answers to them would
 * otherwise mix with the dump. */
struct sweep {
	const struct flow_scope *scope;
	struct nfct_handle *deleter; /* NULL: only count */
	size_t stale;
	int error;
};

/* The attributes of the two families, in the order of struct flow's fields. */
static const enum nf_conntrack_attr attrs4[] = { ATTR_ORIG_IPV4_SRC, ATTR_ORIG_IPV4_DST,
						 ATTR_REPL_IPV4_SRC, ATTR_REPL_IPV4_DST };
static const enum nf_conntrack_attr attrs6[] = { ATTR_ORIG_IPV6_SRC, ATTR_ORIG_IPV6_DST,
						 ATTR_REPL_IPV6_SRC, ATTR_REPL_IPV6_DST };

static bool read_flow(const struct nf_conntrack *ct, struct flow *flow)
{
	sa_family_t family = nfct_get_attr_u8(ct, ATTR_L3PROTO);
	const enum nf_conntrack_attr *attrs = family == AF_INET6 ? attrs6 : attrs4;
	struct addr *const fields[] = { &flow->src, &flow->dst, &flow->reply_src,
					&flow->reply_dst };

	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		const void *bytes = nfct_get_attr(ct, attrs[i]);

		if (bytes == NULL ||
		    addr_from_bytes(family, bytes, addr_len(family), fields[i]) != 0)
			return false;
	}
	return true;
}

static int look_at(enum nf_conntrack_msg_type type, struct nf_conntrack *ct, void *data)
{
	struct sweep *sweep = data;
	struct flow flow;

	(void)type;
	if (!read_flow(ct, &flow) || !flow_is_stale(&flow, sweep->scope))
		return NFCT_CB_CONTINUE;
	/* ENOENT: it ended by itself meanwhile. */
	if (sweep->deleter != NULL && nfct_query(sweep->deleter, NFCT_Q_DESTROY, ct) != 0 &&
	    errno != ENOENT)
		sweep->error = -errno;
	else
		sweep->stale++;
	return NFCT_CB_CONTINUE;
}

static int sweep_table(struct nfct_handle *reader, struct sweep *sweep)
{
	const uint32_t family = sweep->scope->family;

	if (nfct_callback_register(reader, NFCT_T_ALL, look_at, sweep) != 0 ||
	    nfct_query(reader, NFCT_Q_DUMP, &family) != 0)
		return -errno;
	return sweep->error;
}

int conntrack_delete_stale(const struct flow_scope *scope, bool dry_run, size_t *stale)
{
	struct sweep sweep = { .scope = scope };
	struct nfct_handle *reader = nfct_open(CONNTRACK, 0);
	int ret = -errno;

	if (reader == NULL)
		goto out;
	if (!dry_run) {
		sweep.deleter = nfct_open(CONNTRACK, 0);
		ret = -errno;
		if (sweep.deleter == NULL)
			goto out;
	}
	ret = sweep_table(reader, &sweep);
out:
	if (ret == -EPROTONOSUPPORT || ret == -EINVAL) {
		log_debug("no conntrack in this kernel, so no flow to remove");
		ret = 0;
	}
	if (ret == 0)
		*stale = sweep.stale;
	else if (ret != -EPERM || !dry_run)
		log_err(ret, "cannot %s the tracked flows", dry_run ? "look at" : "sweep");
	if (sweep.deleter != NULL)
		nfct_close(sweep.deleter);
	if (reader != NULL)
		nfct_close(reader);
	return ret;
}
