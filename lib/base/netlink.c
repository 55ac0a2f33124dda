#include "netlink.h"

#include <errno.h>
#include <linux/netlink.h>
#include <stdalign.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "log.h"

/* Enough for any message we send, and for the kernel's largest batch of a dump. */
#define BUFFER_LEN 32768

/* The kernel answers at once; a socket that is silent this long is broken. */
#define ANSWER_TIMEOUT_S 2

/* A list that changes this often while it is read is no use to anybody. */
#define LISTS_MAX 20

struct netlink {
	struct mnl_socket *socket;
	uint32_t seq;
	alignas(struct nlmsghdr) char buf[BUFFER_LEN];
};

int netlink_open(int bus, unsigned groups, struct netlink **out)
{
	struct timeval timeout = { .tv_sec = ANSWER_TIMEOUT_S };
	/* Not cleared: the buffer is most of it. */
	struct netlink *nl = malloc(sizeof(*nl));
	int on = 1;
	int ret;

	if (nl == NULL)
		return -ENOMEM;
	nl->seq = 0;
	nl->socket = mnl_socket_open2(bus, SOCK_CLOEXEC);
	if (nl->socket == NULL || mnl_socket_bind(nl->socket, groups, MNL_SOCKET_AUTOPID) != 0) {
		ret = -errno;
		netlink_close(nl);
		return ret;
	}
	/* Kernels before 4.12 and 4.20 do without; they then give no words, and dump more. */
	mnl_socket_setsockopt(nl->socket, NETLINK_EXT_ACK, &on, sizeof(on));
	mnl_socket_setsockopt(nl->socket, NETLINK_GET_STRICT_CHK, &on, sizeof(on));
	setsockopt(netlink_fd(nl), SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
	*out = nl;
	return 0;
}

void netlink_close(struct netlink *nl)
{
	if (nl == NULL)
		return;
	if (nl->socket != NULL)
		mnl_socket_close(nl->socket);
	free(nl);
}

int netlink_fd(const struct netlink *nl)
{
	return mnl_socket_get_fd(nl->socket);
}

struct nlmsghdr *netlink_request(struct netlink *nl, uint16_t type, uint16_t flags)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(nl->buf);

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	nlh->nlmsg_seq = ++nl->seq;
	return nlh;
}

static int save_string(const struct nlattr *attr, void *data)
{
	const char **text = data;

	if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_MSG &&
	    mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) == 0)
		*text = mnl_attr_get_str(attr);
	return MNL_CB_OK;
}

static const char *kernel_words(const void *buf, size_t len)
{
	const struct nlmsghdr *nlh = buf;
	const struct nlmsgerr *error;
	size_t skip = sizeof(*error);
	const char *text = "";

	if (len < mnl_nlmsg_size(sizeof(*error)) || nlh->nlmsg_type != NLMSG_ERROR ||
	    (nlh->nlmsg_flags & NLM_F_ACK_TLVS) == 0)
		return text;
	error = mnl_nlmsg_get_payload(nlh);
	/* Behind it is the rest of the request, as long as that says. */
	if ((nlh->nlmsg_flags & NLM_F_CAPPED) == 0 && error->msg.nlmsg_len > sizeof(error->msg))
		skip += error->msg.nlmsg_len - sizeof(error->msg);
	if (skip > mnl_nlmsg_get_payload_len(nlh))
		return text;
	mnl_attr_parse(nlh, (unsigned)skip, save_string, &text);
	return text;
}

/* Returns the bytes of the next datagram, or -errno. */
static ssize_t receive(struct netlink *nl)
{
	ssize_t got;

	do
		got = mnl_socket_recvfrom(nl->socket, nl->buf, sizeof(nl->buf));
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return errno == EAGAIN ? -ETIMEDOUT : -errno;
	return got;
}

/* Whether a datagram ends the answer to the request of this number. */
static bool ends_answer(const void *buf, size_t len, uint32_t seq)
{
	const struct nlmsghdr *nlh = buf;
	int left = (int)len;

	for (; mnl_nlmsg_ok(nlh, left); nlh = mnl_nlmsg_next(nlh, &left)) {
		if (nlh->nlmsg_seq == seq &&
		    (nlh->nlmsg_type == NLMSG_DONE || nlh->nlmsg_type == NLMSG_ERROR))
			return true;
	}
	return false;
}

/* Reads a list that has changed meanwhile to its end: before that the kernel makes no other one. */
static void read_to_end(struct netlink *nl, size_t len, uint32_t seq)
{
	while (!ends_answer(nl->buf, len, seq)) {
		ssize_t got = receive(nl);

		if (got < 0)
			return;
		len = (size_t)got;
	}
}

/* Takes what is answered to the requests of this number, up to an acknowledgement or an error. */
static int take_answer(struct netlink *nl, uint32_t seq, mnl_cb_t each, void *data,
		       const char **words)
{
	unsigned port = mnl_socket_get_portid(nl->socket);
	int more = MNL_CB_OK;

	while (more > MNL_CB_STOP) {
		ssize_t got = receive(nl);

		if (got < 0)
			return (int)got;
		/* The rest of a dump that was broken off answers no request any more. */
		if (((const struct nlmsghdr *)(const void *)nl->buf)->nlmsg_seq != seq)
			continue;
		more = mnl_cb_run(nl->buf, (size_t)got, seq, port, each, data);
		if (more < 0) {
			int ret = -errno;

			*words = kernel_words(nl->buf, (size_t)got);
			if (ret == -EINTR)
				read_to_end(nl, (size_t)got, seq);
			return ret;
		}
	}
	return 0;
}

int netlink_ask(struct netlink *nl, const struct nlmsghdr *request, mnl_cb_t each, void *data,
		const char **words)
{
	*words = "";
	if (mnl_socket_sendto(nl->socket, request, request->nlmsg_len) < 0)
		return -errno;
	return take_answer(nl, request->nlmsg_seq, each, data, words);
}

/* One number for all: a refusal may name any of them. */
int netlink_ask_batch(struct netlink *nl, void *requests, size_t len)
{
	struct nlmsghdr *nlh = requests;
	const char *words;
	int left = (int)len;

	nl->seq++;
	for (; mnl_nlmsg_ok(nlh, left); nlh = mnl_nlmsg_next(nlh, &left))
		nlh->nlmsg_seq = nl->seq;
	if (mnl_socket_sendto(nl->socket, requests, len) < 0)
		return -errno;
	return take_answer(nl, nl->seq, NULL, NULL, &words);
}

int netlink_list(struct netlink *nl, netlink_begin *begin, mnl_cb_t each, void *data,
		 const char **words)
{
	int ret = -EINTR;

	for (int i = 0; i < LISTS_MAX && ret == -EINTR; i++)
		ret = netlink_ask(nl, begin(nl, data), each, data, words);
	return ret;
}

int netlink_log_failure(int ret, const char *words, const char *what)
{
	log_err(ret, "%s%s%s", what, words[0] == '\0' ? "" : ": ", words);
	return ret;
}

/* The acknowledgements in a datagram. */
struct acks {
	unsigned count;
	int ignored, error;
};

static void take_acks(const void *buf, size_t len, struct acks *acks)
{
	const struct nlmsghdr *nlh = buf;
	int left = (int)len;

	for (; mnl_nlmsg_ok(nlh, left); nlh = mnl_nlmsg_next(nlh, &left)) {
		const struct nlmsgerr *error = mnl_nlmsg_get_payload(nlh);

		if (nlh->nlmsg_type != NLMSG_ERROR ||
		    mnl_nlmsg_get_payload_len(nlh) < sizeof(*error))
			continue;
		acks->count++;
		if (error->error != 0 && error->error != acks->ignored && acks->error == 0)
			acks->error = error->error;
	}
}

int netlink_ask_all(struct netlink *nl, const void *requests, size_t len, unsigned count,
		    int ignored)
{
	struct acks acks = { .ignored = ignored };

	if (mnl_socket_sendto(nl->socket, requests, len) < 0)
		return -errno;
	while (acks.count < count) {
		ssize_t got = receive(nl);

		if (got < 0)
			return (int)got;
		take_acks(nl->buf, (size_t)got, &acks);
	}
	return acks.error;
}

/* Gives the requests the next sequence numbers. Returns the first. */
static uint32_t number_requests(struct netlink *nl, void *requests, size_t len)
{
	struct nlmsghdr *nlh = requests;
	uint32_t first = nl->seq + 1;
	int left = (int)len;

	for (; mnl_nlmsg_ok(nlh, left); nlh = mnl_nlmsg_next(nlh, &left))
		nlh->nlmsg_seq = ++nl->seq;
	return first;
}

int netlink_ask_each(struct netlink *nl, void *requests, size_t len, unsigned count,
		     netlink_answer *each, void *data)
{
	uint32_t first = number_requests(nl, requests, len);
	unsigned answered = 0;

	if (mnl_socket_sendto(nl->socket, requests, len) < 0)
		return -errno;
	while (answered < count) {
		const struct nlmsghdr *nlh = (const void *)nl->buf;
		ssize_t got = receive(nl);
		int left = (int)got;

		if (got < 0)
			return (int)got;
		for (; mnl_nlmsg_ok(nlh, left); nlh = mnl_nlmsg_next(nlh, &left)) {
			/* The rest of what was broken off answers no request any more. */
			if (nlh->nlmsg_seq - first >= count)
				continue;
			each(nlh->nlmsg_seq - first, nlh, data);
			answered++;
		}
	}
	return 0;
}

int netlink_receive(struct netlink *nl, mnl_cb_t each, void *data)
{
	struct sockaddr_nl from = { .nl_pid = 0 };
	socklen_t from_len = sizeof(from);
	ssize_t got;

	/* Only the kernel may send to a group, but anyone may send to this socket. */
	do {
		got = recvfrom(netlink_fd(nl), nl->buf, sizeof(nl->buf), MSG_DONTWAIT,
			       (struct sockaddr *)&from, &from_len);
		if (got < 0)
			return -errno;
	} while (from.nl_pid != 0);
	return mnl_cb_run(nl->buf, (size_t)got, 0, 0, each, data) < 0 ? -errno : 0;
}

uint32_t netlink_port(const struct netlink *nl)
{
	return mnl_socket_get_portid(nl->socket);
}
