#include "holder.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "claim_socket.h"
#include "clock.h"
#include "gateway.h"
#include "log.h"
#include "wire.h"

/* Packets that are taken for one question: more is a flood. */
#define TAKEN_MAX 256

struct asking {
	struct netlink *nl;
	struct wire wire;
	struct claim_question question;
	int fd;
	struct mac mac; /* of who has answered */
};

/* Whether the claim is another machine's: an answer by the virtual address of keepalived's macvlan
 * may be our own. */
static bool is_foreign(const struct asking *asking, const struct claim *claim)
{
	bool own = true;

	return !mac_equal(&claim->mac, &asking->wire.virtual) &&
	       wire_is_own(asking->nl, &claim->mac, &own) == 0 && !own;
}

/* Waits for an answer. Returns whether there was one. */
static bool hear(struct asking *asking)
{
	int64_t end_us = clock_mono_us() + (int64_t)HOLDER_ANSWER_MS * 1000;
	struct pollfd fd = { .fd = asking->fd, .events = POLLIN };
	struct claim claim = { .answer = false };
	enum claim_kind kind = CLAIM_NONE;

	for (int taken = 0; taken < TAKEN_MAX && clock_mono_us() < end_us;) {
		struct timespec left = clock_left(end_us);
		int ret = claim_socket_next(asking->fd, &asking->question, &kind, &claim);

		if (ret == -EAGAIN) {
			(void)ppoll(&fd, 1, &left, NULL);
			continue;
		}
		taken++;
		if (ret == 0 && kind == CLAIM_MADE && is_foreign(asking, &claim)) {
			asking->mac = claim.mac;
			return true;
		}
	}
	return false;
}

static int ask_once(struct asking *asking, bool *answered)
{
	int ret = claim_socket_ask(asking->fd, asking->wire.index, &asking->question);

	if (ret == 0)
		*answered = hear(asking);
	return ret;
}

/* Whether another machine answers, too: at a failover one may, once. */
static int ask(struct asking *asking, enum kernel_holder *holder)
{
	bool answered = true;
	int ret = 0;

	for (int i = 0; i < 2 && ret == 0 && answered; i++)
		ret = ask_once(asking, &answered);
	if (ret == 0)
		*holder = answered ? KERNEL_HOLDER_TWO : KERNEL_HOLDER_ONE;
	return ret;
}

static int find_other(struct netlink *nl, const struct addr *vip, enum kernel_holder *holder,
		      struct mac *other)
{
	struct asking asking = { .nl = nl, .fd = -1, .question = { .address = *vip } };
	int ret = wire_find(nl, vip, &asking.wire);

	if (ret == -ENOENT || ret == -EMEDIUMTYPE || (ret == 0 && !asking.wire.up))
		return 0;
	asking.question.mac = asking.wire.mac;
	if (ret == 0)
		ret = claim_socket_open(asking.wire.index, &asking.question, &asking.fd);
	if (ret == 0)
		ret = ask(&asking, holder);
	if (asking.fd >= 0)
		close(asking.fd);
	*other = asking.mac;
	return ret;
}

/* What is no failure to ask: a LAN that is missing or down has a finding of its own. */
static bool is_absence(int error)
{
	return error == -ENODEV || error == -ENOENT || error == -EADDRNOTAVAIL ||
	       error == -ENETDOWN || error == -ENETUNREACH || error == -EMEDIUMTYPE;
}

int holder_find(struct netlink *nl, const struct conf_router *router, enum kernel_holder *holder,
		struct mac *other)
{
	struct gateway gateway;
	int ret = gateway_find(nl, &router->vip, HOLDER_WAIT_MS, &gateway);

	*holder = KERNEL_HOLDER_UNKNOWN;
	if (ret == 0 && gateway.holder == GATEWAY_NOBODY) /* it may be ours by now */
		ret = gateway_find(nl, &router->vip, HOLDER_ANSWER_MS, &gateway);
	if (ret != 0)
		return ret;
	if (gateway.holder == GATEWAY_OURS)
		ret = find_other(nl, &router->vip, holder, other);
	else if (gateway.holder == GATEWAY_UNKNOWN)
		ret = is_absence(gateway.error) ? 0 : gateway.error;
	else
		*holder =
			gateway.holder == GATEWAY_OTHER ? KERNEL_HOLDER_ONE : KERNEL_HOLDER_NOBODY;
	if (ret != 0)
		log_err(ret, "cannot ask the LAN who has the VRRP address");
	return ret;
}
