#include "doctor_keepalived.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "advert_socket.h"
#include "clock.h"
#include "instance_rule.h"
#include "keepalived_daemon.h"
#include "keepalived_file.h"
#include "log.h"
#include "notify_rule.h"
#include "rtnl.h"
#include "scene.h"
#include "script_facts.h"
#include "text_rule.h"
#include "track_rule.h"
#include "wire_rule.h"

/* All of it: too large for a stack. */
struct reading {
	struct keepalived_daemon daemon;
	struct keepalived_conf conf;
	struct script_calls calls;
};

/* Whom keepalived takes where script_user is not set. */
#define FALLBACK_USER "keepalived_script"

static void collect_calls(const char *root, const struct keepalived_conf *conf,
			  struct script_calls *out)
{
	for (size_t i = 0; i < conf->entry_count && out->count < SCRIPT_CALLS_MAX; i++) {
		struct script_call *call = &out->items[out->count];

		if (!script_call_parse(&conf->entries[i], call))
			continue;
		script_facts_look(root, call);
		if (call->user[0] != '\0')
			call->has_user = script_facts_has_user(root, call->user);
		out->count++;
	}
}

static void check_scripts(const char *root, const struct scene *scene)
{
	const struct keepalived_block *global =
		keepalived_find_block(scene->keepalived, KEEPALIVED_GLOBAL, NULL);
	const struct keepalived_entry *user =
		keepalived_get(scene->keepalived, global, "script_user");
	bool known = user != NULL && script_facts_has_user(root, keepalived_param(user, 0));

	text_rule_check_scripts(scene, known, script_facts_has_user(root, FALLBACK_USER));
}

/* A router sends at least each second; those of ours each tenth of one. */
#define LISTEN_US INT64_C(1200000)

#define HEARD_MAX 32

/* An instance, and the ear on its interface. */
struct ear {
	const struct keepalived_block *instance;
	int fd;
};

#define EARS_MAX 8

static int open_ear(const struct scene *scene, const struct keepalived_block *instance,
		    struct ear *out)
{
	const struct keepalived_entry *interface =
		keepalived_get(scene->keepalived, instance, "interface");
	const char *name = interface != NULL ? keepalived_param(interface, 0) : "";
	int index = rtnl_get_index(name);
	int ret;

	out->instance = instance;
	out->fd = -1;
	if (index == 0)
		return 0;
	ret = advert_socket_open(index, &out->fd);
	if (ret != 0)
		log_err(ret, "cannot listen to VRRP on %s", name);
	return ret;
}

/* To the end, for there may be several others. */
static void listen_with(const struct scene *scene, const struct ear *ear, int64_t end_us)
{
	struct advert advert;

	for (int heard = 0; ear->fd >= 0 && heard < HEARD_MAX; heard++) {
		if (advert_socket_next(ear->fd, end_us, &advert) != 0)
			return;
		/* A priority of 0 is that of one who leaves. */
		if (advert.priority != 0)
			wire_rule_check(scene, ear->instance, &advert);
	}
}

static int listen_to_all(const struct scene *scene)
{
	const struct keepalived_block *instance = NULL;
	int64_t end_us = clock_mono_us() + LISTEN_US;
	struct ear ears[EARS_MAX];
	size_t count = 0;
	int ret = 0;

	while (ret == 0 && count < EARS_MAX) {
		instance = keepalived_next_block(scene->keepalived, KEEPALIVED_INSTANCE, instance);
		if (instance == NULL)
			break;
		ret = open_ear(scene, instance, &ears[count++]);
	}
	for (size_t i = 0; i < count; i++) {
		if (ret == 0)
			listen_with(scene, &ears[i], end_us);
		if (ears[i].fd >= 0)
			close(ears[i].fd);
	}
	return ret;
}

static int check(const struct doctor_order *order, struct reading *reading, struct findings *out)
{
	const struct scene scene = { .conf_file = order->conf_file,
				     .conf = order->conf,
				     .keepalived = &reading->conf,
				     .calls = &reading->calls,
				     .version = reading->daemon.version,
				     .out = out };

	collect_calls(order->root, &reading->conf, &reading->calls);
	text_rule_check(&scene);
	check_scripts(order->root, &scene);
	if (reading->conf.file_count == 0)
		return 0;
	instance_rule_check(&scene);
	/* Without an instance nothing else has a meaning. */
	if (keepalived_find_block(&reading->conf, KEEPALIVED_INSTANCE, NULL) == NULL)
		return 0;
	track_rule_check(&scene);
	notify_rule_check(&scene);
	return order->listen && order->root[0] == '\0' ? listen_to_all(&scene) : 0;
}

static bool is_missing(const struct keepalived_conf *conf)
{
	return conf->file_count == 0 && conf->fault_count == 1 &&
	       conf->faults[0].kind == KEEPALIVED_NO_FILE;
}

int doctor_read_keepalived(const struct doctor_order *order, struct findings *out)
{
	struct reading *reading = calloc(1, sizeof(*reading));
	int ret;

	if (reading == NULL) {
		log_err(ENOMEM, "cannot look at keepalived.conf");
		return -ENOMEM;
	}
	keepalived_daemon_look(order->root, &reading->daemon);
	ret = keepalived_file_read(order->root, order->keepalived_conf, reading->daemon.id,
				   reading->daemon.version, &reading->conf);
	if (is_missing(&reading->conf))
		findings_add(out, 101, order->keepalived_conf,
			     "begin with the sample in /usr/share/doc/failover-helpers",
			     "there is no such file: nobody has the VRRP address");
	else if (ret == 0)
		ret = check(order, reading, out);
	free(reading);
	return ret;
}
