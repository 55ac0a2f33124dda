#include "split_watch.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "claim_socket.h"
#include "clock.h"
#include "log.h"
#include "rtnl.h"
#include "split_tell.h"

/* Packets that are taken in one go, and for one question. More than that is a flood: what the
 * question finds is then not known, and the loop of the resident goes on. */
#define TAKEN_AT_ONCE 32
#define TAKEN_MAX     256

#define TOLD_EVERY_US INT64_C(3600000000)

static void close_side(struct split_side *side)
{
	if (side->fd >= 0)
		close(side->fd);
	side->fd = -1;
}

/* What has begun or ended */

static void write_record(const struct split_watch *watch)
{
	struct split_record record = { .count = 0 };

	for (size_t i = 0; i < SPLIT_FDS; i++) {
		if (watch->sides[i].rule.split)
			record.entries[record.count++] = watch->sides[i].entry;
	}
	split_report_write(&record);
}

static void take_event(const struct split_watch *watch, struct split_side *side,
		       enum split_event event, bool given_up)
{
	if (event == SPLIT_NONE)
		return;
	if (event == SPLIT_BEGINS)
		side->entry.since_s = clock_boottime_s();
	write_record(watch);
	split_report_confirm();
	if (event == SPLIT_BEGINS)
		split_tell_begin(&side->entry, watch->aside);
	else
		split_tell_end(&side->entry, given_up, watch->aside);
}

/* Whether any is asked for. */
static bool is_master(const struct split_watch *watch)
{
	bool master = false;

	for (size_t i = 0; i < SPLIT_FDS; i++)
		master = master || watch->sides[i].rule.due_us != SPLIT_NEVER;
	return master;
}

static void rest(const struct split_watch *watch, struct split_side *side)
{
	bool was_master = is_master(watch);

	take_event(watch, side, split_rule_rest(&side->rule), true);
	close_side(side);
	side->failure = 0;
	if (was_master && !is_master(watch))
		split_report_forget();
}

/* The question */

/* Looks who holds the address now. Returns whether it is this router, and can be asked for. */
static int look(struct split_watch *watch, struct split_side *side)
{
	struct wire wire;
	int ret = watch->nl == NULL ? rtnl_open(&watch->nl) : 0;

	if (ret == 0)
		ret = wire_find(watch->nl, &side->entry.address, &wire);
	if (ret != 0)
		return ret;
	if (side->fd >= 0 &&
	    (wire.index != side->wire.index || !mac_equal(&wire.mac, &side->wire.mac) ||
	     !addr_equal(&wire.link_local, &side->wire.link_local)))
		close_side(side);
	side->wire = wire;
	return 0;
}

/* Once an hour: whoever claims it without end must not fill a log. */
static void tell_announcement(struct split_side *side)
{
	int64_t now_us = clock_mono_us();

	if (mac_equal(&side->claimant, &side->told_of) && now_us - side->told_us < TOLD_EVERY_US)
		return;
	side->told_of = side->claimant;
	side->told_us = now_us;
	split_tell_announced(&side->entry.address, &side->claimant);
}

/* Hosts that have gone to the other machine come back. The address may have moved since the
 * question. */
static void announce(struct split_watch *watch, struct split_side *side)
{
	const struct mac *mac;
	char address[ADDR_TEXT_MAX];
	int ret;

	if (look(watch, side) != 0 || side->fd < 0 || !side->wire.up)
		return;
	mac = mac_is_set(&side->wire.virtual) ? &side->wire.virtual : &side->wire.mac;
	/* By the holder: from a virtual hardware address, which is what switches learn, too. */
	ret = claim_socket_announce(side->fd, side->wire.holder, &side->question, mac);
	if (ret != 0 && ret != side->failure)
		log_warn(ret, "cannot tell the LAN that %s is here",
			 addr_format(address, &side->entry.address));
	side->failure = ret;
	if (ret != 0)
		return;
	split_rule_announced(&side->rule);
	tell_announcement(side);
}

static void conclude(struct split_watch *watch, struct split_side *side, enum split_finding finding)
{
	enum split_event event = split_rule_take(&side->rule, finding);

	side->deaf = false;
	if (finding == SPLIT_SILENT && split_rule_may_announce(&side->rule))
		announce(watch, side);
	take_event(watch, side, event, false);
	if (finding != SPLIT_UNKNOWN && event == SPLIT_NONE)
		split_report_confirm();
}

static int open_side(struct split_side *side)
{
	if (side->fd >= 0)
		return 0;
	if (side->entry.address.family == AF_INET6 && !addr_is_set(&side->wire.link_local))
		return -EADDRNOTAVAIL;
	side->question = (struct claim_question){ .address = side->entry.address,
						  .from = side->wire.link_local,
						  .mac = side->wire.mac };
	return claim_socket_open(side->wire.index, &side->question, &side->fd);
}

/* What was said before the question is no answer to it. */
static void drain(struct split_side *side)
{
	struct claim claim;
	enum claim_kind kind;

	for (int i = 0; i < TAKEN_MAX; i++) {
		if (claim_socket_next(side->fd, &side->question, &kind, &claim) == -EAGAIN)
			return;
	}
}

static int send_question(struct split_side *side)
{
	int ret = side->wire.up ? open_side(side) : -ENETDOWN;

	if (ret != 0)
		return ret;
	drain(side);
	side->deaf = false;
	side->reflected = false;
	side->taken = 0;
	return claim_socket_ask(side->fd, side->wire.index, &side->question);
}

static void ask(struct split_watch *watch, struct split_side *side)
{
	char address[ADDR_TEXT_MAX];
	int ret = look(watch, side);

	if (ret == -ENOENT) {
		rest(watch, side);
		return;
	}
	split_rule_ask(&side->rule, clock_mono_us());
	if (ret == 0)
		ret = send_question(side);
	if (ret != 0 && ret != side->failure && ret != -ENETDOWN)
		log_warn(ret, "cannot ask whether another machine answers for %s",
			 addr_format(address, &side->entry.address));
	side->failure = ret;
	if (ret != 0)
		conclude(watch, side, SPLIT_UNKNOWN);
}

/* Whether the claim is another machine's. A router of the same group has the same virtual address
 * as our macvlan, and answers by it; so would our own macvlan, if the network returned the question
 * to it. */
static bool is_foreign(const struct split_watch *watch, const struct split_side *side,
		       const struct claim *claim)
{
	bool own = true;

	if (mac_equal(&claim->mac, &side->wire.virtual))
		return side->rule.asking && claim->answer && !side->reflected;
	return wire_is_own(watch->nl, &claim->mac, &own) == 0 && !own;
}

static void take_claim(struct split_watch *watch, struct split_side *side, enum claim_kind kind,
		       const struct claim *claim)
{
	bool moved;

	if (kind == CLAIM_ECHO)
		side->reflected = true;
	if (kind != CLAIM_MADE || !is_foreign(watch, side, claim))
		return;
	moved = side->rule.split && !mac_equal(&claim->mac, &side->entry.mac) &&
		clock_mono_us() - side->named_us >= SPLIT_EVERY_US;
	side->claimant = claim->mac;
	if (moved || !side->rule.split) {
		side->entry.mac = claim->mac;
		side->named_us = clock_mono_us();
	}
	if (moved)
		write_record(watch);
	conclude(watch, side, SPLIT_ANSWERED);
}

/* A claim that was not asked for is no finding: it is a reason to ask. Nothing more is heard until
 * then. */
static void take_unasked(struct split_watch *watch, struct split_side *side, enum claim_kind kind,
			 const struct claim *claim)
{
	bool claimed = kind == CLAIM_MADE && is_foreign(watch, side, claim);

	side->deaf = true;
	if (claimed)
		side->claimant = claim->mac;
	split_rule_hear(&side->rule, claimed);
}

static void take_packets(struct split_watch *watch, struct split_side *side)
{
	struct claim claim;
	enum claim_kind kind;

	for (int i = 0; i < TAKEN_AT_ONCE && !side->deaf; i++) {
		int ret = claim_socket_next(side->fd, &side->question, &kind, &claim);

		if (ret == -EAGAIN)
			return;
		side->taken++;
		if (ret != 0 || !side->rule.asking) {
			take_unasked(watch, side, ret == 0 ? kind : CLAIM_NONE, &claim);
			return;
		}
		take_claim(watch, side, kind, &claim);
		side->deaf = side->deaf || side->taken >= TAKEN_MAX;
		if (!side->rule.asking)
			return;
	}
}

static bool is_listening(const struct split_side *side)
{
	return side->fd >= 0 && !side->deaf &&
	       (side->rule.asking || split_rule_listens(&side->rule));
}

/* For the resident */

static void set_side(struct split_watch *watch, struct split_side *side, const struct addr *address)
{
	if (addr_equal(&side->entry.address, address))
		return;
	rest(watch, side);
	side->entry = (struct split_entry){ .address = *address };
}

void split_watch_configure(struct split_watch *watch, const struct conf_router *router)
{
	set_side(watch, &watch->sides[0], &router->vip);
	set_side(watch, &watch->sides[1], &router->vip6);
}

static void take_over(struct split_watch *watch, const struct split_record *record)
{
	for (int i = 0; i < record->count; i++) {
		for (size_t j = 0; j < SPLIT_FDS; j++) {
			struct split_side *side = &watch->sides[j];

			if (!addr_equal(&side->entry.address, &record->entries[i].address))
				continue;
			side->entry = record->entries[i];
			side->claimant = side->entry.mac;
			split_rule_take_over(&side->rule, clock_mono_us());
		}
	}
}

void split_watch_init(struct split_watch *watch, const struct conf_router *router,
		      struct history_aside *aside)
{
	struct split_record record;

	memset(watch, 0, sizeof(*watch));
	watch->aside = aside;
	for (size_t i = 0; i < SPLIT_FDS; i++) {
		watch->sides[i].fd = -1;
		(void)split_rule_rest(&watch->sides[i].rule);
	}
	split_watch_configure(watch, router);
	if (split_report_read(&record) == 0)
		take_over(watch, &record);
	else
		split_report_forget();
}

void split_watch_look(struct split_watch *watch)
{
	for (size_t i = 0; i < SPLIT_FDS; i++) {
		struct split_side *side = &watch->sides[i];
		int ret = addr_is_set(&side->entry.address) ? look(watch, side) : -ENOENT;

		if (ret == 0)
			split_rule_watch(&side->rule, clock_mono_us());
		else if (ret == -ENOENT)
			rest(watch, side);
	}
}

int64_t split_watch_due_us(const struct split_watch *watch)
{
	int64_t first_us = watch->sides[0].rule.due_us, second_us = watch->sides[1].rule.due_us;

	return first_us < second_us ? first_us : second_us;
}

void split_watch_poll(const struct split_watch *watch, struct pollfd fds[static SPLIT_FDS])
{
	for (size_t i = 0; i < SPLIT_FDS; i++) {
		const struct split_side *side = &watch->sides[i];

		fds[i] = (struct pollfd){ .fd = is_listening(side) ? side->fd : -1,
					  .events = POLLIN };
	}
}

void split_watch_turn(struct split_watch *watch)
{
	for (size_t i = 0; i < SPLIT_FDS; i++) {
		struct split_side *side = &watch->sides[i];

		if (is_listening(side))
			take_packets(watch, side);
		if (clock_mono_us() < side->rule.due_us)
			continue;
		if (side->rule.asking)
			conclude(watch, side,
				 side->deaf || side->fd < 0 ? SPLIT_UNKNOWN : SPLIT_SILENT);
		else
			ask(watch, side);
	}
}

void split_watch_close(struct split_watch *watch)
{
	for (size_t i = 0; i < SPLIT_FDS; i++)
		close_side(&watch->sides[i]);
	netlink_close(watch->nl);
	watch->nl = NULL;
}
