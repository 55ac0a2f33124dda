#include "meter.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "history.h"
#include "kept.h"
#include "log.h"
#include "num.h"
#include "store_lock.h"
#include "vrrp_role.h"

#define FILE_NAME "usage"
#define LOCK_NAME "usage.lock"

/* A reading takes a fraction of that. What is never to be read again is worth more. */
#define LOCK_WAIT_MS	  200
#define LOCK_WAIT_LAST_MS 2000

static_assert(USAGE_BOOT_MAX == CLOCK_BOOT_MAX, "both hold a boot id");
static_assert(USAGE_TEXT_MAX == KEPT_TEXT_MAX, "an account is read as it is written");

static bool is_metered(const struct conf *conf)
{
	return conf->speedclass.present || conf->keepalive.present;
}

static int parse(const char *text, void *out)
{
	return usage_parse(text, out);
}

static int load(struct usage *out)
{
	return kept_load(FILE_NAME, "account", parse, out);
}

static int get_link(struct netlink *nl, const char *name, struct rtnl_link *out)
{
	int ret = rtnl_get_link(nl, name, out);

	if (ret == -ENODEV) {
		*out = (struct rtnl_link){ .index = 0 };
		ret = 0;
	}
	return ret;
}

/* The state as it is now: what the caller has found may be old once the lock is held. A LAN whose
 * interface is missing is named by others. */
static int look(const struct meter_order *order, struct usage_facts *out)
{
	const struct conf_router *router = &order->conf->router;
	struct vrrp_role_held held = { .vip = false };
	struct rtnl_link link = { .index = 0 };
	struct netlink *nl = NULL;
	int ret = rtnl_get_index(router->lan.items[0]) == 0 ? -ENODEV : rtnl_open(&nl);

	if (ret == 0)
		ret = vrrp_role_get_held(nl, order->conf, &held);
	if (ret == 0 && order->gone != NULL)
		link = *order->gone;
	else if (ret == 0)
		ret = get_link(nl, router->uplink, &link);
	netlink_close(nl);
	if (ret != 0)
		return ret;
	*out = (struct usage_facts){ .index = link.index,
				     .rx = (int64_t)(link.rx_bytes & USAGE_NUMBER_MAX),
				     .tx = (int64_t)(link.tx_bytes & USAGE_NUMBER_MAX),
				     .now_ms = clock_boottime_ms(),
				     .month = clock_month(clock_wall_s()),
				     .gone = order->gone != NULL,
				     .last = order->last };
	out->master = vrrp_role_state(vrrp_role_reported(), &held) == VRRP_MASTER;
	memcpy(out->iface, router->uplink, sizeof(out->iface));
	clock_boot(out->boot);
	return 0;
}

static void tell(const struct meter_order *order, const struct usage_bytes *bytes)
{
	const struct usage_bytes master = { .master_rx = bytes->master_rx,
					    .master_tx = bytes->master_tx };
	char limit[NUM_TEXT_MAX], total[NUM_TEXT_MAX], part[NUM_TEXT_MAX], text[160];

	snprintf(text, sizeof(text),
		 "more than %s went over %s this month: %s, %s of it while master",
		 num_format_bytes(limit, order->conf->speedclass.warn_bytes),
		 order->conf->router.uplink, num_format_bytes(total, usage_total(bytes)),
		 num_format_bytes(part, usage_total(&master)));
	log_warn(0, "%s", text);
	history_add(&(struct history_news){ order->program, EVENT_USAGE, "exceeded", 0 }, "%s",
		    text);
}

/* What cannot be written down is not told either: each reading would do so again. */
static bool read_locked(const struct meter_order *order)
{
	int64_t limit = order->conf->speedclass.present ? order->conf->speedclass.warn_bytes : 0;
	char text[USAGE_TEXT_MAX];
	struct usage usage = { .boot = "" };
	struct usage_facts facts;
	enum usage_news news;
	bool warns;

	if (look(order, &facts) != 0)
		return false;
	if (load(&usage) != 0)
		usage = (struct usage){ .boot = "" };
	news = usage_read(&usage, &facts);
	warns = usage_warns(&usage, facts.month, limit);
	if (news == USAGE_SAME && !warns)
		return true;
	if (kept_save(FILE_NAME, usage_format(text, &usage), warns || news == USAGE_KEEP) != 0)
		return false;
	if (warns) {
		const struct usage_bytes bytes = usage_of(&usage, facts.month);

		tell(order, &bytes);
	}
	return true;
}

bool meter_read(const struct meter_order *order)
{
	bool last = order->last || order->gone != NULL;
	int lock = -1;
	int ret = 0;
	bool done;

	if (!is_metered(order->conf))
		return true;
	ret = store_lock(LOCK_NAME, last ? LOCK_WAIT_LAST_MS : LOCK_WAIT_MS, &lock);
	/* Without a lock, for another reason of this machine, two may read at once, which costs
	 * nothing: each writes an account and the reading that it goes up to. */
	if (ret == -EWOULDBLOCK || ret == -EACCES || ret == -EPERM)
		return false;
	done = read_locked(order);
	store_unlock(lock);
	return done;
}

int meter_show(const struct conf *conf, struct usage *out, int64_t *month)
{
	const struct meter_order order = { .conf = conf };
	struct usage_facts facts;
	struct usage usage;
	int ret = is_metered(conf) ? load(&usage) : -ENOENT;

	if (ret == 0)
		ret = look(&order, &facts);
	if (ret != 0)
		return ret;
	(void)usage_read(&usage, &facts);
	*out = usage;
	*month = facts.month > usage.months[0].month ? facts.month : usage.months[0].month;
	return 0;
}
