/* situation.h - everything that fo-status knows of this router. Job: gathers it before anything is
 * said. */
#ifndef FO_SITUATION_H
#define FO_SITUATION_H

#include <stdbool.h>
#include <stdint.h>

#include "compiler.h"
#include "event.h"
#include "firewall_facts.h"
#include "gateway.h"
#include "heartbeat.h"
#include "idle.h"
#include "lan_hold.h"
#include "peers.h"
#include "rtnl.h"
#include "settings.h"
#include "speedclass.h"
#include "split_report.h"
#include "switchover.h"
#include "usage.h"
#include "vrrp_role.h"

enum situation_answer { SITUATION_NO, SITUATION_YES, SITUATION_UNKNOWN };

/* The newest events that are shown. */
#define SITUATION_EVENTS 5

struct situation {
	const struct conf *conf;
	int64_t wall_s;	 /* now, since 1970 */
	int64_t mono_us; /* now, CLOCK_MONOTONIC */
	int64_t boot_ms; /* now, CLOCK_BOOTTIME */
	bool metered;	 /* the uplink is: fo.conf has [speedclass] or [keepalive] */
	bool is_root;	 /* who looks: else not all can be looked at */

	/* This router */
	bool keepalived; /* is running */
	bool was_reported;
	enum vrrp_state state;
	enum vrrp_state reported;
	char mistake[VRRP_ROLE_TEXT_MAX]; /* keepalived.conf against fo.conf; else empty */
	struct gateway gateway;		  /* who answers for the IPv4 VRRP address */
	struct peers peers;
	bool split_known;
	struct split_record split;
	enum situation_answer resident; /* fo-route watch is running */

	/* What a packet of the LAN meets */
	struct nexthop hop;	 /* the IPv4 default route */
	struct switchover route; /* when [route] is there */
	const char *lan_down;	 /* the first LAN that is not there, down, or without a cable */
	enum situation_answer forwards;
	const char *blocked; /* with no: the first interface of which nothing is forwarded */
	enum situation_answer translates; /* sources of the LAN, on the uplink */
	struct firewall firewall;

	/* The line */
	bool uplink_there;
	struct rtnl_link uplink;
	bool has_address; /* of IPv4 */
	bool was_watched; /* there is, or was, a watcher */
	bool is_watched;  /* and it judges now */
	bool is_watcher_mute;
	struct heartbeat heartbeat; /* with `was_watched` */
	struct idle_memory idle;    /* all zero where fo-keepalive has left nothing */
	int64_t idle_ago_ms;	    /* since its last run; -1: not in this boot */

	/* The SIM */
	struct speedclass speedclass;
	const char *class_due; /* of the configuration; NULL without [speedclass] */
	struct lan_hold hold;
	bool hold_known;
	bool is_metering; /* there is an account of the bytes */
	struct usage usage;
	int64_t month; /* of the account, the present one */

	/* The history */
	int store;			       /* store_room_check of STORE_LIB */
	struct event events[SITUATION_EVENTS]; /* the newest first */
	size_t event_count;
	int64_t running_ms;	/* history_running_ms */
	int64_t state_since_ms; /* since 1970: when `state` began; 0: not known */
};

/* Looks at everything. Asks on the LAN who has the VRRP address; changes nothing. `conf` is kept,
 * not copied. Returns 0 and `*out`, or -errno, logged, where the kernel does not answer. */
int situation_find(const struct conf *conf, struct situation *out) FO_MUST_CHECK;

/* Whether the line is known to carry nothing, and whether it is known to carry something: both may
 * be false. */
bool situation_line_is_dead(const struct situation *s);
bool situation_line_is_good(const struct situation *s);

/* Whether routes, rules and switches are as [route] wants them. */
bool situation_route_is_right(const struct situation *s);

#endif
