#include "schema.h"

#include <string.h>

#include "compiler.h"
#include "spell.h"

enum {
	MS = 1,
	SECOND = 1000 * MS,
	HALF_MINUTE = 30 * SECOND,
	MINUTE = 60 * SECOND,
	HOUR = 60 * MINUTE,
	DAY = 24 * HOUR
};

#define MONTH	 (INT64_C(31) * DAY)
#define TERABYTE (INT64_C(1) << 40)

static const char *const stop_words[] = { "backup", "keep", NULL };
static const char *const forwarding_words[] = { "keep", "lan", "global", NULL };
static const char *const conntrack_words[] = { "stale", "keep", NULL };
static const char *const redirects_words[] = { "off", "keep", NULL };
static const char *const method_words[] = { "api", "metadata", NULL };
static const char *const coverage_words[] = { "jp", "g", NULL };
static const char *const split_words[] = { "keep", "lower", NULL };
static const char *const format_words[] = { "json", "text", NULL };
static const char *const level_words[] = { "error", "warning", "info", "debug", NULL };

#define FIELD(member)	.offset = offsetof(struct conf, member)
#define RANGE(low, top) .min = (low), .max = (top)

const struct conf_section conf_sections[] = {
	{ "router", 0, -1 },
	{ "check", CONF_CHECK, offsetof(struct conf, check.present) },
	{ "route", CONF_ROUTE, offsetof(struct conf, route.present) },
	{ "speedclass", CONF_SPEEDCLASS, offsetof(struct conf, speedclass.present) },
	{ "keepalive", CONF_KEEPALIVE, offsetof(struct conf, keepalive.present) },
	{ "alert", CONF_ALERT, offsetof(struct conf, alert.present) },
	{ "log", CONF_LOG, -1 },
};
const size_t conf_sections_len = ARRAY_LEN(conf_sections);

const struct conf_key conf_schema[] = {
	{ "router", "lan", CONF_INTERFACES, FIELD(router.lan), .required = true },
	{ "router", "uplink", CONF_INTERFACE, FIELD(router.uplink), .required = true },
	{ "router", "vip", CONF_ADDR4, FIELD(router.vip), .required = true },
	{ "router", "vip6", CONF_ADDR6, FIELD(router.vip6), .default_text = "" },

	{ "check", "targets", CONF_ADDRS, FIELD(check.targets), .required = true },
	{ "check", "need", CONF_NUMBER, FIELD(check.need), RANGE(1, CONF_TARGETS_MAX),
	  .default_text = "1" },
	{ "check", "timeout", CONF_TIME, FIELD(check.timeout_ms), RANGE(10, MINUTE),
	  .default_text = "800ms" },
	{ "check", "interval", CONF_TIME, FIELD(check.interval_ms), RANGE(20, HOUR),
	  .default_text = "100ms" },
	{ "check", "round-timeout", CONF_TIME, FIELD(check.round_timeout_ms), RANGE(10, MINUTE),
	  .default_text = "225ms" },
	{ "check", "fall", CONF_NUMBER, FIELD(check.fall), RANGE(1, 1000), .default_text = "2" },
	{ "check", "rise", CONF_NUMBER, FIELD(check.rise), RANGE(1, 1000), .default_text = "5" },
	{ "check", "hold", CONF_TIME, FIELD(check.hold_ms), RANGE(0, DAY), .default_text = "10s" },
	{ "check", "hold-max", CONF_TIME, FIELD(check.hold_max_ms), RANGE(0, DAY),
	  .default_text = "10m" },
	{ "check", "loss-down", CONF_SHARE, FIELD(check.loss_down_pct), RANGE(0, 100),
	  .default_text = "40%" },
	{ "check", "loss-up", CONF_SHARE, FIELD(check.loss_up_pct), RANGE(0, 100),
	  .default_text = "10%" },
	{ "check", "rtt-down", CONF_TIME, FIELD(check.rtt_down_ms), RANGE(0, MINUTE),
	  .default_text = "0ms" },
	{ "check", "rtt-up", CONF_TIME, FIELD(check.rtt_up_ms), RANGE(0, MINUTE),
	  .default_text = "0ms" },
	{ "check", "window", CONF_TIME, FIELD(check.window_ms), RANGE(SECOND, HOUR),
	  .default_text = "30s" },
	{ "check", "track-file", CONF_PATH, FIELD(check.track_file),
	  .default_text = "/run/fo/line" },

	{ "route", "master", CONF_NEXTHOP4, FIELD(route.master), .required = true },
	{ "route", "backup", CONF_NEXTHOP4, FIELD(route.backup), .required = true },
	{ "route", "master6", CONF_NEXTHOP6, FIELD(route.master6), .default_text = "" },
	{ "route", "backup6", CONF_NEXTHOP6, FIELD(route.backup6), .default_text = "" },
	{ "route", "table", CONF_NUMBER, FIELD(route.table), RANGE(0, INT32_MAX),
	  .default_text = "87" },
	{ "route", "stop", CONF_CHOICE, FIELD(route.stop), .choices = stop_words,
	  .default_text = "backup" },
	{ "route", "forwarding", CONF_CHOICE, FIELD(route.forwarding), .choices = forwarding_words,
	  .default_text = "keep" },
	{ "route", "conntrack", CONF_CHOICE, FIELD(route.conntrack), .choices = conntrack_words,
	  .default_text = "stale" },
	{ "route", "redirects", CONF_CHOICE, FIELD(route.redirects), .choices = redirects_words,
	  .default_text = "off" },
	{ "route", "linger", CONF_TIME, FIELD(route.linger_ms), RANGE(0, HALF_MINUTE),
	  .default_text = "2s" },

	{ "speedclass", "sim", CONF_SIM, FIELD(speedclass.sim), .required = true },
	{ "speedclass", "master", CONF_CLASS, FIELD(speedclass.master), .default_text = "s1.fast" },
	{ "speedclass", "backup", CONF_CLASS, FIELD(speedclass.backup),
	  .default_text = "s1.minimum" },
	{ "speedclass", "method", CONF_CHOICE, FIELD(speedclass.method), .choices = method_words,
	  .default_text = "api" },
	{ "speedclass", "profile", CONF_TEXT, FIELD(speedclass.profile),
	  .default_text = "keepalived" },
	{ "speedclass", "coverage", CONF_CHOICE, FIELD(speedclass.coverage),
	  .choices = coverage_words, .default_text = "jp" },
	{ "speedclass", "endpoint", CONF_URL, FIELD(speedclass.endpoint), .default_text = "" },
	{ "speedclass", "ca-file", CONF_PATH, FIELD(speedclass.ca_file), .default_text = "" },
	{ "speedclass", "interface", CONF_INTERFACE, FIELD(speedclass.interface),
	  .default_text = "" },
	{ "speedclass", "give-up", CONF_TIME, FIELD(speedclass.give_up_ms), RANGE(SECOND, DAY),
	  .default_text = "15m" },
	{ "speedclass", "fleet", CONF_NUMBER, FIELD(speedclass.fleet), RANGE(1, 1000000),
	  .default_text = "1" },
	{ "speedclass", "max-raised", CONF_TIME, FIELD(speedclass.max_raised_ms), RANGE(0, MONTH),
	  .default_text = "0" },
	{ "speedclass", "dns", CONF_ADDRS, FIELD(speedclass.dns), .default_text = "" },
	{ "speedclass", "hold-lan", CONF_TIME, FIELD(speedclass.hold_lan_ms), RANGE(0, HALF_MINUTE),
	  .default_text = "5s" },
	{ "speedclass", "split", CONF_CHOICE, FIELD(speedclass.split), .choices = split_words,
	  .default_text = "keep" },
	{ "speedclass", "warn-bytes", CONF_SIZE, FIELD(speedclass.warn_bytes),
	  RANGE(0, 1024 * TERABYTE), .default_text = "0" },

	{ "keepalive", "target", CONF_TARGET, FIELD(keepalive.target), .default_text = "peer" },
	{ "keepalive", "wait", CONF_TIME, FIELD(keepalive.wait_ms), RANGE(100, MINUTE),
	  .default_text = "3s" },
	{ "keepalive", "tries", CONF_NUMBER, FIELD(keepalive.tries), RANGE(1, 10),
	  .default_text = "3" },
	{ "keepalive", "skip-if-traffic", CONF_TIME, FIELD(keepalive.skip_if_traffic_ms),
	  RANGE(0, DAY), .default_text = "30m" },
	{ "keepalive", "require-reply", CONF_YES_NO, FIELD(keepalive.require_reply),
	  .default_text = "no" },
	{ "keepalive", "redial", CONF_COMMAND, FIELD(keepalive.redial), .default_text = "" },
	{ "keepalive", "redial-after", CONF_NUMBER, FIELD(keepalive.redial_after), RANGE(1, 1000),
	  .default_text = "3" },
	{ "keepalive", "redial-every", CONF_TIME, FIELD(keepalive.redial_every_ms),
	  RANGE(MINUTE, DAY), .default_text = "1h" },
	{ "keepalive", "track-file", CONF_PATH, FIELD(keepalive.track_file),
	  .default_text = "/run/fo/line" },

	{ "alert", "command", CONF_COMMAND, FIELD(alert.command), .default_text = "",
	  .is_secret = true },
	{ "alert", "url", CONF_HOOK, FIELD(alert.url), .default_text = "", .is_secret = true },
	{ "alert", "format", CONF_CHOICE, FIELD(alert.format), .choices = format_words,
	  .default_text = "json" },
	{ "alert", "events", CONF_EVENTS, FIELD(alert.events),
	  .default_text = "state, line, lte, trial:failed, class-failed, redial:failed, split, "
			  "drift:failed, config:faulty, usage, drill" },

	{ "log", "level", CONF_CHOICE, FIELD(log_level), .choices = level_words,
	  .default_text = "info" },
};
const size_t conf_schema_len = ARRAY_LEN(conf_schema);

const struct conf_section *conf_find_section(const char *name)
{
	for (size_t i = 0; i < conf_sections_len; i++) {
		if (strcmp(conf_sections[i].name, name) == 0)
			return &conf_sections[i];
	}
	return NULL;
}

const struct conf_key *conf_find_key(const char *section, const char *name)
{
	for (size_t i = 0; i < conf_schema_len; i++) {
		const struct conf_key *key = &conf_schema[i];

		if (strcmp(key->section, section) == 0 && strcmp(key->name, name) == 0)
			return key;
	}
	return NULL;
}

const struct conf_section *conf_nearest_section(const char *name)
{
	size_t best = SPELL_WORD_MAX;
	const struct conf_section *nearest = NULL;

	for (size_t i = 0; i < conf_sections_len; i++) {
		size_t distance = spell_distance(name, conf_sections[i].name);

		if (distance < best) {
			best = distance;
			nearest = &conf_sections[i];
		}
	}
	return spell_is_near(name, best) ? nearest : NULL;
}

/* A letter amiss is likelier than another section. */
const struct conf_key *conf_nearest_key(const char *section, const char *name)
{
	size_t best = SPELL_WORD_MAX;
	const struct conf_key *nearest = NULL;

	for (size_t i = 0; i < conf_schema_len; i++) {
		const struct conf_key *key = &conf_schema[i];
		size_t elsewhere = strcmp(key->section, section) != 0 ? 3 : 0;
		size_t distance = 2 * spell_distance(name, key->name) + elsewhere;

		if (distance < best) {
			best = distance;
			nearest = key;
		}
	}
	return spell_is_near(name, best / 2) ? nearest : NULL;
}
