#include "instance_rule.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "instance_lan.h"

#define UNIT INT64_C(1000) /* of thousandths */

static const struct keepalived_block *next_instance(const struct scene *scene,
						    const struct keepalived_block *block)
{
	return keepalived_next_block(scene->keepalived, KEEPALIVED_INSTANCE, block);
}

static const struct keepalived_entry *get(const struct scene *scene,
					  const struct keepalived_block *block, const char *word)
{
	return keepalived_get(scene->keepalived, block, word);
}

static const struct keepalived_entry *get_global(const struct scene *scene, const char *word)
{
	return get(scene, keepalived_find_block(scene->keepalived, KEEPALIVED_GLOBAL, NULL), word);
}

int64_t instance_rule_version(const struct scene *scene, const struct keepalived_block *instance)
{
	const struct keepalived_block *global =
		keepalived_find_block(scene->keepalived, KEEPALIVED_GLOBAL, NULL);
	int64_t version = scene_get_thousandths(scene, global, "vrrp_version", 2 * UNIT);

	return scene_get_thousandths(scene, instance, "version", version) / UNIT;
}

static void check_preempt(const struct scene *scene, const struct keepalived_block *instance)
{
	const struct keepalived_entry *state = get(scene, instance, "state");
	const struct keepalived_entry *nopreempt = get(scene, instance, "nopreempt");
	const struct keepalived_entry *delay = get(scene, instance, "preempt_delay");
	const struct keepalived_entry *dont_track = get(scene, instance, "dont_track_primary");
	bool master = state != NULL && strcmp(keepalived_param(state, 0), "MASTER") == 0;

	if (master && nopreempt != NULL)
		scene_add(
			scene, 146, nopreempt->place, "state BACKUP",
			"nopreempt goes with `state BACKUP` only: keepalived ignores it, and this "
			"router takes the address from a working one");
	if (master && delay != NULL)
		scene_add(scene, 147, delay->place, "state BACKUP",
			  "preempt_delay goes with `state BACKUP` only: keepalived ignores it");
	if (keepalived_is_on(dont_track))
		scene_add(scene, 148, dont_track->place, "take out dont_track_primary",
			  "with dont_track_primary this router stays master when its LAN interface "
			  "has no link");
}

static void check_number(const struct scene *scene, const struct keepalived_block *instance)
{
	const struct keepalived_entry *vrid = get(scene, instance, "virtual_router_id");
	const struct keepalived_entry *priority = get(scene, instance, "priority");
	int64_t id = scene_get_thousandths(scene, instance, "virtual_router_id", 0);
	int64_t value = scene_get_thousandths(scene, instance, "priority", 100 * UNIT);

	if (id < UNIT || id > 255 * UNIT || id % UNIT != 0)
		scene_add(
			scene, 159, vrid != NULL ? vrid->place : instance->place,
			"virtual_router_id 51",
			"virtual_router_id of %s is %s, and must be the same number from 1 to 255 "
			"on both routers",
			instance->name, vrid != NULL ? keepalived_param(vrid, 0) : "missing");
	if (value < UNIT || value >= 255 * UNIT)
		scene_add(scene, 155, priority != NULL ? priority->place : instance->place,
			  "priority 250",
			  "the priority of %s must be 1 to 254: at 255 keepalived takes no weight "
			  "into account, and never gives the address away",
			  instance->name);
}

static void check_advert(const struct scene *scene, const struct keepalived_block *instance)
{
	int64_t version = instance_rule_version(scene, instance);
	const struct keepalived_entry *advert = get(scene, instance, "advert_int");
	const struct keepalived_entry *type = get(scene, instance, "auth_type");
	const struct keepalived_entry *pass = get(scene, instance, "auth_pass");
	int64_t interval = scene_get_thousandths(scene, instance, "advert_int", UNIT);

	if (version == 2 && advert != NULL && (interval < UNIT || interval % UNIT != 0))
		scene_add(
			scene, 149, advert->place, "version 3",
			"advert_int %s needs VRRPv3, and this is version 2, of whole seconds: the "
			"other router waits for another time than this one",
			keepalived_param(advert, 0));
	if (version == 3 && type != NULL)
		scene_add(scene, 150, type->place, "take out authentication, or write `version 2`",
			  "VRRPv3 has no authentication: keepalived ignores it");
	if (version == 2 && pass != NULL && strlen(keepalived_param(pass, 0)) > 8)
		scene_add(
			scene, 151, pass->place, "a password of 8 characters at most",
			"keepalived takes the first 8 characters of auth_pass and drops the rest");
}

static void check_strict(const struct scene *scene, const struct keepalived_block *instance)
{
	const struct keepalived_entry *strict = get_global(scene, "vrrp_strict");
	const struct keepalived_entry *own = get(scene, instance, "strict_mode");

	if (own != NULL)
		strict = keepalived_is_on(own) ? own : NULL;
	if (strict != NULL && (keepalived_next(scene->keepalived, instance, "unicast_peer", NULL) ||
			       get(scene, instance, "auth_type") != NULL))
		scene_add(scene, 154, strict->place, "take out vrrp_strict",
			  "vrrp_strict forbids what %s has, unicast or authentication: keepalived "
			  "does not run the instance as it is written",
			  instance->name);
}

static void check_peers(const struct scene *scene, const struct keepalived_block *instance)
{
	const struct keepalived_entry *source = get(scene, instance, "unicast_src_ip");
	const struct keepalived_entry *peer = NULL;
	struct addr own, other;

	if (source == NULL)
		return;
	peer = keepalived_next(scene->keepalived, instance, "unicast_peer", NULL);
	if (peer == NULL)
		scene_add(
			scene, 153, source->place, "unicast_peer {\n    192.168.0.2\n}",
			"unicast_src_ip without a unicast_peer: keepalived sends to the multicast "
			"address, where the other router does not listen");
	for (; peer != NULL;
	     peer = keepalived_next(scene->keepalived, instance, "unicast_peer", peer)) {
		if (addr_parse(keepalived_param(source, 0), AF_UNSPEC, &own) == 0 &&
		    addr_parse(keepalived_param(peer, 0), AF_UNSPEC, &other) == 0 &&
		    addr_equal(&own, &other))
			scene_add(
				scene, 152, peer->place,
				"write the address of the other router into unicast_peer",
				"unicast_peer %s is this router itself: the other one never hears "
				"it, and both are master",
				keepalived_param(peer, 0));
	}
}

/* Whether a route goes to everywhere. */
static bool is_default(const struct keepalived_entry *route)
{
	return keepalived_has(route, "default") || keepalived_has(route, "0.0.0.0/0") ||
	       keepalived_has(route, "0/0") || keepalived_has(route, "::/0");
}

static void check_routes(const struct scene *scene, const struct keepalived_block *instance)
{
	static const char *const lists[] = { "virtual_routes", "virtual_ipaddress" };
	const struct keepalived_entry *entry = NULL;

	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		for (;;) {
			entry = keepalived_next(scene->keepalived, instance, lists[i], entry);
			if (entry == NULL)
				break;
			if (i == 0 && scene->conf->route.present && is_default(entry) &&
			    keepalived_option(entry, "table")[0] == '\0')
				scene_add(scene, 157, entry->place, "take it out of virtual_routes",
					  "keepalived sets a default route in virtual_routes, and "
					  "fo-route another one: whoever comes last has it");
			else if (keepalived_has(entry, "no_track"))
				scene_add(scene, 158, entry->place, "take out no_track",
					  "with no_track keepalived does not notice that this is "
					  "gone, and does not set it again");
		}
	}
}

static int64_t weight_of_block(const struct scene *scene, enum keepalived_context context,
			       const struct keepalived_entry *entry)
{
	const struct keepalived_block *block =
		keepalived_find_block(scene->keepalived, context, keepalived_param(entry, 0));

	return scene_get_thousandths(scene, block, "weight", 0);
}

/* The weights that a dead line takes off, all together. */
static int64_t sum_of_weights(const struct scene *scene, const struct keepalived_block *instance)
{
	static const struct {
		const char *word;
		enum keepalived_context context;
	} lists[] = { { "track_script", KEEPALIVED_SCRIPT },
		      { "track_file", KEEPALIVED_TRACK_FILE } };
	const struct keepalived_entry *entry = NULL;
	int64_t sum = 0;

	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		for (;;) {
			int64_t weight = 0;

			entry = keepalived_next(scene->keepalived, instance, lists[i].word, entry);
			if (entry == NULL)
				break;
			if (!scene_parse_thousandths(keepalived_option(entry, "weight"), &weight))
				weight = weight_of_block(scene, lists[i].context, entry);
			sum -= weight < 0 ? weight : 0;
		}
	}
	return sum;
}

static void check_weights(const struct scene *scene, const struct keepalived_block *instance)
{
	int64_t priority = scene_get_thousandths(scene, instance, "priority", 100 * UNIT);
	int64_t sum = sum_of_weights(scene, instance);
	const struct keepalived_entry *entry = get(scene, instance, "priority");

	if (sum >= priority)
		scene_add(scene, 156, entry != NULL ? entry->place : instance->place,
			  "a priority that is more than its weights together: see the sample",
			  "priority %" PRId64 " is not more than what the weights of a dead line "
			  "take off, %" PRId64 ": keepalived stops at 1, and which of two dead "
			  "lines is worse is lost",
			  priority / UNIT, sum / UNIT);
}

static bool is_in_group(const struct scene *scene, const struct keepalived_block *instance)
{
	const struct keepalived_block *group = NULL;
	const struct keepalived_entry *entry;

	for (;;) {
		group = keepalived_next_block(scene->keepalived, KEEPALIVED_GROUP, group);
		if (group == NULL)
			return false;
		for (entry = keepalived_next(scene->keepalived, group, "group", NULL);
		     entry != NULL;
		     entry = keepalived_next(scene->keepalived, group, "group", entry)) {
			if (strcmp(keepalived_param(entry, 0), instance->name) == 0 ||
			    keepalived_has(entry, instance->name))
				return true;
		}
	}
}

static bool same_interface(const struct scene *scene, const struct keepalived_block *a,
			   const struct keepalived_block *b)
{
	const struct keepalived_entry *one = get(scene, a, "interface");
	const struct keepalived_entry *two = get(scene, b, "interface");

	return one != NULL && two != NULL &&
	       strcmp(keepalived_param(one, 0), keepalived_param(two, 0)) == 0;
}

/* Against those that come behind it. */
static void check_others(const struct scene *scene, const struct keepalived_block *instance)
{
	const struct keepalived_block *other = next_instance(scene, instance);
	int64_t id = scene_get_thousandths(scene, instance, "virtual_router_id", 0);

	for (; other != NULL; other = next_instance(scene, other)) {
		if (id != 0 && scene_get_thousandths(scene, other, "virtual_router_id", 0) == id &&
		    same_interface(scene, instance, other))
			scene_add(scene, 144, other->place,
				  "give each instance a number of its own",
				  "%s and %s have the same virtual_router_id on one interface",
				  instance->name, other->name);
		if (!is_in_group(scene, instance) || !is_in_group(scene, other))
			scene_add(
				scene, 145, other->place,
				"vrrp_sync_group LAN {\n    group {\n        VI_1\n        VI_2\n  "
				"  }\n    sync_group_tracking_weight\n}",
				"%s and %s are not in one vrrp_sync_group: one router can have the "
				"one address, and the other router the other",
				instance->name, other->name);
	}
}

static void check_groups(const struct scene *scene)
{
	const struct keepalived_conf *conf = scene->keepalived;
	const struct keepalived_entry *entry;

	for (size_t i = 0; i < conf->entry_count; i++) {
		entry = &conf->entries[i];
		if (conf->blocks[entry->block].context != KEEPALIVED_GROUP ||
		    strcmp(entry->word, "group") != 0)
			continue;
		for (size_t k = 0; k < entry->count; k++) {
			if (keepalived_find_block(conf, KEEPALIVED_INSTANCE,
						  keepalived_param(entry, k)) == NULL)
				scene_add(scene, 162, entry->place,
					  "write the names of instances into the group",
					  "the group names `%s`, and there is no such instance",
					  keepalived_param(entry, k));
		}
	}
}

static void check_instance(const struct scene *scene, const struct keepalived_block *instance)
{
	check_preempt(scene, instance);
	check_number(scene, instance);
	check_advert(scene, instance);
	check_strict(scene, instance);
	check_peers(scene, instance);
	check_routes(scene, instance);
	check_weights(scene, instance);
	check_others(scene, instance);
}

void instance_rule_check(const struct scene *scene)
{
	const struct keepalived_block *instance = next_instance(scene, NULL);

	if (scene->keepalived->partly)
		return;
	if (instance == NULL) {
		scene_add(scene, 140, (struct keepalived_place){ .line = 0 },
			  "begin with the sample in /usr/share/doc/failover-helpers",
			  "there is no vrrp_instance: nobody has the VRRP address");
		return;
	}
	for (; instance != NULL; instance = next_instance(scene, instance))
		check_instance(scene, instance);
	check_groups(scene);
	if (scene->conf->router.lan.count > 0)
		instance_lan_check(scene);
}
