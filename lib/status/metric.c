#include "metric.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "compiler.h"

const struct metric metrics[] = {
	[METRIC_INFO] = { "fo_info",
			  false,
			  { "version", "uplink", "line" },
			  "Version of the programs, interface and kind of this router's line: main "
			  "or metered." },
	[METRIC_TIMESTAMP] = { "fo_status_timestamp_seconds",
			       false,
			       { NULL },
			       "When these metrics were made, by this router's clock." },
	[METRIC_DURATION] = { "fo_status_duration_seconds",
			      false,
			      { NULL },
			      "How long it took to make them." },
	[METRIC_CLOCK] = { "fo_clock_plausible",
			   false,
			   { NULL },
			   "1 unless the clock is before the day of these programs, or ten years "
			   "after it." },
	[METRIC_FAULTY] = { "fo_config_faulty",
			    false,
			    { "section" },
			    "1 where the section of fo.conf has a fault, and is not used." },
	[METRIC_KEEPALIVED] = { "fo_keepalived_running",
				false,
				{ NULL },
				"1 while keepalived runs." },
	[METRIC_STATE] = { "fo_vrrp_state",
			   false,
			   { "state" },
			   "1 for the VRRP state that this router is in." },
	[METRIC_STATE_SINCE] = { "fo_vrrp_state_change_timestamp_seconds",
				 false,
				 { NULL },
				 "When it came into this state; absent where the history has "
				 "forgotten." },
	[METRIC_HOLDER] = { "fo_vip_holder",
			    false,
			    { "holder" },
			    "1 for who answers for the VRRP address on the LAN: this, other, "
			    "nobody "
			    "or unknown." },
	[METRIC_SPLIT] = { "fo_split",
			   false,
			   { NULL },
			   "1 while another machine answers for the VRRP address, too; absent "
			   "where "
			   "nobody asks." },
	[METRIC_MISMATCH] = { "fo_vip_mismatch",
			      false,
			      { NULL },
			      "1 where keepalived.conf and fo.conf have different VRRP "
			      "addresses." },
	[METRIC_ROUTE_RIGHT] = { "fo_route_right",
				 false,
				 { NULL },
				 "1 while routes, rules and switches are as the state wants "
				 "them." },
	[METRIC_FORWARDS] = { "fo_lan_forwarding",
			      false,
			      { NULL },
			      "1 while packets of the LAN are forwarded: by the kernel's switch, "
			      "and by the firewall." },
	[METRIC_TRANSLATES] = { "fo_source_translation",
				false,
				{ NULL },
				"1 while the sources of the LAN are translated on the line." },
	[METRIC_UPLINK_UP] = { "fo_uplink_up",
			       false,
			       { NULL },
			       "1 while the interface of the line is there, and up." },
	[METRIC_UPLINK_ADDRESS] = { "fo_uplink_address",
				    false,
				    { NULL },
				    "1 while it has an IPv4 address." },
	[METRIC_WATCHER] = { "fo_watcher_running",
			     false,
			     { NULL },
			     "1 while fo-watch judges the line." },
	[METRIC_LINE_UP] = { "fo_line_up",
			     false,
			     { NULL },
			     "1 while the line carries traffic, 0 while it does not; absent where "
			     "that is not known." },
	[METRIC_LINE_REASON] = { "fo_line_down_reason",
				 false,
				 { "reason" },
				 "1 for the reason why the watcher calls the line down." },
	[METRIC_LINE_SINCE] = { "fo_line_change_timestamp_seconds",
				false,
				{ NULL },
				"When the watcher's verdict last changed." },
	[METRIC_HOLD_LEFT] = { "fo_line_hold_remaining_seconds",
			       false,
			       { NULL },
			       "How long the line must still be good before it is used again." },
	[METRIC_DRILL] = { "fo_drill", false, { NULL }, "1 during a failover for practice." },
	[METRIC_RTT] = { "fo_target_round_trip_seconds",
			 false,
			 { "target" },
			 "Mean round trip of the watcher's echoes." },
	[METRIC_LOSS] = { "fo_target_loss_ratio",
			  false,
			  { "target" },
			  "Share of the watcher's echoes that were lost." },
	[METRIC_CLASS_KNOWN] = { "fo_speed_class_known",
				 false,
				 { NULL },
				 "1 while the speed class of the SIM is known." },
	[METRIC_CLASS_RIGHT] = { "fo_speed_class_right",
				 false,
				 { NULL },
				 "1 while it is known to be the one that is due." },
	[METRIC_CLASS_RAISED] = { "fo_speed_class_raised",
				  false,
				  { NULL },
				  "1 while it is known to be the one of a master, which costs "
				  "more." },
	[METRIC_CLASS_INFO] = { "fo_speed_class_info",
				false,
				{ "due", "known" },
				"The speed class that is due, and the one that the SIM is known to "
				"have." },
	[METRIC_LAN_HELD] = { "fo_lan_held",
			      false,
			      { NULL },
			      "1 while the LAN is held back until the class is raised." },
	[METRIC_SESSION] = { "fo_session_verdict",
			     false,
			     { "verdict" },
			     "1 for what fo-keepalive last found out about the metered line." },
	[METRIC_SESSION_DEAD] = { "fo_session_dead_runs",
				  false,
				  { NULL },
				  "Runs of fo-keepalive in a row that found the line dead." },
	[METRIC_SESSION_RUN] = { "fo_session_check_timestamp_seconds",
				 false,
				 { NULL },
				 "When fo-keepalive last ran; absent where it did not since the "
				 "boot." },
	[METRIC_BYTES] = { "fo_uplink_bytes_total",
			   true,
			   { "state", "direction" },
			   "Bytes over the metered line since the month began in UTC, by VRRP "
			   "state "
			   "and direction." },
	[METRIC_BYTES_LIMIT] = { "fo_uplink_month_limit_bytes",
				 false,
				 { NULL },
				 "warn-bytes of fo.conf: bytes in a month that are a warning; 0: "
				 "none." },
	[METRIC_STATE_CHANGES] = { "fo_vrrp_state_changes_total",
				   true,
				   { "state" },
				   "How often this router came into a VRRP state." },
	[METRIC_LINE_CHANGES] = { "fo_line_changes_total",
				  true,
				  { "verdict" },
				  "How often the line came up and went down." },
	[METRIC_CLASS_CHANGES] = { "fo_speed_class_changes_total",
				   true,
				   { NULL },
				   "How often the speed class was set." },
	[METRIC_CLASS_FAILURES] = { "fo_speed_class_failures_total",
				    true,
				    { NULL },
				    "How often it could not be set." },
	[METRIC_REDIALS] = { "fo_redials_total",
			     true,
			     { NULL },
			     "How often the redial command was run." },
	[METRIC_REDIAL_FAILURES] = { "fo_redial_failures_total",
				     true,
				     { NULL },
				     "How often it failed." },
	[METRIC_SPLITS] = { "fo_splits_total",
			    true,
			    { NULL },
			    "How often another machine began to answer for the VRRP address, "
			    "too." },
	[METRIC_DRIFTS] = { "fo_drifts_total",
			    true,
			    { "result" },
			    "How often another program has changed what is ours: mended, or "
			    "failed." },
	[METRIC_DRILLS] = { "fo_drills_total",
			    true,
			    { "result" },
			    "Failovers for practice: begun, or refused." },
	[METRIC_ALERTS_UNSENT] = { "fo_alerts_unsent_total",
				   true,
				   { "result" },
				   "Alerts that could not be sent yet (failed), and never will be "
				   "(dropped)." },
};

static_assert(ARRAY_LEN(metrics) == METRICS, "a row for each metric");

static void put(struct metric_writer *w, const char *fmt, ...) FO_PRINTF(2, 3);

static void put(struct metric_writer *w, const char *fmt, ...)
{
	size_t left = w->size - w->used;
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(w->buf + w->used, left, fmt, ap);
	va_end(ap);
	w->used += len >= 0 && (size_t)len < left ? (size_t)len : left;
}

/* A label's value: what would end it is escaped. */
static void put_value(struct metric_writer *w, const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '\n')
			put(w, "\\n");
		else
			put(w, *text == '"' || *text == '\\' ? "\\%c" : "%c", *text);
	}
}

static void put_number(struct metric_writer *w, int64_t value, int64_t per)
{
	const char *sign = value < 0 ? "-" : "";
	int digits = per == 1000 ? 3 : 6;

	value = value < 0 ? -value : value;
	if (per == 1)
		put(w, " %s%" PRId64 "\n", sign, value);
	else
		put(w, " %s%" PRId64 ".%0*" PRId64 "\n", sign, value / per, digits, value % per);
}

void metric_put(struct metric_writer *w, enum metric_id id, const char *const values[],
		int64_t value, int64_t per)
{
	const struct metric *metric = &metrics[id];

	if (!w->begun[id])
		put(w, "# HELP %s %s\n# TYPE %s %s\n", metric->name, metric->help, metric->name,
		    metric->is_counter ? "counter" : "gauge");
	w->begun[id] = true;
	put(w, "%s", metric->name);
	for (size_t i = 0; metric->labels[i] != NULL; i++) {
		put(w, "%s%s=\"", i == 0 ? "{" : ",", metric->labels[i]);
		put_value(w, values[i]);
		put(w, "\"");
	}
	if (metric->labels[0] != NULL)
		put(w, "}");
	put_number(w, value, per);
}
