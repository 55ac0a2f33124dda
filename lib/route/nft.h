/* nft.h - a table of nf_tables: made, looked at, deleted (linux/netfilter/nf_tables.h). Edge:
 * netlink.
 *
 * By netlink and not by nft(8), which takes 20 ms and more: the LAN waits. A table is of the family
 * inet, so of IPv4 and IPv6. What is ours carries NFT_OWNER as its comment. */
#ifndef FO_NFT_H
#define FO_NFT_H

#include <linux/netlink.h>
#include <net/if.h>
#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "compiler.h"
#include "netlink.h"

#define NFT_OWNER "failover-helpers"

/* Messages that the kernel carries out together, or not at all. */
struct nft_batch {
	const char *table;
	size_t used;
	struct nlmsghdr *last;
	uint32_t sets; /* so many were added */
	alignas(struct nlmsghdr) char buf[8192];
};

/* Starts one about `table`, which has to be static. */
void nft_begin(struct nft_batch *batch, const char *table);

/* Makes the table; the batch fails with -EEXIST where there is one of that name. */
void nft_add_table(struct nft_batch *batch);

/* Deletes it with all that is in it. */
void nft_delete_table(struct nft_batch *batch);

enum nft_key { NFT_KEY_IFNAME = 41, NFT_KEY_IPV4 = 7, NFT_KEY_IPV6 = 8 };

/* A set of elements that end by themselves; the rules fill it where it is `dynamic`. */
void nft_add_set(struct nft_batch *batch, const char *name, enum nft_key key, bool dynamic);

/* Puts an interface into a set for so long: the kernel takes it out, whatever becomes of us. */
void nft_add_interface(struct nft_batch *batch, const char *set, const char *dev, int64_t ms);

/* A chain of the hook `forward` where `priority` is not 0; else one to go to. */
void nft_add_chain(struct nft_batch *batch, const char *name, int priority);

/* Starts a message of any type and flags about the table, after those before it. For nft_rule. */
struct nlmsghdr *nft_add(struct nft_batch *batch, uint16_t type, uint16_t flags);

/* Ends the message that was started last. */
void nft_end(struct nft_batch *batch, struct nlmsghdr *nlh);

/* Sends the batch. Returns 0, or -errno and nothing was done; not logged. */
int nft_commit(struct netlink *nl, struct nft_batch *batch) FO_MUST_CHECK;

/* Whether there is a table of that name, and whether it is ours. Returns 0, `*there` and `*ours`;
 * or -errno, not logged: -EPERM without privilege. */
int nft_find_table(struct netlink *nl, const char *table, bool *there, bool *ours) FO_MUST_CHECK;

/* An interface in a set. */
struct nft_interface {
	char dev[IFNAMSIZ]; /* empty: the set has none */
	int64_t for_ms;	    /* that it was put in for */
	int64_t left_ms;    /* of that */
};

/* Looks for the first interface in a set. Returns 0 and `*out`; or -errno, not logged. */
int nft_find_interface(struct netlink *nl, const char *table, const char *set,
		       struct nft_interface *out) FO_MUST_CHECK;

#endif
