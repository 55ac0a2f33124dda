#include "wire_rule.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "instance_rule.h"
#include "num.h"

#define UNIT INT64_C(1000) /* of thousandths */

/* Whether one of the addresses of the advertisement is one of the instance. */
static bool shares_address(const struct scene *scene, const struct keepalived_block *instance,
			   const struct advert *advert)
{
	const struct keepalived_entry *entry = NULL;
	struct addr own;

	for (;;) {
		entry = keepalived_next(scene->keepalived, instance, "virtual_ipaddress", entry);
		if (entry == NULL)
			return false;
		for (size_t i = 0; i < advert->count; i++) {
			if (keepalived_address(entry, AF_INET, &own) &&
			    addr_equal(&own, &advert->addrs[i]))
				return true;
		}
	}
}

static bool is_peer(const struct scene *scene, const struct keepalived_block *instance,
		    const struct addr *source)
{
	const struct keepalived_entry *entry = NULL;
	struct addr peer;

	for (;;) {
		entry = keepalived_next(scene->keepalived, instance, "unicast_peer", entry);
		if (entry == NULL)
			return false;
		if (keepalived_address(entry, AF_INET, &peer) && addr_equal(&peer, source))
			return true;
	}
}

/* The place of a line of the instance, or of its beginning. */
static struct keepalived_place place_of(const struct scene *scene,
					const struct keepalived_block *instance, const char *word)
{
	const struct keepalived_entry *entry = keepalived_get(scene->keepalived, instance, word);

	return entry != NULL ? entry->place : instance->place;
}

static bool is_unicast(const struct scene *scene, const struct keepalived_block *instance)
{
	return keepalived_next(scene->keepalived, instance, "unicast_peer", NULL) != NULL;
}

static void check_form(const struct scene *scene, const struct keepalived_block *instance,
		       const struct advert *advert, const char *source)
{
	int64_t version = instance_rule_version(scene, instance);
	int64_t interval_ms = scene_get_thousandths(scene, instance, "advert_int", UNIT);
	char own[NUM_TEXT_MAX], other[NUM_TEXT_MAX];

	if (version != (int64_t)advert->version)
		scene_add(scene, 181, place_of(scene, instance, "version"),
			  "the same version on both routers",
			  "%s sends VRRPv%u, and this router takes VRRPv%" PRId64
			  ": neither hears the other, and both are master",
			  source, advert->version, version);
	else if (is_unicast(scene, instance) == advert->multicast)
		scene_add(scene, 187, place_of(scene, instance, "unicast_peer"),
			  "unicast_peer on both routers, or on neither",
			  "%s sends to %s, and this router %s: neither hears the other, and both "
			  "are master",
			  source, advert->multicast ? "the multicast group" : "this router alone",
			  advert->multicast ? "has unicast_peer" : "has no unicast_peer");
	else if (interval_ms != advert->interval_ms)
		scene_add(scene, 182, place_of(scene, instance, "advert_int"),
			  "the same advert_int on both routers",
			  "%s sends each %s, and advert_int is %s here", source,
			  num_format_ms(other, advert->interval_ms),
			  num_format_ms(own, interval_ms));
}

/* Passwords are compared, and not shown. */
static void check_password(const struct scene *scene, const struct keepalived_block *instance,
			   const struct advert *advert, const char *source)
{
	const struct keepalived_entry *type =
		keepalived_get(scene->keepalived, instance, "auth_type");
	const struct keepalived_entry *pass =
		keepalived_get(scene->keepalived, instance, "auth_pass");
	bool own = type != NULL && strcmp(keepalived_param(type, 0), "PASS") == 0 && pass != NULL;

	if (advert->version != 2 || instance_rule_version(scene, instance) != 2 ||
	    (type != NULL && strcmp(keepalived_param(type, 0), "AH") == 0))
		return;
	if (own != advert->has_password)
		scene_add(scene, 183, place_of(scene, instance, "auth_type"),
			  "the same authentication on both routers",
			  "%s sends %s password, and this router %s one: neither takes what the "
			  "other says, and both are master",
			  source, advert->has_password ? "a" : "no", own ? "wants" : "has no");
	else if (own && strncmp(keepalived_param(pass, 0), advert->password, 8) != 0)
		scene_add(scene, 183, pass->place, "the same auth_pass on both routers",
			  "%s sends another password: neither takes what the other says, and both "
			  "are master",
			  source);
}

static void check_neighbour(const struct scene *scene, const struct keepalived_block *instance,
			    const struct advert *advert, const char *source)
{
	int64_t priority = scene_get_thousandths(scene, instance, "priority", 100 * UNIT);
	char fix[FINDING_FIX_MAX];

	if (priority == advert->priority * UNIT)
		scene_add(scene, 184, place_of(scene, instance, "priority"),
			  "another priority on each router: see the samples",
			  "%s has the priority %u, too: which one is master is decided by their "
			  "addresses",
			  source, advert->priority);
	snprintf(fix, sizeof(fix), "unicast_peer {\n    %s\n}", source);
	if (is_unicast(scene, instance) && !advert->multicast &&
	    !is_peer(scene, instance, &advert->source))
		scene_add(scene, 186, place_of(scene, instance, "unicast_peer"), fix,
			  "%s sends VRRP with this virtual_router_id, and is not in unicast_peer: "
			  "it never hears this router",
			  source);
}

void wire_rule_check(const struct scene *scene, const struct keepalived_block *instance,
		     const struct advert *advert)
{
	int64_t vrid = scene_get_thousandths(scene, instance, "virtual_router_id", 0) / UNIT;
	bool shares = shares_address(scene, instance, advert);
	char source[ADDR_TEXT_MAX], address[ADDR_TEXT_MAX] = "none";

	addr_format(source, &advert->source);
	if (advert->count > 0)
		addr_format(address, &advert->addrs[0]);
	if (vrid != (int64_t)advert->vrid) {
		if (shares)
			scene_add(scene, 180, place_of(scene, instance, "virtual_router_id"),
				  "the same virtual_router_id on both routers",
				  "%s has the same address with the virtual_router_id %u: neither "
				  "hears the other, and both are master",
				  source, advert->vrid);
		return;
	}
	if (!shares) {
		scene_add(scene, 185, place_of(scene, instance, "virtual_router_id"),
			  "the same virtual_ipaddress on both routers; or, for another group, "
			  "another virtual_router_id",
			  "%s sends the same virtual_router_id with the address %s, which is none "
			  "of this instance",
			  source, address);
		return;
	}
	check_form(scene, instance, advert, source);
	check_password(scene, instance, advert, source);
	check_neighbour(scene, instance, advert, source);
}
