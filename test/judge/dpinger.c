#include "dpinger.h"

#include <stdlib.h>

enum { SLOTS_MAX = 256 };

struct dpinger {
	struct rule rule;
	struct dpinger_settings settings;
	int64_t next_send_us, next_look_us;
	unsigned size, next_slot, loss_decay, latency_decay;
	struct slot {
		bool sent;
		int64_t sent_us, answer_us;
	} slots[SLOTS_MAX];
};

static void send_echo(struct dpinger *dpinger, int64_t now_us)
{
	dpinger->slots[dpinger->next_slot] =
		(struct slot){ .sent = true,
			       .sent_us = now_us,
			       .answer_us = network_ask(dpinger->rule.network, now_us) };
	dpinger->next_slot = (dpinger->next_slot + 1) % dpinger->size;
	dpinger->next_send_us = now_us + dpinger->settings.send_us;
}

/* Whether loss and mean latency are too high, by dpinger's report(): an echo that is neither
 * answered nor old enough to be lost does not count. */
static void look(const struct dpinger *dpinger, int64_t now_us, bool *too_much_loss, bool *too_slow)
{
	int64_t received = 0, lost = 0, sum_us = 0;

	for (unsigned i = 0; i < dpinger->size; i++) {
		const struct slot *slot = &dpinger->slots[i];

		if (!slot->sent)
			continue;
		if (slot->answer_us <= now_us) {
			received++;
			sum_us += slot->answer_us - slot->sent_us;
		} else if (now_us - slot->sent_us > dpinger->settings.loss_us) {
			lost++;
		}
	}
	*too_slow = received > 0 && sum_us / received > dpinger->settings.latency_us;
	*too_much_loss = lost > 0 && lost * 100 / (received + lost) > dpinger->settings.loss_pct;
}

static void let_decay(unsigned *decay, bool alarm, unsigned looks)
{
	if (alarm)
		*decay = looks;
	else if (*decay > 0)
		(*decay)--;
}

static void judge(struct dpinger *dpinger, int64_t now_us)
{
	bool too_much_loss, too_slow, was_down = dpinger->rule.down;

	look(dpinger, now_us, &too_much_loss, &too_slow);
	let_decay(&dpinger->loss_decay, too_much_loss, dpinger->settings.decay);
	let_decay(&dpinger->latency_decay, too_slow, dpinger->settings.decay);
	dpinger->rule.down = dpinger->loss_decay > 0 || dpinger->latency_decay > 0;
	dpinger->next_look_us =
		now_us + (dpinger->rule.down == was_down ? dpinger->settings.look_us
							 : dpinger->settings.after_alarm_us);
}

static void go_on(struct rule *rule)
{
	struct dpinger *dpinger = (struct dpinger *)rule;
	int64_t now_us = rule->next_us;

	if (now_us >= dpinger->next_send_us)
		send_echo(dpinger, now_us);
	else
		judge(dpinger, now_us);
	rule->next_us = dpinger->next_send_us < dpinger->next_look_us ? dpinger->next_send_us
								      : dpinger->next_look_us;
}

struct rule *dpinger_begin(const struct dpinger_settings *settings, struct network *network)
{
	struct dpinger *dpinger = calloc(1, sizeof(*dpinger));

	if (dpinger == NULL)
		return NULL;
	dpinger->settings = *settings;
	dpinger->size = (unsigned)(settings->period_us / settings->send_us);
	if (dpinger->size > SLOTS_MAX)
		dpinger->size = SLOTS_MAX;
	dpinger->next_send_us = chance_between(&network->chance, 0, settings->send_us);
	/* The window is full by then: no alarm of a start, which counts for nothing here. */
	dpinger->next_look_us =
		settings->period_us + chance_between(&network->chance, 0, settings->look_us);
	dpinger->rule = (struct rule){ .go_on = go_on,
				       .network = network,
				       .next_us = dpinger->next_send_us };
	return (struct rule *)dpinger;
}
