#include "ruleset_note.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "netlink.h"
#include "store.h"
#include "store_room.h"

#define NOTE "ruleset"

/* The first line of a note; what was printed follows. */
#define STAMP_MAX 64

/* Of a note: /run is memory. */
#define NOTE_MAX 262144

static int take_generation(const struct nlattr *attr, void *data)
{
	int64_t *generation = data;

	if (mnl_attr_get_type(attr) == NFTA_GEN_ID && mnl_attr_validate(attr, MNL_TYPE_U32) == 0)
		*generation = ntohl(mnl_attr_get_u32(attr));
	return MNL_CB_OK;
}

static int take_answer(const struct nlmsghdr *nlh, void *data)
{
	if (mnl_nlmsg_get_payload_len(nlh) >= sizeof(struct nfgenmsg))
		mnl_attr_parse(nlh, sizeof(struct nfgenmsg), take_generation, data);
	return MNL_CB_OK;
}

static int ask_generation(struct netlink *nl, uint32_t *out)
{
	struct nlmsghdr *nlh =
		netlink_request(nl, NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETGEN, NLM_F_ACK);
	struct nfgenmsg *info = mnl_nlmsg_put_extra_header(nlh, sizeof(*info));
	int64_t generation = -1;
	const char *words;
	int ret;

	info->nfgen_family = AF_UNSPEC;
	info->version = NFNETLINK_V0;
	ret = netlink_ask(nl, nlh, take_answer, &generation, &words);
	if (ret == 0 && generation < 0)
		ret = -EPROTO;
	if (ret == 0)
		*out = (uint32_t)generation;
	return ret;
}

int ruleset_stamp_ask(struct ruleset_stamp *out)
{
	struct netlink *nl = NULL;
	struct stat space;
	int ret;

	if (stat("/proc/self/ns/net", &space) != 0)
		return -errno;
	out->space = space.st_ino;
	ret = netlink_open(NETLINK_NETFILTER, 0, &nl);
	if (ret == 0)
		ret = ask_generation(nl, &out->generation);
	netlink_close(nl);
	return ret;
}

static int put_stamp(const struct ruleset_stamp *stamp, char out[static STAMP_MAX])
{
	return snprintf(out, STAMP_MAX, "generation %" PRIu32 " of %" PRIu64 "\n",
			stamp->generation, stamp->space);
}

bool ruleset_note_read(const struct ruleset_stamp *stamp, char *text, size_t size)
{
	char head[STAMP_MAX];
	size_t len = (size_t)put_stamp(stamp, head);

	if (store_read(STORE_RUN, NOTE, text, size) != 0 || strncmp(text, head, len) != 0)
		return false;
	memmove(text, text + len, strlen(text + len) + 1);
	return true;
}

void ruleset_note_write(const struct ruleset_stamp *stamp, const char *text)
{
	size_t size = STAMP_MAX + strlen(text) + 1;
	char *note;
	int len;

	if (size > NOTE_MAX || store_room_check(STORE_RUN) != 0)
		return;
	note = malloc(size);
	if (note == NULL)
		return;
	len = put_stamp(stamp, note);
	snprintf(note + len, size - (size_t)len, "%s", text);
	store_note(STORE_RUN, NOTE, note, 0640);
	free(note);
}
