/* conf.h - the configuration, fo.conf(5): one table names every key. Edge: reads files. */
#ifndef FO_CONF_H
#define FO_CONF_H

#include <limits.h>
#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "addr.h"
#include "compiler.h"
#include "log.h"
#include "plan.h"
#include "simapi.h"

#define CONF_DEFAULT_FILE "/etc/fo/fo.conf"

#define CONF_TARGETS_MAX 16  /* hosts in `targets` */
#define CONF_TEXT_MAX	 512 /* a command, an URL; a file: PATH_MAX would double every struct */

/* A list of addresses. */
struct conf_addrs {
	struct addr items[CONF_TARGETS_MAX];
	size_t count;
};

struct conf_router {
	char lan[IFNAMSIZ];    /* interface of the LAN */
	char uplink[IFNAMSIZ]; /* interface of this router's own line */
	struct addr vip, vip6; /* the VRRP addresses; vip6 may be none */
};

struct conf_check {
	bool present; /* the section is in the file */
	struct conf_addrs targets;
	int64_t need;	    /* 1..targets.count */
	int64_t timeout_ms; /* one round, all told */
	int64_t interval_ms, round_timeout_ms;
	int64_t fall, rise;
	int64_t hold_ms, hold_max_ms;
	int64_t loss_down_pct, loss_up_pct; /* 0: not judged */
	int64_t rtt_down_ms, rtt_up_ms;	    /* 0: not judged */
	int64_t window_ms;
	char track_file[CONF_TEXT_MAX];
};

struct conf_route {
	bool present;
	struct plan_policy policy;
};

enum conf_method { CONF_METHOD_API, CONF_METHOD_METADATA };
enum conf_coverage { CONF_COVERAGE_JP, CONF_COVERAGE_G };

struct conf_speedclass {
	bool present;
	struct simapi_sim sim;
	char master[SIMAPI_WORD_MAX]; /* class while master, such as s1.fast */
	char backup[SIMAPI_WORD_MAX]; /* class otherwise */
	enum conf_method method;
	char profile[CONF_TEXT_MAX]; /* name, or absolute path */
	enum conf_coverage coverage;
	char endpoint[CONF_TEXT_MAX]; /* empty: by coverage */
	char ca_file[CONF_TEXT_MAX];  /* empty: the system's */
	char interface[IFNAMSIZ];     /* never empty: `uplink` unless given */
	int64_t give_up_ms;
	int64_t max_raised_ms; /* 0: no limit */
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
};

struct conf {
	struct conf_router router;
	struct conf_check check;
	struct conf_route route;
	struct conf_speedclass speedclass;
	struct conf_keepalive keepalive;
	enum log_level log_level;
};

/* How a value is written. */
enum conf_type {
	CONF_INTERFACE, /* char[IFNAMSIZ] */
	CONF_ADDR4,	/* struct addr */
	CONF_ADDR6,	/* struct addr */
	CONF_TARGET,	/* struct addr: an address, or `peer` for none */
	CONF_ADDRS,	/* struct conf_addrs: one or more, separated by commas */
	CONF_HOP4,	/* struct hop */
	CONF_HOP6,	/* struct hop */
	CONF_NUMBER,	/* int64_t, min..max */
	CONF_TIME,	/* int64_t milliseconds, min..max */
	CONF_SHARE,	/* int64_t per cent, min..max */
	CONF_CHOICE,	/* enum, by its place in `choices` */
	CONF_YES_NO,	/* bool */
	CONF_SIM,	/* struct simapi_sim */
	CONF_CLASS,   /* char[SIMAPI_WORD_MAX]: a speed class; passed on as it is, SORACOM adds some
		       */
	CONF_TEXT,    /* char[CONF_TEXT_MAX] */
	CONF_COMMAND, /* char[CONF_TEXT_MAX]: for words_split, the first word an absolute path */
	CONF_PATH,    /* char[CONF_TEXT_MAX]: an absolute file name */
	CONF_URL      /* char[CONF_TEXT_MAX]: https, or http to a loopback address */
};

/* A row of the schema: the only list of keys. */
struct conf_key {
	const char *section, *name;
	enum conf_type type;
	size_t offset; /* of the field in struct conf */
	int64_t min, max;
	const char *const *choices; /* CONF_CHOICE: ends with NULL */
	const char *standard;	    /* the default as it would be written; NULL: none */
	bool required;		    /* where its section is present; [router] always is */
};

extern const struct conf_key conf_schema[];
extern const size_t conf_schema_len;

/* A row of the table of sections. */
struct conf_section {
	const char *name;
	ptrdiff_t present; /* offset of `bool present` in struct conf; -1: always needed */
	bool required;
};

extern const struct conf_section conf_sections[];
extern const size_t conf_sections_len;

/* Reads, checks and stores one value. Returns 0, or -EINVAL / -ERANGE with the reason in `why`,
 * a sentence's end such as "is not a time, write 250ms, 3s, 10m or 1h". */
int conf_value_parse(const struct conf_key *key, const char *text, void *field, char *why,
		     size_t why_size) FO_MUST_CHECK;

/* Loads `path`. Every fault of the file is logged with file, line, section, key and value.
 * Returns 0 and `*out`; -EINVAL for a faulty file; another -errno when it cannot be read, also
 * logged. */
int conf_load(const char *path, struct conf *out) FO_MUST_CHECK;

/* Fills `*out` with every default, for programs that can run with no file. */
void conf_defaults(struct conf *out);

#endif
