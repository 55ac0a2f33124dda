/* watch_rule.h - how to watch a line, from the configuration. Job: conf, line. */
#ifndef FO_WATCH_RULE_H
#define FO_WATCH_RULE_H

#include <stdint.h>

#include "judge.h"
#include "settings.h"

/* An echo that is not answered by then is lost: longer than any queue that a line may have. */
#define WATCH_LOST_MS 3000

struct watch_rule {
	struct judge_rule judge;
	char track_file[CONF_TEXT_MAX];
};

/* What [check] of `conf` and its uplink ask of one round of `timeout_ms`. */
void watch_rule_take_round(struct line_rule *rule, const struct conf *conf, int64_t timeout_ms);

/* Takes the rule from `conf`, which has a [check] section: its uplink is the line. */
void watch_rule_take(struct watch_rule *rule, const struct conf *conf);

#endif
