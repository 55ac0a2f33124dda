/* settings.h - what fo.conf(5) contains, as values. Pure: structs only. */
#ifndef FO_SETTINGS_H
#define FO_SETTINGS_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "addr.h"
#include "event.h"
#include "log_level.h"
#include "nexthop.h"
#include "sim.h"

#define CONF_DEFAULT_FILE "/etc/fo/fo.conf"

#define CONF_TARGETS_MAX 16  /* hosts in `targets` */
#define CONF_LANS_MAX	 8   /* interfaces in `lan` */
#define CONF_EVENTS_MAX	 32  /* items in `events` */
#define CONF_TEXT_MAX	 512 /* a command, an URL; a file: PATH_MAX would double every struct */

/* The sections that a program can do without; [router] it always needs. */
enum conf_section_bit {
	CONF_CHECK = 1,
	CONF_ROUTE = 2,
	CONF_SPEEDCLASS = 4,
	CONF_KEEPALIVE = 8,
	CONF_LOG = 16,
	CONF_ALERT = 32
};

/* A list of addresses. */
struct conf_addrs {
	struct addr items[CONF_TARGETS_MAX];
	size_t count;
};

/* A list of interfaces. */
struct conf_interfaces {
	char items[CONF_LANS_MAX][IFNAMSIZ];
	size_t count;
};

struct conf_router {
	struct conf_interfaces lan; /* of the LANs, one at least */
	char uplink[IFNAMSIZ];	    /* interface of this router's own line */
	struct addr vip, vip6;	    /* the VRRP addresses; vip6 may be none */
};

struct conf_check {
	bool present; /* the section is in the file */
	struct conf_addrs targets;
	int64_t need;	    /* 1..targets.count */
	int64_t timeout_ms; /* one whole round */
	int64_t interval_ms, round_timeout_ms;
	int64_t fall, rise;
	int64_t hold_ms, hold_max_ms;
	int64_t loss_down_pct, loss_up_pct; /* 0: not judged */
	int64_t rtt_down_ms, rtt_up_ms;	    /* 0: not judged */
	int64_t window_ms;
	char track_file[CONF_TEXT_MAX];
};

enum conf_stop { CONF_STOP_BACKUP, CONF_STOP_KEEP };
enum conf_forwarding { CONF_FORWARDING_KEEP, CONF_FORWARDING_LAN, CONF_FORWARDING_GLOBAL };
enum conf_conntrack { CONF_CONNTRACK_STALE, CONF_CONNTRACK_KEEP };
enum conf_redirects { CONF_REDIRECTS_OFF, CONF_REDIRECTS_KEEP };

struct conf_route {
	bool present;
	struct nexthop master, backup;	 /* IPv4 default route while master, and otherwise */
	int64_t table;			 /* the line's own routing table; 0: none */
	struct nexthop master6, backup6; /* the same for IPv6; not set: IPv6 is left alone */
	enum conf_stop stop;		 /* what to do when keepalived stops */
	enum conf_forwarding forwarding; /* which forwarding switches follow the state */
	enum conf_conntrack conntrack;	 /* whether stale flows are removed */
	enum conf_redirects redirects;	 /* whether ICMP redirects are switched off */
	int64_t linger_ms; /* how long answers over the line are still forwarded as backup */
};

enum conf_method { CONF_METHOD_API, CONF_METHOD_METADATA };
enum conf_coverage { CONF_COVERAGE_JP, CONF_COVERAGE_G };
enum conf_split { CONF_SPLIT_KEEP, CONF_SPLIT_LOWER };

struct conf_speedclass {
	bool present;
	struct sim sim;
	char master[SIM_CLASS_MAX]; /* class while master, such as s1.fast */
	char backup[SIM_CLASS_MAX]; /* class otherwise */
	enum conf_method method;
	char profile[CONF_TEXT_MAX]; /* name, or absolute path */
	enum conf_coverage coverage;
	char endpoint[CONF_TEXT_MAX]; /* empty: by coverage */
	char ca_file[CONF_TEXT_MAX];  /* empty: the system's */
	char interface[IFNAMSIZ];     /* never empty: `uplink` unless given */
	int64_t give_up_ms;
	int64_t fleet;	       /* routers of the account that may fail at once */
	int64_t max_raised_ms; /* 0: no limit */
	struct conf_addrs dns; /* servers to ask for names; none: those of the line */
	int64_t hold_lan_ms;   /* the LAN is held back until the class is set, at most so long */
	enum conf_split split; /* the class while another machine answers for the VIP, too */
	int64_t warn_bytes;    /* over the uplink in a month; 0: no warning */
};

struct conf_keepalive {
	bool present;
	struct addr target; /* none: the ppp peer */
	int64_t wait_ms;    /* for each reply */
	int64_t tries;
	int64_t skip_if_traffic_ms; /* 0: always send */
	bool require_reply;
	char redial[CONF_TEXT_MAX]; /* empty: none */
	int64_t redial_after;
	int64_t redial_every_ms;
	char track_file[CONF_TEXT_MAX];
};

enum conf_format { CONF_FORMAT_JSON, CONF_FORMAT_TEXT };

/* A list of kinds of events, each with any value, or with one. */
struct conf_events {
	struct {
		enum event_kind kind;
		char value[EVENT_VALUE_MAX]; /* empty: any */
	} items[CONF_EVENTS_MAX];
	size_t count;
};

struct conf_alert {
	bool present;
	char command[CONF_TEXT_MAX]; /* empty: none */
	char url[CONF_TEXT_MAX];     /* empty: none; a secret */
	enum conf_format format;     /* of what is posted there */
	struct conf_events events;   /* of which a person is told */
};

struct conf {
	struct conf_router router;
	struct conf_check check;
	struct conf_route route;
	struct conf_speedclass speedclass;
	struct conf_keepalive keepalive;
	struct conf_alert alert;
	enum log_level log_level;
	unsigned faulty; /* sections with a fault, enum conf_section_bit: they count as not present
			  */
};

#endif
