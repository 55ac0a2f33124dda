/* The schema: every section and every key of fo.conf(5), and nothing else. */
#include "conf.h"

enum { MS = 1, SECOND = 1000 * MS, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE, DAY = 24 * HOUR };

#define MONTH (INT64_C(31) * DAY)

static const char *const stop_words[] = { "backup", "keep", NULL };
static const char *const forwarding_words[] = { "keep", "lan", "global", NULL };
static const char *const conntrack_words[] = { "stale", "keep", NULL };
static const char *const redirects_words[] = { "off", "keep", NULL };
static const char *const method_words[] = { "api", "metadata", NULL };
static const char *const coverage_words[] = { "jp", "g", NULL };
static const char *const level_words[] = { "error", "warning", "info", "debug", NULL };

#define FIELD(member)	.offset = offsetof(struct conf, member)
#define RANGE(low, top) .min = (low), .max = (top)

const struct conf_section conf_sections[] = {
	{ "router", -1, true },
	{ "check", offsetof(struct conf, check.present), false },
	{ "route", offsetof(struct conf, route.present), false },
	{ "speedclass", offsetof(struct conf, speedclass.present), false },
	{ "keepalive", offsetof(struct conf, keepalive.present), false },
	{ "log", -1, false },
};
const size_t conf_sections_len = ARRAY_LEN(conf_sections);

const struct conf_key conf_schema[] = {
	{ "router", "lan", CONF_INTERFACE, FIELD(router.lan), .required = true },
	{ "router", "uplink", CONF_INTERFACE, FIELD(router.uplink), .required = true },
	{ "router", "vip", CONF_ADDR4, FIELD(router.vip), .required = true },
	{ "router", "vip6", CONF_ADDR6, FIELD(router.vip6), .standard = "" },

	{ "check", "targets", CONF_ADDRS, FIELD(check.targets), .required = true },
	{ "check", "need", CONF_NUMBER, FIELD(check.need), RANGE(1, CONF_TARGETS_MAX),
	  .standard = "1" },
	{ "check", "timeout", CONF_TIME, FIELD(check.timeout_ms), RANGE(10, MINUTE),
	  .standard = "800ms" },
	{ "check", "interval", CONF_TIME, FIELD(check.interval_ms), RANGE(20, HOUR),
	  .standard = "200ms" },
	{ "check", "round-timeout", CONF_TIME, FIELD(check.round_timeout_ms), RANGE(10, MINUTE),
	  .standard = "200ms" },
	{ "check", "fall", CONF_NUMBER, FIELD(check.fall), RANGE(1, 1000), .standard = "2" },
	{ "check", "rise", CONF_NUMBER, FIELD(check.rise), RANGE(1, 1000), .standard = "5" },
	{ "check", "hold", CONF_TIME, FIELD(check.hold_ms), RANGE(0, DAY), .standard = "10s" },
	{ "check", "hold-max", CONF_TIME, FIELD(check.hold_max_ms), RANGE(0, DAY),
	  .standard = "10m" },
	{ "check", "loss-down", CONF_SHARE, FIELD(check.loss_down_pct), RANGE(0, 100),
	  .standard = "40%" },
	{ "check", "loss-up", CONF_SHARE, FIELD(check.loss_up_pct), RANGE(0, 100),
	  .standard = "10%" },
	{ "check", "rtt-down", CONF_TIME, FIELD(check.rtt_down_ms), RANGE(0, MINUTE),
	  .standard = "0ms" },
	{ "check", "rtt-up", CONF_TIME, FIELD(check.rtt_up_ms), RANGE(0, MINUTE),
	  .standard = "0ms" },
	{ "check", "window", CONF_TIME, FIELD(check.window_ms), RANGE(SECOND, HOUR),
	  .standard = "30s" },
	{ "check", "track-file", CONF_PATH, FIELD(check.track_file), .standard = "/run/fo/line" },

	{ "route", "master", CONF_HOP4, FIELD(route.policy.master), .required = true },
	{ "route", "backup", CONF_HOP4, FIELD(route.policy.backup), .required = true },
	{ "route", "master6", CONF_HOP6, FIELD(route.policy.master6), .standard = "" },
	{ "route", "backup6", CONF_HOP6, FIELD(route.policy.backup6), .standard = "" },
	{ "route", "stop", CONF_CHOICE, FIELD(route.policy.stop), .choices = stop_words,
	  .standard = "backup" },
	{ "route", "forwarding", CONF_CHOICE, FIELD(route.policy.forwarding),
	  .choices = forwarding_words, .standard = "keep" },
	{ "route", "conntrack", CONF_CHOICE, FIELD(route.policy.conntrack),
	  .choices = conntrack_words, .standard = "stale" },
	{ "route", "redirects", CONF_CHOICE, FIELD(route.policy.redirects),
	  .choices = redirects_words, .standard = "off" },

	{ "speedclass", "sim", CONF_SIM, FIELD(speedclass.sim), .required = true },
	{ "speedclass", "master", CONF_CLASS, FIELD(speedclass.master), .standard = "s1.fast" },
	{ "speedclass", "backup", CONF_CLASS, FIELD(speedclass.backup), .standard = "s1.minimum" },
	{ "speedclass", "method", CONF_CHOICE, FIELD(speedclass.method), .choices = method_words,
	  .standard = "api" },
	{ "speedclass", "profile", CONF_TEXT, FIELD(speedclass.profile), .standard = "keepalived" },
	{ "speedclass", "coverage", CONF_CHOICE, FIELD(speedclass.coverage),
	  .choices = coverage_words, .standard = "jp" },
	{ "speedclass", "endpoint", CONF_URL, FIELD(speedclass.endpoint), .standard = "" },
	{ "speedclass", "ca-file", CONF_PATH, FIELD(speedclass.ca_file), .standard = "" },
	{ "speedclass", "interface", CONF_INTERFACE, FIELD(speedclass.interface), .standard = "" },
	{ "speedclass", "give-up", CONF_TIME, FIELD(speedclass.give_up_ms), RANGE(SECOND, DAY),
	  .standard = "15m" },
	{ "speedclass", "max-raised", CONF_TIME, FIELD(speedclass.max_raised_ms), RANGE(0, MONTH),
	  .standard = "0" },

	{ "keepalive", "target", CONF_TARGET, FIELD(keepalive.target), .standard = "peer" },
	{ "keepalive", "wait", CONF_TIME, FIELD(keepalive.wait_ms), RANGE(100, MINUTE),
	  .standard = "3s" },
	{ "keepalive", "tries", CONF_NUMBER, FIELD(keepalive.tries), RANGE(1, 10),
	  .standard = "3" },
	{ "keepalive", "skip-if-traffic", CONF_TIME, FIELD(keepalive.skip_if_traffic_ms),
	  RANGE(0, DAY), .standard = "30m" },
	{ "keepalive", "require-reply", CONF_YES_NO, FIELD(keepalive.require_reply),
	  .standard = "no" },
	{ "keepalive", "redial", CONF_COMMAND, FIELD(keepalive.redial), .standard = "" },
	{ "keepalive", "redial-after", CONF_NUMBER, FIELD(keepalive.redial_after), RANGE(1, 1000),
	  .standard = "3" },
	{ "keepalive", "redial-every", CONF_TIME, FIELD(keepalive.redial_every_ms),
	  RANGE(MINUTE, DAY), .standard = "1h" },

	{ "log", "level", CONF_CHOICE, FIELD(log_level), .choices = level_words,
	  .standard = "info" },
};
const size_t conf_schema_len = ARRAY_LEN(conf_schema);
