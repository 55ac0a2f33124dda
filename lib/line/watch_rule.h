/* watch_rule.h - how to watch a line, from the configuration. Job: conf, line. */
#ifndef FO_WATCH_RULE_H
#define FO_WATCH_RULE_H

#include <stdint.h>

#include "line.h"
#include "settings.h"
#include "verdict.h"

struct watch_rule {
	struct line_rule line;
	struct verdict_rule levels;
	int64_t interval_us; /* from round to round */
	int64_t window_us;   /* of the quality */
	char track_file[CONF_TEXT_MAX];
};

/* What [check] of `conf` and its uplink ask of one round of `timeout_ms`. */
void watch_rule_take_round(struct line_rule *rule, const struct conf *conf, int64_t timeout_ms);

/* Takes the rule from `conf`, which has a [check] section: its uplink is the line. */
void watch_rule_take(struct watch_rule *rule, const struct conf *conf);

#endif
