/* month_report.h - a month of this router: what there is to tell, as text and as JSON. Job:
 * timeline, when, report. */
#ifndef FO_MONTH_REPORT_H
#define FO_MONTH_REPORT_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "compiler.h"
#include "timeline.h"
#include "when.h"

/* What a day was like, while somebody watched; all zero: not known. */
struct month_day {
	int64_t echoes, lost;
	int64_t rtt_us, rtt_max_us; /* mean, and the longest of half a minute or so */
};

/* The bytes over the metered line, in a month of UTC, as SORACOM bills it. */
struct month_usage {
	bool known;
	int64_t master_rx, master_tx; /* while this router was master */
	int64_t backup_rx, backup_tx;
};

struct month_report {
	char host[64];
	char uplink[IFNAMSIZ];
	bool metered; /* the uplink is */
	struct when_month month;
	int64_t now_s;
	struct month_usage usage;
	struct month_day days[WHEN_DAYS_MAX];
	struct timeline timeline; /* ended */
};

/* Begins and ends as what it tells of, in milliseconds: up to now at most. */
int64_t month_report_from_ms(const struct month_report *month);
int64_t month_report_to_ms(const struct month_report *month);

/* How a topic was in the whole month. */
struct timeline_sum month_report_sum(const struct month_report *month, enum timeline_topic topic);

/* Whether anything is known of the topic. */
bool month_report_knows(const struct month_report *month, enum timeline_topic topic);

/* What a line is called: `ppp0`, with `LTE` where it is the metered one. Returns `buf`. */
#define MONTH_NAME_MAX 32
const char *month_report_line(const struct month_report *month, enum timeline_topic topic,
			      char buf[static MONTH_NAME_MAX]);

/* Such as `99.954 %`, or `not known`. Returns `buf`. */
#define MONTH_SHARE_MAX 16
const char *month_report_share(const struct timeline_sum *sum, char buf[static MONTH_SHARE_MAX]);

/* Print it on stdout: for a person; as JSON. Return 0, or -errno, logged. */
int month_report_print(const struct month_report *month) FO_MUST_CHECK;
int month_report_print_json(const struct month_report *month) FO_MUST_CHECK;

#endif
