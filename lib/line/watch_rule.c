#include "watch_rule.h"

#include <assert.h>
#include <string.h>

static_assert(sizeof(((struct line_rule *)0)->targets) == sizeof(((struct conf_addrs *)0)->items),
	      "the targets of a round are those of fo.conf");
static_assert(sizeof(((struct line_rule *)0)->iface) == sizeof(((struct conf_router *)0)->uplink),
	      "a line is an uplink");

void watch_rule_take_round(struct line_rule *rule, const struct conf *conf, int64_t timeout_ms)
{
	const struct conf_check *check = &conf->check;

	memcpy(rule->iface, conf->router.uplink, sizeof(rule->iface));
	memcpy(rule->targets, check->targets.items, sizeof(rule->targets));
	rule->count = check->targets.count;
	rule->need = (unsigned)check->need;
	rule->timeout_ms = timeout_ms;
	rule->tries = HEDGE_TRIES_MAX;
	rule->late_ms = check->round_timeout_ms;
}

/* The same without a pause: silence of `fall` rounds is a dead line. */
static void take_steady_round(struct line_rule *rule, const struct conf *conf)
{
	const struct conf_check *check = &conf->check;

	watch_rule_take_round(rule, conf, check->fall * check->round_timeout_ms);
	rule->steady = true;
	rule->dense = check->interval_ms <= rule->timeout_ms;
	rule->tries = (unsigned)(rule->timeout_ms / check->round_timeout_ms + 16) * HEDGE_TRIES_MAX;
	rule->lost_ms = rule->late_ms > WATCH_LOST_MS ? rule->late_ms : WATCH_LOST_MS;
}

void watch_rule_take(struct watch_rule *rule, const struct conf *conf)
{
	const struct conf_check *check = &conf->check;

	memset(rule, 0, sizeof(*rule));
	take_steady_round(&rule->judge.line, conf);
	rule->judge.levels = (struct verdict_rule){ .fall = check->fall,
						    .rise = check->rise,
						    .hold_us = check->hold_ms * 1000,
						    .hold_max_us = check->hold_max_ms * 1000,
						    .loss_down_pct = check->loss_down_pct,
						    .loss_up_pct = check->loss_up_pct,
						    .rtt_down_us = check->rtt_down_ms * 1000,
						    .rtt_up_us = check->rtt_up_ms * 1000 };
	rule->judge.refused_us = check->round_timeout_ms * 1000;
	rule->judge.interval_us = check->interval_ms * 1000;
	rule->judge.window_us = check->window_ms * 1000;
	memcpy(rule->track_file, check->track_file, sizeof(rule->track_file));
}
