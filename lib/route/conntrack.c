#include "conntrack.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "netlink.h"

/* Room for a deletion: headers, a tuple of IPv6 addresses with its zone, an identifier. */
#define DELETION_MAX 256

/* A sweep over the table. The deletions go over a socket of their own: the answers to them would
 * otherwise mix with the dump. */
struct sweep {
	sa_family_t family;
	const struct conntrack_choice *choice;
	struct netlink *deleter; /* NULL: only count */
	size_t count;		 /* chosen ones */
	int error;
	size_t seen;	  /* those that might be */
	unsigned waiting; /* those of them that are to be chosen from */
	struct flow flows[CONNTRACK_BATCH_MAX];
	size_t used; /* bytes of `batch` */
	char *batch; /* their deletions: CONNTRACK_BATCH_MAX * DELETION_MAX bytes */
};

/* An entry of the dump, as far as it matters here. */
struct entry {
	const struct nlattr *original, *reply, *id, *zone, *mark;
};

static int take_attr(const struct nlattr *attr, void *data)
{
	struct entry *entry = data;

	switch (mnl_attr_get_type(attr)) {
	case CTA_TUPLE_ORIG:
		entry->original = attr;
		break;
	case CTA_TUPLE_REPLY:
		entry->reply = attr;
		break;
	case CTA_ID:
		entry->id = attr;
		break;
	case CTA_ZONE:
		entry->zone = attr;
		break;
	case CTA_MARK:
		entry->mark = attr;
		break;
	default:
		break;
	}
	return MNL_CB_OK;
}

struct wanted {
	uint16_t type;
	const struct nlattr *found;
};

static int take_wanted(const struct nlattr *attr, void *data)
{
	struct wanted *wanted = data;

	if (mnl_attr_get_type(attr) == wanted->type)
		wanted->found = attr;
	return MNL_CB_OK;
}

static const struct nlattr *find(const struct nlattr *nest, uint16_t type)
{
	struct wanted wanted = { .type = type };

	mnl_attr_parse_nested(nest, take_wanted, &wanted);
	return wanted.found;
}

static bool read_addr(const struct nlattr *ip, sa_family_t family, uint16_t type4, uint16_t type6,
		      struct addr *out)
{
	const struct nlattr *attr = find(ip, family == AF_INET6 ? type6 : type4);

	return attr != NULL && addr_from_bytes(family, mnl_attr_get_payload(attr),
					       mnl_attr_get_payload_len(attr), out) == 0;
}

static bool read_tuple(const struct nlattr *tuple, sa_family_t family, struct addr *src,
		       struct addr *dst)
{
	const struct nlattr *ip = tuple == NULL ? NULL : find(tuple, CTA_TUPLE_IP);

	return ip != NULL && read_addr(ip, family, CTA_IP_V4_SRC, CTA_IP_V6_SRC, src) &&
	       read_addr(ip, family, CTA_IP_V4_DST, CTA_IP_V6_DST, dst);
}

static bool read_flow(const struct entry *entry, sa_family_t family, struct flow *out)
{
	out->mark = 0;
	if (entry->mark != NULL && mnl_attr_validate(entry->mark, MNL_TYPE_U32) == 0)
		out->mark = ntohl(mnl_attr_get_u32(entry->mark));
	return read_tuple(entry->original, family, &out->src, &out->dst) &&
	       read_tuple(entry->reply, family, &out->reply_src, &out->reply_dst);
}

/* A message type of the subsystem. */
static uint16_t type_of(enum cntl_msg_types type)
{
	return (uint16_t)(NFNL_SUBSYS_CTNETLINK << 8 | type);
}

static void put_family(struct nlmsghdr *nlh, sa_family_t family)
{
	struct nfgenmsg *info = mnl_nlmsg_put_extra_header(nlh, sizeof(*info));

	info->nfgen_family = (uint8_t)family;
	info->version = NFNETLINK_V0;
}

/* Keeps the chosen deletions of a batch. Returns how many; `*len` is their bytes. */
static unsigned keep_chosen(struct sweep *sweep, const bool *chosen, size_t *len)
{
	size_t from = 0;
	unsigned count = 0;

	*len = 0;
	for (unsigned i = 0; i < sweep->waiting; i++) {
		const struct nlmsghdr *nlh = (const void *)(sweep->batch + from);
		size_t size = nlh->nlmsg_len;

		if (chosen[i]) {
			memmove(sweep->batch + *len, nlh, size);
			*len += size;
			count++;
		}
		from += size;
	}
	return count;
}

/* ENOENT: it ended meanwhile. */
static void work_off(struct sweep *sweep)
{
	bool chosen[CONNTRACK_BATCH_MAX] = { false };
	unsigned count;
	size_t len;
	int ret = 0;

	if (sweep->waiting == 0)
		return;
	sweep->choice->choose(sweep->flows, sweep->waiting, chosen, sweep->choice->data);
	count = keep_chosen(sweep, chosen, &len);
	if (count > 0 && sweep->deleter != NULL)
		ret = netlink_ask_all(sweep->deleter, sweep->batch, len, count, -ENOENT);
	if (sweep->error == 0)
		sweep->error = ret;
	sweep->count += count;
	sweep->waiting = 0;
	sweep->used = 0;
}

static void copy_attr(struct nlmsghdr *nlh, const struct nlattr *attr)
{
	if (attr != NULL)
		mnl_attr_put(nlh, attr->nla_type, mnl_attr_get_payload_len(attr),
			     mnl_attr_get_payload(attr));
}

/* By the tuple as the kernel has written it, and by the identifier: an entry that has taken the
 * place of this one is not meant. */
static void add_deletion(struct sweep *sweep, const struct entry *entry, sa_family_t family)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(sweep->batch + sweep->used);

	nlh->nlmsg_type = type_of(IPCTNL_MSG_CT_DELETE);
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	put_family(nlh, family);
	copy_attr(nlh, entry->original);
	copy_attr(nlh, entry->id);
	copy_attr(nlh, entry->zone);
	sweep->used += nlh->nlmsg_len;
}

static int look_at(const struct nlmsghdr *nlh, void *data)
{
	struct sweep *sweep = data;
	const struct nfgenmsg *info = mnl_nlmsg_get_payload(nlh);
	struct entry entry = { .original = NULL };
	struct flow *flow = &sweep->flows[sweep->waiting];

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*info))
		return MNL_CB_OK;
	mnl_attr_parse(nlh, sizeof(*info), take_attr, &entry);
	if (!read_flow(&entry, info->nfgen_family, flow) ||
	    mnl_attr_get_len(entry.original) > DELETION_MAX / 2 ||
	    !sweep->choice->may_be(flow, sweep->choice->data))
		return MNL_CB_OK;
	add_deletion(sweep, &entry, info->nfgen_family);
	sweep->seen++;
	sweep->waiting++;
	/* The first ones at once: the walk takes milliseconds, in which running flows lose packets.
	 */
	if (sweep->waiting == CONNTRACK_BATCH_MAX || sweep->seen <= CONNTRACK_BATCH_MAX)
		work_off(sweep);
	return MNL_CB_OK;
}

/* What was found before the list had to restart is deleted by then, or counted again. */
static struct nlmsghdr *begin_sweep(struct netlink *nl, void *data)
{
	struct sweep *sweep = data;
	struct nlmsghdr *nlh = netlink_request(nl, type_of(IPCTNL_MSG_CT_GET), NLM_F_DUMP);

	put_family(nlh, sweep->family);
	work_off(sweep);
	if (sweep->deleter == NULL)
		sweep->count = 0;
	return nlh;
}

static int sweep_table(struct netlink *reader, struct sweep *sweep)
{
	const char *words;
	int ret = netlink_list(reader, begin_sweep, look_at, sweep, &words);

	work_off(sweep);
	return ret != 0 ? ret : sweep->error;
}

static int open_and_sweep(struct sweep *sweep, bool dry_run)
{
	struct netlink *reader = NULL;
	int ret = netlink_open(NETLINK_NETFILTER, 0, &reader);

	if (ret == 0 && !dry_run)
		ret = netlink_open(NETLINK_NETFILTER, 0, &sweep->deleter);
	if (ret == 0) {
		sweep->batch = malloc((size_t)CONNTRACK_BATCH_MAX * DELETION_MAX);
		ret = sweep->batch == NULL ? -ENOMEM : 0;
	}
	if (ret == 0)
		ret = sweep_table(reader, sweep);
	free(sweep->batch);
	netlink_close(reader);
	netlink_close(sweep->deleter);
	return ret;
}

int conntrack_delete(sa_family_t family, const struct conntrack_choice *choice, bool dry_run,
		     size_t *count)
{
	struct sweep sweep = { .family = family, .choice = choice };
	int ret = open_and_sweep(&sweep, dry_run);

	if (ret == -EPROTONOSUPPORT || ret == -EINVAL) {
		log_debug("no conntrack in this kernel, so no flow to remove");
		ret = 0;
	}
	if (ret == 0)
		*count = sweep.count;
	else if (ret != -EPERM || !dry_run)
		log_err(ret, "cannot %s the tracked flows", dry_run ? "look at" : "sweep");
	return ret;
}
