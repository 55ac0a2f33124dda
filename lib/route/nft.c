#include "nft.h"

#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <string.h>

/* The type of a comment in the user data of a table (libnftnl's NFTNL_UDATA_TABLE_COMMENT). */
#define UDATA_COMMENT 0

/* The type of a byte order in that of a set (NFTNL_UDATA_SET_KEYBYTEORDER). */
#define UDATA_BYTE_ORDER 0

/* Of a set that the rules fill: as long as a source is remembered, and how many are. */
#define SOURCE_MS   10000
#define SOURCES_MAX 1024

static uint16_t type_of(uint16_t type)
{
	return (uint16_t)(NFNL_SUBSYS_NFTABLES << 8 | type);
}

static void put_family(struct nlmsghdr *nlh, uint8_t family, uint16_t resource)
{
	struct nfgenmsg *info = mnl_nlmsg_put_extra_header(nlh, sizeof(*info));

	info->nfgen_family = family;
	info->version = NFNETLINK_V0;
	info->res_id = htons(resource);
}

static struct nlmsghdr *add_header(struct nft_batch *batch, uint16_t type, uint16_t flags)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(batch->buf + batch->used);

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	return nlh;
}

void nft_end(struct nft_batch *batch, struct nlmsghdr *nlh)
{
	batch->last = nlh;
	batch->used += nlh->nlmsg_len;
}

static void add_edge(struct nft_batch *batch, uint16_t type)
{
	struct nlmsghdr *nlh = add_header(batch, type, 0);

	put_family(nlh, AF_UNSPEC, NFNL_SUBSYS_NFTABLES);
	nft_end(batch, nlh);
}

void nft_begin(struct nft_batch *batch, const char *table)
{
	batch->table = table;
	batch->used = 0;
	batch->sets = 0;
	add_edge(batch, NFNL_MSG_BATCH_BEGIN);
}

/* In all messages the attribute 1 is the table's name. */
struct nlmsghdr *nft_add(struct nft_batch *batch, uint16_t type, uint16_t flags)
{
	struct nlmsghdr *nlh = add_header(batch, type_of(type), flags);

	put_family(nlh, NFPROTO_INET, 0);
	mnl_attr_put_strz(nlh, NFTA_TABLE_NAME, batch->table);
	return nlh;
}

/* A comment as nft(8) shows it. */
struct comment {
	uint8_t type, len;
	char text[sizeof(NFT_OWNER)];
};

static const struct comment owner = { UDATA_COMMENT, sizeof(NFT_OWNER), NFT_OWNER };

void nft_add_table(struct nft_batch *batch)
{
	struct nlmsghdr *nlh = nft_add(batch, NFT_MSG_NEWTABLE, NLM_F_CREATE | NLM_F_EXCL);

	mnl_attr_put(nlh, NFTA_TABLE_USERDATA, sizeof(owner), &owner);
	nft_end(batch, nlh);
}

void nft_delete_table(struct nft_batch *batch)
{
	nft_end(batch, nft_add(batch, NFT_MSG_DELTABLE, 0));
}

static uint32_t key_len(enum nft_key key)
{
	return key == NFT_KEY_IPV4 ? 4 : 16;
}

/* For nft(8) alone, which shows an interface as "" where it does not know the byte order of the
 * key. */
static void put_byte_order(struct nlmsghdr *nlh, enum nft_key key)
{
	uint32_t order = key == NFT_KEY_IFNAME ? 1 : 2; /* the host's, or big endian */
	uint8_t hint[2 + sizeof(order)] = { UDATA_BYTE_ORDER, sizeof(order) };

	memcpy(hint + 2, &order, sizeof(order));
	mnl_attr_put(nlh, NFTA_SET_USERDATA, sizeof(hint), hint);
}

void nft_add_set(struct nft_batch *batch, const char *name, enum nft_key key, bool dynamic)
{
	struct nlmsghdr *nlh = nft_add(batch, NFT_MSG_NEWSET, NLM_F_CREATE);
	uint32_t flags = NFT_SET_TIMEOUT | (dynamic ? NFT_SET_EVAL : 0U);
	struct nlattr *desc;

	mnl_attr_put_strz(nlh, NFTA_SET_NAME, name);
	mnl_attr_put_u32(nlh, NFTA_SET_FLAGS, htonl(flags));
	mnl_attr_put_u32(nlh, NFTA_SET_KEY_TYPE, htonl(key));
	mnl_attr_put_u32(nlh, NFTA_SET_KEY_LEN, htonl(key_len(key)));
	mnl_attr_put_u32(nlh, NFTA_SET_ID, htonl(++batch->sets));
	put_byte_order(nlh, key);
	if (dynamic) {
		mnl_attr_put_u64(nlh, NFTA_SET_TIMEOUT, htobe64(SOURCE_MS));
		desc = mnl_attr_nest_start(nlh, NFTA_SET_DESC);
		mnl_attr_put_u32(nlh, NFTA_SET_DESC_SIZE, htonl(SOURCES_MAX));
		mnl_attr_nest_end(nlh, desc);
	}
	nft_end(batch, nlh);
}

void nft_add_interface(struct nft_batch *batch, const char *set, const char *dev, int64_t ms)
{
	struct nlmsghdr *nlh = nft_add(batch, NFT_MSG_NEWSETELEM, NLM_F_CREATE);
	char key[IFNAMSIZ] = "";
	struct nlattr *list, *element, *value;

	strncpy(key, dev, sizeof(key) - 1);
	mnl_attr_put_strz(nlh, NFTA_SET_ELEM_LIST_SET, set);
	list = mnl_attr_nest_start(nlh, NFTA_SET_ELEM_LIST_ELEMENTS);
	element = mnl_attr_nest_start(nlh, NFTA_LIST_ELEM);
	value = mnl_attr_nest_start(nlh, NFTA_SET_ELEM_KEY);
	mnl_attr_put(nlh, NFTA_DATA_VALUE, sizeof(key), key);
	mnl_attr_nest_end(nlh, value);
	mnl_attr_put_u64(nlh, NFTA_SET_ELEM_TIMEOUT, htobe64((uint64_t)ms));
	mnl_attr_nest_end(nlh, element);
	mnl_attr_nest_end(nlh, list);
	nft_end(batch, nlh);
}

void nft_add_chain(struct nft_batch *batch, const char *name, int priority)
{
	struct nlmsghdr *nlh = nft_add(batch, NFT_MSG_NEWCHAIN, NLM_F_CREATE);
	struct nlattr *hook;

	mnl_attr_put_strz(nlh, NFTA_CHAIN_NAME, name);
	if (priority != 0) {
		mnl_attr_put_strz(nlh, NFTA_CHAIN_TYPE, "filter");
		hook = mnl_attr_nest_start(nlh, NFTA_CHAIN_HOOK);
		mnl_attr_put_u32(nlh, NFTA_HOOK_HOOKNUM, htonl(NF_INET_FORWARD));
		mnl_attr_put_u32(nlh, NFTA_HOOK_PRIORITY, htonl((uint32_t)priority));
		mnl_attr_nest_end(nlh, hook);
	}
	nft_end(batch, nlh);
}

int nft_commit(struct netlink *nl, struct nft_batch *batch)
{
	batch->last->nlmsg_flags |= NLM_F_ACK;
	add_edge(batch, NFNL_MSG_BATCH_END);
	return netlink_ask_batch(nl, batch->buf, batch->used);
}

static struct nlmsghdr *request(struct netlink *nl, uint16_t type, uint16_t flags,
				const char *table)
{
	struct nlmsghdr *nlh = netlink_request(nl, type_of(type), flags);

	put_family(nlh, NFPROTO_INET, 0);
	mnl_attr_put_strz(nlh, NFTA_TABLE_NAME, table);
	return nlh;
}

static int take_comment(const struct nlattr *attr, void *data)
{
	bool *ours = data;

	if (mnl_attr_get_type(attr) == NFTA_TABLE_USERDATA &&
	    mnl_attr_get_payload_len(attr) == sizeof(owner) &&
	    memcmp(mnl_attr_get_payload(attr), &owner, sizeof(owner)) == 0)
		*ours = true;
	return MNL_CB_OK;
}

static int take_table(const struct nlmsghdr *nlh, void *data)
{
	if (mnl_nlmsg_get_payload_len(nlh) >= sizeof(struct nfgenmsg))
		mnl_attr_parse(nlh, sizeof(struct nfgenmsg), take_comment, data);
	return MNL_CB_OK;
}

int nft_find_table(struct netlink *nl, const char *table, bool *there, bool *ours)
{
	const char *words;
	bool found = false;
	int ret = netlink_ask(nl, request(nl, NFT_MSG_GETTABLE, NLM_F_ACK, table), take_table,
			      &found, &words);

	if (ret != 0 && ret != -ENOENT)
		return ret;
	*there = ret == 0;
	*ours = found;
	return 0;
}

static int take_key(const struct nlattr *attr, void *data)
{
	struct nft_interface *out = data;

	if (mnl_attr_get_type(attr) != NFTA_DATA_VALUE ||
	    mnl_attr_get_payload_len(attr) != sizeof(out->dev))
		return MNL_CB_OK;
	memcpy(out->dev, mnl_attr_get_payload(attr), sizeof(out->dev));
	out->dev[sizeof(out->dev) - 1] = '\0';
	return MNL_CB_OK;
}

static int64_t ms_of(const struct nlattr *attr)
{
	bool is_time = mnl_attr_validate(attr, MNL_TYPE_U64) == 0;
	uint64_t ms = is_time ? be64toh(mnl_attr_get_u64(attr)) : 0;

	return ms > INT64_MAX ? 0 : (int64_t)ms;
}

static int take_part(const struct nlattr *attr, void *data)
{
	struct nft_interface *out = data;

	if (mnl_attr_get_type(attr) == NFTA_SET_ELEM_KEY)
		return mnl_attr_parse_nested(attr, take_key, out);
	if (mnl_attr_get_type(attr) == NFTA_SET_ELEM_TIMEOUT)
		out->for_ms = ms_of(attr);
	if (mnl_attr_get_type(attr) == NFTA_SET_ELEM_EXPIRATION)
		out->left_ms = ms_of(attr);
	return MNL_CB_OK;
}

static int take_element(const struct nlattr *attr, void *data)
{
	return mnl_attr_parse_nested(attr, take_part, data);
}

static int take_list(const struct nlattr *attr, void *data)
{
	if (mnl_attr_get_type(attr) != NFTA_SET_ELEM_LIST_ELEMENTS)
		return MNL_CB_OK;
	return mnl_attr_parse_nested(attr, take_element, data);
}

static int take_elements(const struct nlmsghdr *nlh, void *data)
{
	if (mnl_nlmsg_get_payload_len(nlh) >= sizeof(struct nfgenmsg))
		mnl_attr_parse(nlh, sizeof(struct nfgenmsg), take_list, data);
	return MNL_CB_OK;
}

int nft_find_interface(struct netlink *nl, const char *table, const char *set,
		       struct nft_interface *out)
{
	struct nlmsghdr *nlh = request(nl, NFT_MSG_GETSETELEM, NLM_F_DUMP, table);
	struct nft_interface found = { .dev = "" };
	const char *words;
	int ret;

	mnl_attr_put_strz(nlh, NFTA_SET_ELEM_LIST_SET, set);
	ret = netlink_ask(nl, nlh, take_elements, &found, &words);
	if (ret == 0)
		*out = found;
	return ret;
}
