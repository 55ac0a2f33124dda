#include "lan_hold.h"

#include <errno.h>
#include <linux/in.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>

#include "log.h"
#include "nft_rule.h"
#include "report.h"

#define TABLE	"fo_hold"
#define HELD	"held"
#define FORWARD "forward"
#define TRICKLE "trickle"

/* Before the chains of firewalls, which have 0. */
#define PRIORITY (-10)

/* Echoes of the usual size (84 bytes, 104 of IPv6) and questions to DNS are shorter, QUIC's first
 * packets (1200, RFC 9000) and all that fills a line longer. */
#define SMALL 160

#define DNS_PORT    53
#define ECHO4	    8	/* RFC 792 */
#define ECHO6	    128 /* RFC 4443 */
#define ENDS_OF_TCP (TH_FIN | TH_SYN | TH_RST)

/* At most, each way, at 60 bytes of a SYN and its answer, which is repeated, 84 of an echo, 100 and
 * 300 of DNS: 2.9, 4.0, 1.6 or 4.8, 1.3 kbit/s. A host's own limit keeps one that pings without a
 * pause from taking all echoes. */
static const struct nft_rule rules[] = {
	{ FORWARD,
	  { { NFT_OUT_BY, .name = HELD } },
	  .verdict = (uint32_t)NFT_GOTO,
	  .target = TRICKLE },
	{ TRICKLE, { { NFT_LONGER_THAN, SMALL, NULL } }, .verdict = NF_DROP },
	{ TRICKLE,
	  { { NFT_PROTOCOL_IS, IPPROTO_TCP, NULL }, { NFT_TCP_HAS, ENDS_OF_TCP, NULL } },
	  .limit = { 3, 3 },
	  .verdict = NF_ACCEPT },
	{ TRICKLE,
	  { { NFT_PROTOCOL_IS, IPPROTO_ICMP, NULL }, { NFT_ICMP_TYPE_IS, ECHO4, NULL } },
	  .source = { "echo4", NFT_KEY_IPV4, { 4, 2 } },
	  .limit = { 6, 4 },
	  .verdict = NF_ACCEPT },
	{ TRICKLE,
	  { { NFT_PROTOCOL_IS, IPPROTO_ICMPV6, NULL }, { NFT_ICMP_TYPE_IS, ECHO6, NULL } },
	  .source = { "echo6", NFT_KEY_IPV6, { 4, 2 } },
	  .limit = { 6, 4 },
	  .verdict = NF_ACCEPT },
	{ TRICKLE,
	  { { NFT_PROTOCOL_IS, IPPROTO_UDP, NULL }, { NFT_PORT_IS, DNS_PORT, NULL } },
	  .limit = { 2, 4 },
	  .verdict = NF_ACCEPT },
	{ TRICKLE,
	  { { NFT_PROTOCOL_IS, IPPROTO_UDP, NULL }, { NFT_PORT_IS_NOT, DNS_PORT, NULL } },
	  .limit = { 1, 2 },
	  .verdict = NF_ACCEPT },
	{ TRICKLE, .verdict = NF_DROP },
};

/* `replaces`: a table of ours is there. */
static int make(struct netlink *nl, bool replaces, const char *dev, int64_t ms)
{
	FO_UNINITIALIZED struct nft_batch batch;

	nft_begin(&batch, TABLE);
	if (replaces)
		nft_delete_table(&batch);
	nft_add_table(&batch);
	nft_add_set(&batch, HELD, NFT_KEY_IFNAME, false);
	nft_add_set(&batch, "echo4", NFT_KEY_IPV4, true);
	nft_add_set(&batch, "echo6", NFT_KEY_IPV6, true);
	nft_add_chain(&batch, TRICKLE, 0);
	nft_add_chain(&batch, FORWARD, PRIORITY);
	for (size_t i = 0; i < ARRAY_LEN(rules); i++)
		nft_add_rule(&batch, &rules[i]);
	nft_add_interface(&batch, HELD, dev, ms);
	return nft_commit(nl, &batch);
}

static int find(struct netlink *nl, struct lan_hold *out)
{
	struct nft_interface held = { .dev = "" };
	bool there = false, ours = false;
	int ret = nft_find_table(nl, TABLE, &there, &ours);

	*out = (struct lan_hold){ .there = false };
	if (ret == 0 && there && !ours)
		ret = -EEXIST;
	if (ret == 0 && ours)
		ret = nft_find_interface(nl, TABLE, HELD, &held);
	if (ret == -ENOENT) /* somebody has emptied the table */
		ret = 0;
	if (ret != 0)
		return ret;
	out->there = there;
	memcpy(out->dev, held.dev, sizeof(out->dev));
	out->for_ms = held.for_ms;
	out->left_ms = held.left_ms;
	return 0;
}

static int replace(struct netlink *nl, const char *dev, int64_t ms)
{
	struct lan_hold now;
	int ret = find(nl, &now);

	if (ret != 0 || strcmp(now.dev, dev) == 0)
		return ret;
	return make(nl, now.there, dev, ms);
}

int lan_hold_begin(const char *dev, int64_t ms)
{
	struct netlink *nl = NULL;
	int ret = netlink_open(NETLINK_NETFILTER, 0, &nl);

	if (ret == 0)
		ret = make(nl, false, dev, ms);
	if (ret == -EEXIST)
		ret = replace(nl, dev, ms);
	netlink_close(nl);
	if (ret == -EEXIST)
		log_warn(0, "not holding the LAN back: the table inet fo_hold of nftables is "
			    "another program's");
	else if (ret != 0)
		log_warn(ret, "not holding the LAN back: cannot use nftables");
	return ret;
}

/* Without nf_tables there is nothing to end; what is another program's is left alone. */
static bool is_nothing(int ret)
{
	return ret == -EEXIST || ret == -EPROTONOSUPPORT || ret == -EOPNOTSUPP || ret == -EINVAL;
}

static int delete_table(struct netlink *nl)
{
	FO_UNINITIALIZED struct nft_batch batch;
	int ret;

	nft_begin(&batch, TABLE);
	nft_delete_table(&batch);
	ret = nft_commit(nl, &batch);
	return ret == -ENOENT ? 0 : ret;
}

int lan_hold_end(struct lan_hold *was)
{
	struct netlink *nl = NULL;
	int ret = netlink_open(NETLINK_NETFILTER, 0, &nl);

	*was = (struct lan_hold){ .there = false };
	if (ret == 0)
		ret = find(nl, was);
	if (ret == 0 && was->there)
		ret = delete_table(nl);
	netlink_close(nl);
	if (is_nothing(ret))
		return 0;
	/* Who may not look cannot say that there is one. */
	if (ret == -EPERM)
		log_debug("cannot look for the table inet fo_hold of nftables: run it as root");
	else if (ret != 0)
		log_warn(ret, "cannot remove the table inet fo_hold of nftables");
	return ret;
}

int lan_hold_find(struct lan_hold *out)
{
	struct netlink *nl = NULL;
	int ret = netlink_open(NETLINK_NETFILTER, 0, &nl);

	*out = (struct lan_hold){ .there = false };
	if (ret == 0)
		ret = find(nl, out);
	netlink_close(nl);
	return is_nothing(ret) ? 0 : ret;
}

void lan_hold_show(struct report *report)
{
	struct lan_hold hold;

	if (lan_hold_find(&hold) == 0)
		report_number(report, "lan_held_left_ms", hold.left_ms);
	else
		report_unknown(report, "lan_held_left_ms");
}
