#include "watcher.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge.h"
#include "loader.h"
#include "schema.h"
#include "value.h"
#include "watch_rule.h"
#include "world.h"

/* What has no default: as in etc/main/fo.conf. */
#define UPLINK	"ppp0"
#define TARGETS "1.1.1.1, 8.8.8.8, 9.9.9.9"

struct watcher {
	struct rule rule;
	struct judge judge;
};

static int take_key(struct conf *conf, const char *section, const char *name, const char *text)
{
	const struct conf_key *key = conf_find_key(section, name);
	char why[256] = "is not a key";
	int ret = -1;

	if (key != NULL)
		ret = conf_value_parse(key, text, (char *)conf + key->offset, why, sizeof(why));
	if (ret != 0)
		fprintf(stderr, "[%s] %s = %s: %s\n", section, name, text, why);
	return ret;
}

/* Takes `fall=3,interval=100ms`. */
static int take_settings(struct conf *conf, const char *settings)
{
	char words[512], *rest = words;
	int ret = take_key(conf, "router", "uplink", UPLINK);

	snprintf(words, sizeof(words), "%s", settings);
	if (ret == 0)
		ret = take_key(conf, "check", "targets", TARGETS);
	while (ret == 0 && rest != NULL && *rest != '\0') {
		char *text = strsep(&rest, ",");
		char *name = strsep(&text, "=");

		ret = take_key(conf, "check", name, text == NULL ? "" : text);
	}
	return ret;
}

/* What watch.c does in its loop. */
static void go_on(struct rule *rule)
{
	struct watcher *watcher = (struct watcher *)rule;
	int64_t wake_us;

	world_set_time(rule->next_us);
	if (judge_step(&watcher->judge))
		rule->down = watcher->judge.state.verdict == VERDICT_DOWN;
	wake_us = judge_wake_us(&watcher->judge);
	if (wake_us > world_next_us())
		wake_us = world_next_us();
	/* Time goes on, as it does for a program that has nothing to wait for. */
	if (wake_us <= rule->next_us)
		wake_us = rule->next_us + 1;
	rule->next_us = wake_us;
}

struct rule *watcher_begin(const char *settings, struct network *network)
{
	struct watch_rule rule;
	struct watcher *watcher;
	struct conf conf;

	conf_defaults(&conf);
	if (take_settings(&conf, settings) != 0)
		return NULL;
	watcher = calloc(1, sizeof(*watcher));
	if (watcher == NULL)
		return NULL;
	watch_rule_take(&rule, &conf);
	world_begin(network);
	world_set_time(chance_between(&network->chance, 0, rule.judge.interval_us));
	judge_init(&watcher->judge, &rule.judge);
	judge_have_link(&watcher->judge);
	watcher->rule = (struct rule){ .go_on = go_on,
				       .network = network,
				       .next_us = judge_wake_us(&watcher->judge) };
	return &watcher->rule;
}
