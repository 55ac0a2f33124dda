/* metric.h - the metrics of fo-status, and the text in which Prometheus reads them. Pure.
 *
 * The text format 0.0.4 (prometheus.io, "Exposition formats"), the names as its naming page has
 * them: base units, `_total` for what only grows, `_info` for what is 1 and has labels. */
#ifndef FO_METRIC_H
#define FO_METRIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum metric_id {
	METRIC_INFO,
	METRIC_TIMESTAMP,
	METRIC_DURATION,
	METRIC_CLOCK,
	METRIC_FAULTY,
	METRIC_KEEPALIVED,
	METRIC_STATE,
	METRIC_STATE_SINCE,
	METRIC_HOLDER,
	METRIC_SPLIT,
	METRIC_MISMATCH,
	METRIC_ROUTE_RIGHT,
	METRIC_FORWARDS,
	METRIC_TRANSLATES,
	METRIC_UPLINK_UP,
	METRIC_UPLINK_ADDRESS,
	METRIC_WATCHER,
	METRIC_LINE_UP,
	METRIC_LINE_REASON,
	METRIC_LINE_SINCE,
	METRIC_HOLD_LEFT,
	METRIC_DRILL,
	METRIC_RTT,
	METRIC_LOSS,
	METRIC_CLASS_KNOWN,
	METRIC_CLASS_RIGHT,
	METRIC_CLASS_RAISED,
	METRIC_CLASS_INFO,
	METRIC_LAN_HELD,
	METRIC_SESSION,
	METRIC_SESSION_DEAD,
	METRIC_SESSION_RUN,
	METRIC_BYTES,
	METRIC_BYTES_LIMIT,
	METRIC_STATE_CHANGES,
	METRIC_LINE_CHANGES,
	METRIC_CLASS_CHANGES,
	METRIC_CLASS_FAILURES,
	METRIC_REDIALS,
	METRIC_REDIAL_FAILURES,
	METRIC_SPLITS,
	METRIC_DRIFTS,
	METRIC_DRILLS,
	METRIC_ALERTS_UNSENT,
	METRICS
};

#define METRIC_LABELS_MAX 3

struct metric {
	const char *name;
	bool is_counter; /* otherwise a gauge */
	const char *labels[METRIC_LABELS_MAX + 1];
	const char *help;
};

/* METRICS of them, in the order of the text. */
extern const struct metric metrics[];

/* Room for all of it. */
#define METRIC_TEXT_MAX 32768

/* Text that grows; what does not fit is cut, and `used` then reaches `size`. */
struct metric_writer {
	char *buf;
	size_t size, used;
	bool begun[METRICS]; /* its help is written */
};

/* Writes a sample: `value / per`, where `per` is 1, 1000 or 1000000, with the values of the
 * metric's labels, as many as it has. Samples of one metric come one after another. */
void metric_put(struct metric_writer *w, enum metric_id id, const char *const values[],
		int64_t value, int64_t per);

#endif
