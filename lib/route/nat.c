#include "nat.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <string.h>
#include <unistd.h>

#include "netlink.h"

/* More tables than the old iptables has. */
#define NAMES_MAX 256

/* Without the file the module is not there, and has no tables. Who may not read it, such as the
 * resident, which is not root, has to assume the worse: an untranslated flow that is left alone
 * goes on leaving with its private source, one that is forgotten begins once more. */
static bool has_old_table(sa_family_t family)
{
	char text[NAMES_MAX];
	const char *path =
		family == AF_INET6 ? "/proc/net/ip6_tables_names" : "/proc/net/ip_tables_names";
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *rest = text, *name;
	ssize_t got;

	if (fd < 0)
		return errno == EACCES;
	got = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[got > 0 ? got : 0] = '\0';
	while ((name = strsep(&rest, "\n")) != NULL) {
		if (strcmp(name, "nat") == 0)
			return true;
	}
	return false;
}

/* What matters of a chain. */
struct chain {
	bool translates, is_last;
};

static int take_hook_attr(const struct nlattr *attr, void *data)
{
	struct chain *chain = data;

	if (mnl_attr_get_type(attr) == NFTA_HOOK_HOOKNUM &&
	    mnl_attr_validate(attr, MNL_TYPE_U32) == 0)
		chain->is_last = ntohl(mnl_attr_get_u32(attr)) == NF_INET_POST_ROUTING;
	return MNL_CB_OK;
}

static int take_chain_attr(const struct nlattr *attr, void *data)
{
	struct chain *chain = data;

	if (mnl_attr_get_type(attr) == NFTA_CHAIN_TYPE &&
	    mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) == 0)
		chain->translates = strcmp(mnl_attr_get_str(attr), "nat") == 0;
	else if (mnl_attr_get_type(attr) == NFTA_CHAIN_HOOK)
		mnl_attr_parse_nested(attr, take_hook_attr, chain);
	return MNL_CB_OK;
}

struct query {
	sa_family_t family;
	bool found;
};

static int take_chain(const struct nlmsghdr *nlh, void *data)
{
	struct query *query = data;
	const struct nfgenmsg *info = mnl_nlmsg_get_payload(nlh);
	uint8_t own = query->family == AF_INET6 ? NFPROTO_IPV6 : NFPROTO_IPV4;
	struct chain chain = { .translates = false };

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*info) ||
	    (info->nfgen_family != own && info->nfgen_family != NFPROTO_INET))
		return MNL_CB_OK;
	mnl_attr_parse(nlh, sizeof(*info), take_chain_attr, &chain);
	query->found = query->found || (chain.translates && chain.is_last);
	return MNL_CB_OK;
}

static struct nlmsghdr *begin_chains(struct netlink *nl, void *data)
{
	struct nlmsghdr *nlh =
		netlink_request(nl, NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETCHAIN, NLM_F_DUMP);
	struct nfgenmsg *info = mnl_nlmsg_put_extra_header(nlh, sizeof(*info));
	struct query *query = data;

	info->nfgen_family = NFPROTO_UNSPEC;
	info->version = NFNETLINK_V0;
	query->found = false;
	return nlh;
}

int nat_has_source(sa_family_t family, bool *out)
{
	struct query query = { .family = family };
	struct netlink *nl = NULL;
	const char *words = "";
	int ret;

	if (has_old_table(family)) {
		*out = true;
		return 0;
	}
	ret = netlink_open(NETLINK_NETFILTER, 0, &nl);
	if (ret == 0)
		ret = netlink_list(nl, begin_chains, take_chain, &query, &words);
	if (ret == -EPROTONOSUPPORT || ret == -EINVAL) /* no nftables */
		ret = 0;
	if (ret == 0)
		*out = query.found;
	else
		netlink_log_failure(ret, words, "cannot list the chains of nftables");
	netlink_close(nl);
	return ret;
}
