#include "instance_lan.h"

#include <stdio.h>
#include <string.h>

static bool is_lan(const struct scene *scene, const char *name)
{
	const struct conf_interfaces *lan = &scene->conf->router.lan;

	for (size_t i = 0; i < lan->count; i++) {
		if (strcmp(lan->items[i], name) == 0)
			return true;
	}
	return false;
}

static bool is_address(const struct scene *scene, const struct keepalived_entry *entry)
{
	enum keepalived_context context = scene->keepalived->blocks[entry->block].context;

	return context == KEEPALIVED_INSTANCE &&
	       (strcmp(entry->word, "virtual_ipaddress") == 0 ||
		strcmp(entry->word, "virtual_ipaddress_excluded") == 0);
}

/* Adds the address of a line to a list in words. */
static void add_text(const struct keepalived_entry *entry, char *text, size_t size)
{
	size_t used = strlen(text);

	if (used < size)
		snprintf(text + used, size - used, "%s%.40s", used == 0 ? "" : ", ",
			 keepalived_param(entry, 0));
}

/* The line that has the address; NULL: there is none. `others` has those of its family. */
static const struct keepalived_entry *find_address(const struct scene *scene,
						   const struct addr *addr, char *others,
						   size_t size)
{
	struct addr found;

	others[0] = '\0';
	for (size_t i = 0; i < scene->keepalived->entry_count; i++) {
		const struct keepalived_entry *entry = &scene->keepalived->entries[i];

		if (!is_address(scene, entry) || !keepalived_address(entry, AF_UNSPEC, &found))
			continue;
		if (addr_equal(&found, addr))
			return entry;
		if (found.family == addr->family)
			add_text(entry, others, size);
	}
	return NULL;
}

/* `backup`: the way to the other router. */
static void check_vip(const struct scene *scene, const struct addr *vip, const char *key,
		      const struct nexthop *backup)
{
	char others[160], text[ADDR_TEXT_MAX], via[ADDR_TEXT_MAX], fix[FINDING_FIX_MAX];
	const struct keepalived_entry *entry = find_address(scene, vip, others, sizeof(others));
	const char *dev = entry == NULL ? "" : keepalived_option(entry, "dev");

	addr_format(text, vip);
	snprintf(fix, sizeof(fix), "write the same address into [router] %s and virtual_ipaddress",
		 key);
	if (entry == NULL)
		scene_add(scene, 141, scene_instance_place(scene), fix,
			  "[router] %s = %s of fo.conf is in no virtual_ipaddress, which has %s: "
			  "this router never knows that it is master",
			  key, text, others[0] == '\0' ? "none of its family" : others);
	else if (dev[0] != '\0' && !is_lan(scene, dev))
		scene_add(scene, 142, entry->place, "dev with an interface of [router] lan",
			  "keepalived puts %s on %s, which is no interface of [router] lan", text,
			  dev);
	if (entry != NULL && scene->conf->route.present && addr_is_set(&backup->via) &&
	    find_address(scene, &backup->via, others, sizeof(others)) == NULL)
		findings_add(scene->out, 7, scene->conf_file,
			     "let [route] backup lead to [router] vip",
			     "[route] backup leads to %s, not to the VRRP address %s: whoever has "
			     "that is master, and the other may be a router with a dead line",
			     addr_format(via, &backup->via), text);
}

/* An instance of which no interface is a LAN's is none of ours, where another one has the address.
 */
static void check_interface(const struct scene *scene, const struct keepalived_block *instance)
{
	const struct keepalived_entry *interface =
		keepalived_get(scene->keepalived, instance, "interface");
	const struct keepalived_entry *entry = NULL;
	struct addr found;

	if (interface == NULL || is_lan(scene, keepalived_param(interface, 0)))
		return;
	for (;;) {
		entry = keepalived_next(scene->keepalived, instance, "virtual_ipaddress", entry);
		if (entry == NULL)
			return;
		if (keepalived_address(entry, AF_UNSPEC, &found) &&
		    addr_equal(&found, &scene->conf->router.vip))
			break;
	}
	scene_add(scene, 143, interface->place,
		  "write the same interface into [router] lan and `interface`",
		  "%s speaks VRRP on %s, which is no interface of [router] lan", instance->name,
		  keepalived_param(interface, 0));
}

void instance_lan_check(const struct scene *scene)
{
	const struct keepalived_block *instance = NULL;

	check_vip(scene, &scene->conf->router.vip, "vip", &scene->conf->route.backup);
	if (addr_is_set(&scene->conf->router.vip6))
		check_vip(scene, &scene->conf->router.vip6, "vip6", &scene->conf->route.backup6);
	for (;;) {
		instance = keepalived_next_block(scene->keepalived, KEEPALIVED_INSTANCE, instance);
		if (instance == NULL)
			return;
		check_interface(scene, instance);
	}
}
