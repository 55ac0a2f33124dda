#include "loader.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ini_file.h"
#include "log.h"
#include "schema.h"
#include "value.h"

/* What the loading has come to. */
struct loader {
	const struct ini_file *file;
	struct conf *conf;
	struct conf_faults *faults;
};

static void *field_of(struct conf *conf, size_t offset)
{
	return (char *)conf + offset;
}

static void refuse_section(struct loader *ld, const struct ini_item *item)
{
	const struct conf_section *near = conf_nearest_section(item->section);

	if (near != NULL)
		conf_fault(ld->faults, item->section, item->line,
			   "[%s] is not a known section; did you mean [%s]?", item->section,
			   near->name);
	else
		conf_fault(ld->faults, item->section, item->line,
			   "[%s] is not a known section, see fo.conf(5)", item->section);
}

static void refuse_key(struct loader *ld, const struct ini_item *item)
{
	const struct conf_key *near = conf_nearest_key(item->section, item->name);

	if (conf_find_section(item->section) == NULL)
		return; /* reported once, at the section */
	if (near != NULL)
		conf_fault(ld->faults, item->section, item->line,
			   "[%s] has no key `%s`; did you mean [%s] %s?", item->section, item->name,
			   near->section, near->name);
	else
		conf_fault(ld->faults, item->section, item->line,
			   "[%s] has no key `%s`, see fo.conf(5)", item->section, item->name);
}

static void set_present(struct conf *conf, const struct conf_section *section, bool present)
{
	if (section->present >= 0)
		memcpy(field_of(conf, (size_t)section->present), &present, sizeof(present));
}

static void take_section(struct loader *ld, const struct ini_item *item)
{
	const struct conf_section *section = conf_find_section(item->section);

	if (section == NULL)
		refuse_section(ld, item);
	else
		set_present(ld->conf, section, true);
}

static void take_key(struct loader *ld, const struct ini_item *item)
{
	const struct conf_key *key = conf_find_key(item->section, item->name);
	char why[256];

	if (key == NULL) {
		refuse_key(ld, item);
		return;
	}
	if (conf_value_parse(key, item->value, field_of(ld->conf, key->offset), why, sizeof(why)) !=
	    0)
		conf_fault(ld->faults, item->section, item->line, "[%s] %s%s%s: %s", item->section,
			   item->name, item->value[0] == '\0' ? "" : " = ",
			   key->is_secret ? "..." : item->value, why);
}

static bool has_item(const struct ini_file *file, const char *section, const char *name)
{
	for (size_t i = 0; i < file->count; i++) {
		if (strcmp(file->items[i].section, section) == 0 &&
		    strcmp(file->items[i].name, name) == 0)
			return true;
	}
	return false;
}

static bool section_counts(const struct ini_file *file, const char *name)
{
	const struct conf_section *section = conf_find_section(name);

	return (section != NULL && section->bit == 0) || has_item(file, name, "");
}

static void check_required(struct loader *ld)
{
	for (size_t i = 0; i < conf_schema_len; i++) {
		const struct conf_key *key = &conf_schema[i];

		if (key->required && section_counts(ld->file, key->section) &&
		    !has_item(ld->file, key->section, key->name))
			conf_fault(ld->faults, key->section, 0, "[%s] %s is missing", key->section,
				   key->name);
	}
}

/* Two keys of which the first must not exceed the second. */
static const struct order {
	const char *section, *less, *more;
	size_t less_offset, more_offset;
	bool zero_is_off; /* a second one of 0 switches the first off, which has a default */
} orders[] = {
	{ "check", "hold", "hold-max", offsetof(struct conf, check.hold_ms),
	  offsetof(struct conf, check.hold_max_ms), false },
	{ "check", "loss-up", "loss-down", offsetof(struct conf, check.loss_up_pct),
	  offsetof(struct conf, check.loss_down_pct), true },
	{ "check", "rtt-up", "rtt-down", offsetof(struct conf, check.rtt_up_ms),
	  offsetof(struct conf, check.rtt_down_ms), false },
};

static void check_orders(struct loader *ld)
{
	for (size_t i = 0; i < ARRAY_LEN(orders); i++) {
		int64_t less, more;

		memcpy(&less, (const char *)ld->conf + orders[i].less_offset, sizeof(less));
		memcpy(&more, (const char *)ld->conf + orders[i].more_offset, sizeof(more));
		if (less > more && !(orders[i].zero_is_off && more == 0))
			conf_fault(ld->faults, orders[i].section, 0, "[%s] %s is more than %s",
				   orders[i].section, orders[i].less, orders[i].more);
	}
}

/* The tables of the kernel's own, RT_TABLE_DEFAULT to RT_TABLE_LOCAL in linux/rtnetlink.h. */
#define TABLE_KERNEL_FIRST 253
#define TABLE_KERNEL_LAST  255

static void check_route(struct loader *ld)
{
	const struct conf_route *route = &ld->conf->route;

	if (nexthop_is_set(&route->master6) != nexthop_is_set(&route->backup6))
		conf_fault(ld->faults, "route", 0,
			   "[route] master6 and backup6 go together, but only one is set");
	if (route->table >= TABLE_KERNEL_FIRST && route->table <= TABLE_KERNEL_LAST)
		conf_fault(ld->faults, "route", 0,
			   "[route] table = %d is one of the kernel's own, take another",
			   (int)route->table);
	if (route->backup.learned || route->backup6.learned)
		conf_fault(ld->faults, "route", 0,
			   "[route] backup is the way to the other router, which no DHCP server "
			   "tells: write via ADDRESS dev INTERFACE");
	if (route->table == 0 && (route->master.learned || route->master6.learned))
		conf_fault(ld->faults, "route", 0,
			   "[route] master = dhcp needs a table, where the gateway is kept");
}

/* What concerns several keys; of a section only where each of its keys is valid. */
static void check_relations(struct loader *ld)
{
	const struct conf *conf = ld->conf;
	unsigned faulty = ld->faults->faulty;

	if ((faulty & CONF_CHECK) == 0)
		check_orders(ld);
	if ((faulty & CONF_CHECK) == 0 && conf->check.present &&
	    conf->check.need > (int64_t)conf->check.targets.count)
		conf_fault(ld->faults, "check", 0,
			   "[check] need = %d, but there are only %zu targets",
			   (int)conf->check.need, conf->check.targets.count);
	if ((faulty & CONF_ROUTE) == 0 && conf->route.present)
		check_route(ld);
	for (size_t i = 0; i < conf->router.lan.count; i++) {
		if (strcmp(conf->router.lan.items[i], conf->router.uplink) == 0)
			conf_fault(ld->faults, "router", 0, "[router] lan and uplink are both %s",
				   conf->router.uplink);
	}
}

static void set_default(const struct conf_key *key, struct conf *out)
{
	char why[256];

	if (conf_value_parse(key, key->default_text, field_of(out, key->offset), why,
			     sizeof(why)) != 0)
		log_err(0, "default of [%s] %s: %s", key->section, key->name, why);
}

/* Those that are lists of events, or all others. What is empty is so already. */
static void set_defaults(bool of_events, struct conf *out)
{
	for (size_t i = 0; i < conf_schema_len; i++) {
		const struct conf_key *key = &conf_schema[i];

		if (key->default_text != NULL && key->default_text[0] != '\0' &&
		    (key->type == CONF_EVENTS) == of_events)
			set_default(key, out);
	}
}

void conf_defaults(struct conf *out)
{
	memset(out, 0, sizeof(*out));
	set_defaults(false, out);
	set_defaults(true, out);
}

/* A section that cannot be made out may be one that the program uses, and that is not there. */
static void blame_unknown(struct loader *ld)
{
	for (size_t i = 0; ld->faults->unknown && i < conf_sections_len; i++) {
		const struct conf_section *section = &conf_sections[i];

		if ((ld->faults->source->sections & section->bit) != 0 &&
		    !has_item(ld->file, section->name, ""))
			ld->faults->grave = true;
	}
}

static void check(struct loader *ld)
{
	for (size_t i = 0; i < ld->file->count; i++) {
		if (ld->file->items[i].name[0] == '\0')
			take_section(ld, &ld->file->items[i]);
		else
			take_key(ld, &ld->file->items[i]);
	}
	check_required(ld);
	check_relations(ld);
	blame_unknown(ld);
	for (size_t i = 0; i < conf_sections_len; i++) {
		if ((ld->faults->faulty & conf_sections[i].bit) != 0)
			set_present(ld->conf, &conf_sections[i], false);
	}
	ld->conf->faulty = ld->faults->faulty;
}

int conf_load(const struct conf_source *source, struct conf *out)
{
	FO_UNINITIALIZED struct ini_file file;
	struct conf_faults faults;
	struct loader ld = { .file = &file, .conf = out, .faults = &faults };
	int ret;

	conf_faults_init(&faults, source);
	memset(out, 0, sizeof(*out));
	set_defaults(false, out);
	ret = ini_file_open(source->path, &faults, &file);
	/* That takes as long as all the others, and most programs each second have no use for it.
	 */
	if (ret == 0 && has_item(&file, "alert", ""))
		set_defaults(true, out);
	if (ret == 0)
		check(&ld);
	ini_file_close(&file);
	if (out->speedclass.interface[0] == '\0')
		memcpy(out->speedclass.interface, out->router.uplink, IFNAMSIZ);
	return ret == 0 && faults.grave ? -EINVAL : ret;
}
