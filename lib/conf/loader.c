#include "loader.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ini_file.h"
#include "log.h"
#include "schema.h"
#include "spell.h"
#include "value.h"

/* What the loading has come to. */
struct loader {
	const struct ini_file *file;
	struct conf *conf;
	unsigned faults;
};

static void FO_PRINTF(2, 3) fault(struct loader *ld, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	log_err(0, "%s%s", ld->file->path, text);
	ld->faults++;
}

static void *field_of(struct conf *conf, size_t offset)
{
	return (char *)conf + offset;
}

static const struct conf_section *find_section(const char *name)
{
	for (size_t i = 0; i < conf_sections_len; i++) {
		if (strcmp(conf_sections[i].name, name) == 0)
			return &conf_sections[i];
	}
	return NULL;
}

static const struct conf_key *find_key(const char *section, const char *name)
{
	for (size_t i = 0; i < conf_schema_len; i++) {
		const struct conf_key *key = &conf_schema[i];

		if (strcmp(key->section, section) == 0 && strcmp(key->name, name) == 0)
			return key;
	}
	return NULL;
}

static const char *nearest_section(const char *name)
{
	size_t best = SPELL_WORD_MAX;
	const char *nearest = NULL;

	for (size_t i = 0; i < conf_sections_len; i++) {
		size_t distance = spell_distance(name, conf_sections[i].name);

		if (distance < best) {
			best = distance;
			nearest = conf_sections[i].name;
		}
	}
	return spell_is_near(name, best) ? nearest : NULL;
}

/* The key that `name` probably meant: a letter amiss is likelier than another section. */
static const struct conf_key *nearest_key(const char *section, const char *name)
{
	size_t best = SPELL_WORD_MAX;
	const struct conf_key *nearest = NULL;

	for (size_t i = 0; i < conf_schema_len; i++) {
		const struct conf_key *key = &conf_schema[i];
		size_t elsewhere = strcmp(key->section, section) != 0 ? 3 : 0;
		size_t distance = 2 * spell_distance(name, key->name) + elsewhere;

		if (distance < best) {
			best = distance;
			nearest = key;
		}
	}
	return spell_is_near(name, best / 2) ? nearest : NULL;
}

static void refuse_section(struct loader *ld, const struct ini_item *item)
{
	const char *near = nearest_section(item->section);

	if (near != NULL)
		fault(ld, ":%u: [%s] is not a known section; did you mean [%s]?", item->line,
		      item->section, near);
	else
		fault(ld, ":%u: [%s] is not a known section, see fo.conf(5)", item->line,
		      item->section);
}

static void refuse_key(struct loader *ld, const struct ini_item *item)
{
	const struct conf_key *near = nearest_key(item->section, item->name);

	if (find_section(item->section) == NULL)
		return; /* said once, at the section */
	if (near != NULL)
		fault(ld, ":%u: [%s] has no key `%s`; did you mean [%s] %s?", item->line,
		      item->section, item->name, near->section, near->name);
	else
		fault(ld, ":%u: [%s] has no key `%s`, see fo.conf(5)", item->line, item->section,
		      item->name);
}

static void take_section(struct loader *ld, const struct ini_item *item)
{
	const struct conf_section *section = find_section(item->section);
	const bool present = true;

	if (section == NULL)
		refuse_section(ld, item);
	else if (section->present >= 0)
		memcpy(field_of(ld->conf, (size_t)section->present), &present, sizeof(present));
}

static void take_key(struct loader *ld, const struct ini_item *item)
{
	const struct conf_key *key = find_key(item->section, item->name);
	char why[256];

	if (key == NULL) {
		refuse_key(ld, item);
		return;
	}
	if (conf_value_parse(key, item->value, field_of(ld->conf, key->offset), why, sizeof(why)) !=
	    0)
		fault(ld, ":%u: [%s] %s%s%s: %s", item->line, item->section, item->name,
		      item->value[0] == '\0' ? "" : " = ", item->value, why);
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
	const struct conf_section *section = find_section(name);

	return (section != NULL && section->required) || has_item(file, name, "");
}

static void check_required(struct loader *ld)
{
	for (size_t i = 0; i < conf_schema_len; i++) {
		const struct conf_key *key = &conf_schema[i];

		if (key->required && section_counts(ld->file, key->section) &&
		    !has_item(ld->file, key->section, key->name))
			fault(ld, ": [%s] %s is missing", key->section, key->name);
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
	/* What is answered later than that is lost, so that a longer mean is never seen. */
	{ "check", "rtt-down", "round-timeout", offsetof(struct conf, check.rtt_down_ms),
	  offsetof(struct conf, check.round_timeout_ms), false },
};

static void check_relations(struct loader *ld)
{
	const struct conf *conf = ld->conf;

	for (size_t i = 0; i < ARRAY_LEN(orders); i++) {
		int64_t less, more;

		memcpy(&less, (const char *)conf + orders[i].less_offset, sizeof(less));
		memcpy(&more, (const char *)conf + orders[i].more_offset, sizeof(more));
		if (less > more && !(orders[i].zero_is_off && more == 0))
			fault(ld, ": [%s] %s is more than %s", orders[i].section, orders[i].less,
			      orders[i].more);
	}
	if (conf->check.present && conf->check.need > (int64_t)conf->check.targets.count)
		fault(ld, ": [check] need = %d, but there are only %zu targets",
		      (int)conf->check.need, conf->check.targets.count);
	if (conf->route.present &&
	    nexthop_is_set(&conf->route.master6) != nexthop_is_set(&conf->route.backup6))
		fault(ld, ": [route] master6 and backup6 go together, but only one is there");
	if (strcmp(conf->router.lan, conf->router.uplink) == 0)
		fault(ld, ": [router] lan and uplink are both %s", conf->router.lan);
}

void conf_defaults(struct conf *out)
{
	char why[256];

	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < conf_schema_len; i++) {
		const struct conf_key *key = &conf_schema[i];

		if (key->default_text != NULL &&
		    conf_value_parse(key, key->default_text, field_of(out, key->offset), why,
				     sizeof(why)) != 0)
			log_err(0, "default of [%s] %s: %s", key->section, key->name, why);
	}
}

static int check(const struct ini_file *file, struct conf *conf)
{
	struct loader ld = { .file = file, .conf = conf, .faults = file->faults };

	if (ld.faults > 0)
		return -EINVAL;
	for (size_t i = 0; i < file->count; i++) {
		if (file->items[i].name[0] == '\0')
			take_section(&ld, &file->items[i]);
		else
			take_key(&ld, &file->items[i]);
	}
	check_required(&ld);
	if (ld.faults == 0)
		check_relations(&ld);
	if (conf->speedclass.interface[0] == '\0')
		memcpy(conf->speedclass.interface, conf->router.uplink, IFNAMSIZ);
	return ld.faults > 0 ? -EINVAL : 0;
}

int conf_load(const char *path, struct conf *out)
{
	FO_UNINITIALIZED struct ini_file file;
	struct conf conf;
	int ret = ini_file_open(path, &file);

	if (ret != 0)
		goto out;
	conf_defaults(&conf);
	ret = check(&file, &conf);
	if (ret == 0)
		*out = conf;
out:
	ini_file_close(&file);
	return ret;
}
