/* netlink.h - talk to the kernel over netlink(7). Edge: the socket of libmnl. */
#ifndef FO_NETLINK_H
#define FO_NETLINK_H

#include <libmnl/libmnl.h>
#include <stdint.h>

#include "compiler.h"

struct netlink;

/* Opens a socket of `bus` (NETLINK_ROUTE, NETLINK_NETFILTER) that hears `groups` (a bit mask, or
 * 0). Returns 0 and `*out`, owned by the caller (netlink_close); or -errno, not logged. */
int netlink_open(int bus, unsigned groups, struct netlink **out) FO_MUST_CHECK;

/* Closes it; NULL is allowed. */
void netlink_close(struct netlink *nl);

/* The descriptor, to be polled for input. */
int netlink_fd(const struct netlink *nl);

/* Starts a request of `type` with NLM_F_REQUEST and `flags`, in the socket's own buffer: one at a
 * time. Returns it, with a sequence number of its own. */
struct nlmsghdr *netlink_request(struct netlink *nl, uint16_t type, uint16_t flags);

/* Sends the request and hands every part of the answer to `each` (NULL: nothing but the
 * acknowledgement is expected). Returns 0, or -errno; the kernel's own words about that (extended
 * ack) are in `*words` until the next call, "" when it gave none; -EINTR when what was dumped has
 * changed meanwhile, and part of it has been handed out. Waits 2 s at most. */
int netlink_ask(struct netlink *nl, const struct nlmsghdr *request, mnl_cb_t each, void *data,
		const char **words) FO_MUST_CHECK;

/* Makes the request for a list (netlink_request, with NLM_F_DUMP), and `data` as it is before the
 * first part of the answer. Returns the request. */
typedef struct nlmsghdr *netlink_begin(struct netlink *nl, void *data);

/* Asks for a list, and once more from the beginning while it has changed as it was handed out: each
 * time what `begin` makes, and each part to `each`. Returns as netlink_ask does; -EINTR when it has
 * not been still in 20 times. */
int netlink_list(struct netlink *nl, netlink_begin *begin, mnl_cb_t each, void *data,
		 const char **words) FO_MUST_CHECK;

/* Logs `what`, with the kernel's own words where it gave any, and the error. Returns `ret`. */
int netlink_log_failure(int ret, const char *words, const char *what);

/* Sends `len` bytes of requests that are acknowledged each (NLM_F_ACK), `count` of them, and takes
 * in all that comes back. Refusals with `ignored` (-errno) do not count. Returns 0, or the first
 * other -errno. Waits 2 s at most. */
int netlink_ask_all(struct netlink *nl, const void *requests, size_t len, unsigned count,
		    int ignored) FO_MUST_CHECK;

/* Sends `len` bytes: a batch of nfnetlink (NFNL_MSG_BATCH_BEGIN to _END), which is carried out as a
 * whole. One of its requests, the last, has NLM_F_ACK; sequence numbers are given here. Returns 0,
 * or the first -errno. Waits 2 s at most. */
int netlink_ask_batch(struct netlink *nl, void *requests, size_t len) FO_MUST_CHECK;

/* Takes the answer to request `number` (0, 1, ...), which may be an NLMSG_ERROR. */
typedef void netlink_answer(unsigned number, const struct nlmsghdr *answer, void *data);

/* Sends `len` bytes of requests of which each is answered by one message (no NLM_F_ACK, no dump),
 * `count` of them, which get sequence numbers here, and hands each answer to `each`. Returns 0, or
 * -errno. Waits 2 s at most. */
int netlink_ask_each(struct netlink *nl, void *requests, size_t len, unsigned count,
		     netlink_answer *each, void *data) FO_MUST_CHECK;

/* Takes the next datagram of a group from the kernel, never waiting, and hands each of its messages
 * to `each`. Returns 0; -EAGAIN when there is none; -ENOBUFS when some were lost; another
 * -errno. */
int netlink_receive(struct netlink *nl, mnl_cb_t each, void *data) FO_MUST_CHECK;

/* What the kernel names to others as the maker of a change that was asked for with `nl`. */
uint32_t netlink_port(const struct netlink *nl);

#endif
