#include "ping.h"

#include <stdlib.h>

struct ping {
	struct rule rule;
	struct ping_settings settings;
	int64_t begin_us;	     /* of this check */
	unsigned asked, answered;    /* hosts, in this check */
	unsigned good, bad;	     /* checks in a row */
	bool is_waiting, has_answer; /* for a host's answer; whether it will come */
};

static void ask(struct ping *ping, int64_t now_us)
{
	int64_t answer_us = network_ask(ping->rule.network, now_us);

	ping->has_answer = answer_us <= now_us + ping->settings.timeout_us;
	ping->rule.next_us = ping->has_answer ? answer_us : now_us + ping->settings.timeout_us;
	ping->is_waiting = true;
	ping->asked++;
}

static void judge(struct ping *ping, bool good)
{
	ping->good = good ? ping->good + 1 : 0;
	ping->bad = good ? 0 : ping->bad + 1;
	if (!ping->rule.down && ping->bad >= ping->settings.down)
		ping->rule.down = true;
	else if (ping->rule.down && ping->good >= ping->settings.up)
		ping->rule.down = false;
}

static void go_on(struct rule *rule)
{
	struct ping *ping = (struct ping *)rule;
	const struct ping_settings *settings = &ping->settings;
	int64_t now_us = rule->next_us;

	if (!ping->is_waiting) {
		ping->begin_us = now_us;
		ping->asked = ping->answered = 0;
		ask(ping, now_us);
		return;
	}
	ping->answered += ping->has_answer;
	/* mwan3track's loop: one host after the other, while too few have answered. */
	if (ping->answered < settings->reliability && ping->asked < settings->hosts) {
		ask(ping, now_us);
		return;
	}
	judge(ping, ping->answered >= settings->reliability);
	ping->is_waiting = false;
	rule->next_us = (settings->from_begin ? ping->begin_us : now_us) + settings->interval_us;
	if (rule->next_us < now_us)
		rule->next_us = now_us;
}

struct rule *ping_begin(const struct ping_settings *settings, struct network *network)
{
	struct ping *ping = calloc(1, sizeof(*ping));

	if (ping == NULL)
		return NULL;
	ping->settings = *settings;
	ping->rule = (struct rule){
		.go_on = go_on,
		.network = network,
		.next_us = chance_between(&network->chance, 0, settings->interval_us),
	};
	return (struct rule *)ping;
}
