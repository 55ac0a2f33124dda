#include "track_rule.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "num.h"

/* The first keepalived that takes fractions of a second. */
#define FRACTIONS_SINCE 20302

#define SECOND INT64_C(1000) /* in thousandths, and in milliseconds */

static const struct script_call *call_of(const struct scene *scene,
					 const struct keepalived_block *block)
{
	for (size_t i = 0; i < scene->calls->count; i++) {
		const struct keepalived_entry *entry = scene->calls->items[i].entry;

		if (&scene->keepalived->blocks[entry->block] == block &&
		    strcmp(entry->word, "script") == 0)
			return &scene->calls->items[i];
	}
	return NULL;
}

/* Whether the script is the check of the line. */
static bool is_check(const struct scene *scene, const struct keepalived_block *script)
{
	const struct script_call *call = call_of(scene, script);

	return call != NULL && call->program == SCRIPT_CHECK;
}

/* Returns whether keepalived takes the number as it is. */
static bool check_fraction(const struct scene *scene, const struct keepalived_block *script,
			   const char *word)
{
	const struct keepalived_entry *entry = keepalived_get(scene->keepalived, script, word);
	int64_t value = 0;

	if (entry == NULL)
		return true;
	if (!scene_parse_thousandths(keepalived_param(entry, 0), &value) || value <= 0) {
		scene_add(scene, 120, entry->place, "write a number of seconds",
			  "%s %s is no number of seconds: keepalived takes its default, 1", word,
			  keepalived_param(entry, 0));
		return false;
	}
	if (value % SECOND != 0 && scene->version != 0 && scene->version < FRACTIONS_SINCE) {
		scene_add(
			scene, 120, entry->place, "write whole seconds",
			"%s %s is a fraction, which keepalived takes from 2.3.2 on: this one takes "
			"its default, 1",
			word, keepalived_param(entry, 0));
		return false;
	}
	return true;
}

/* Against the time that one round of the check takes at most. */
static void check_round(const struct scene *scene, const struct keepalived_block *script)
{
	int64_t round_ms = scene->conf->check.timeout_ms;
	int64_t interval_ms = scene_get_thousandths(scene, script, "interval", SECOND);
	int64_t timeout_ms = scene_get_thousandths(scene, script, "timeout", interval_ms);
	const struct keepalived_entry *timeout =
		keepalived_get(scene->keepalived, script, "timeout");
	const struct keepalived_entry *interval =
		keepalived_get(scene->keepalived, script, "interval");
	char round[NUM_TEXT_MAX], text[NUM_TEXT_MAX];

	if (timeout_ms <= round_ms)
		scene_add(
			scene, 121, timeout != NULL ? timeout->place : script->place,
			"give timeout in keepalived.conf more than [check] timeout in fo.conf",
			"keepalived ends the check after %s, but a round may take [check] timeout "
			"= %s: a line that is slow counts as dead",
			num_format_ms(text, timeout_ms), num_format_ms(round, round_ms));
	else if (interval_ms <= round_ms)
		scene_add(
			scene, 122, interval != NULL ? interval->place : script->place,
			"give interval in keepalived.conf more than [check] timeout in fo.conf",
			"keepalived runs the check every %s, but a round may take [check] timeout "
			"= %s: with a slow line several run at a time, or some are left out",
			num_format_ms(text, interval_ms), num_format_ms(round, round_ms));
}

static void check_scripts(const struct scene *scene)
{
	const struct keepalived_block *script = NULL;

	for (;;) {
		script = keepalived_next_block(scene->keepalived, KEEPALIVED_SCRIPT, script);
		if (script == NULL)
			return;
		if (check_fraction(scene, script, "interval") &&
		    check_fraction(scene, script, "timeout") && scene->conf->check.present &&
		    is_check(scene, script))
			check_round(scene, script);
	}
}

/* The file that fo-watch writes; NULL: it does not run here. */
static const char *watched_file(const struct conf *conf)
{
	if (conf->check.present)
		return conf->check.track_file;
	return conf->keepalive.present ? conf->keepalive.track_file : NULL;
}

static bool is_watched(const struct scene *scene, const struct keepalived_block *file)
{
	const struct keepalived_entry *entry = keepalived_get(scene->keepalived, file, "file");
	const char *watched = watched_file(scene->conf);

	return entry != NULL && watched != NULL && strcmp(keepalived_param(entry, 0), watched) == 0;
}

/* One kind of what can be tracked. */
struct tracking {
	const char *list;
	enum keepalived_context context;
	int64_t standard; /* the weight where none is written */
	bool (*is_line)(const struct scene *scene, const struct keepalived_block *block);
};

static const struct tracking trackings[] = {
	{ "track_script", KEEPALIVED_SCRIPT, 0, is_check },
	{ "track_file", KEEPALIVED_TRACK_FILE, SECOND, is_watched },
};

/* The next line of that list in any instance or group. */
static const struct keepalived_entry *next_tracked(const struct scene *scene, const char *list,
						   const struct keepalived_entry *entry)
{
	const struct keepalived_conf *conf = scene->keepalived;
	size_t i = entry == NULL ? 0 : (size_t)(entry - conf->entries) + 1;

	for (; i < conf->entry_count; i++) {
		enum keepalived_context context = conf->blocks[conf->entries[i].block].context;

		if ((context == KEEPALIVED_INSTANCE || context == KEEPALIVED_GROUP) &&
		    strcmp(conf->entries[i].word, list) == 0)
			return &conf->entries[i];
	}
	return NULL;
}

static bool is_tracked(const struct scene *scene, const struct tracking *tracking,
		       const struct keepalived_block *block)
{
	const struct keepalived_entry *entry = NULL;

	do
		entry = next_tracked(scene, tracking->list, entry);
	while (entry != NULL && strcmp(keepalived_param(entry, 0), block->name) != 0);
	return entry != NULL;
}

/* The weight of a line of a list, in thousandths: its own, else that of the block. */
static int64_t weight_of(const struct scene *scene, const struct tracking *tracking,
			 const struct keepalived_entry *entry, const struct keepalived_block *block)
{
	int64_t weight = scene_get_thousandths(scene, block, "weight", tracking->standard);

	int64_t own = 0;

	return scene_parse_thousandths(keepalived_option(entry, "weight"), &own) ? own : weight;
}

static bool is_reversed(const struct scene *scene, const struct keepalived_entry *entry,
			const struct keepalived_block *block)
{
	const struct keepalived_entry *weight = keepalived_get(scene->keepalived, block, "weight");

	return keepalived_has(entry, "reverse") ||
	       (weight != NULL && keepalived_has(weight, "reverse"));
}

static void check_weight(const struct scene *scene, const struct tracking *tracking,
			 const struct keepalived_entry *entry, const struct keepalived_block *block)
{
	int64_t weight = weight_of(scene, tracking, entry, block);
	bool is_file = tracking->context == KEEPALIVED_TRACK_FILE;
	char fix[FINDING_FIX_MAX];

	snprintf(fix, sizeof(fix), "%s {\n    %.60s weight -60\n}", tracking->list, block->name);
	if (weight == 0)
		scene_add(scene, 134, entry->place, fix,
			  "%s has the weight 0: with a dead line the router is in FAULT, which "
			  "leaves the LAN without any where both lines are dead for a moment",
			  block->name);
	else if (is_file && (weight > 0) != is_reversed(scene, entry, block))
		scene_add(scene, 135, entry->place, fix,
			  "%s has the weight %" PRId64
			  "%s, which fo-watch's 1 for a dead line adds "
			  "to the priority: the router with the dead line is preferred",
			  block->name, weight / SECOND, weight < 0 ? " reverse" : "");
}

/* Each line of a list. Returns whether one of them is about the line. */
static bool check_list(const struct scene *scene, const struct tracking *tracking)
{
	const struct keepalived_entry *entry = NULL;
	bool line = false;

	for (;;) {
		const struct keepalived_block *block;

		entry = next_tracked(scene, tracking->list, entry);
		if (entry == NULL)
			return line;
		block = keepalived_find_block(scene->keepalived, tracking->context,
					      keepalived_param(entry, 0));
		if (block == NULL && !scene->keepalived->partly)
			scene_add(
				scene, 131, entry->place,
				"define it, or write the name of one "
				"that is defined",
				"%s names `%s`, which is not defined: keepalived ignores the line",
				tracking->list, keepalived_param(entry, 0));
		if (block != NULL && tracking->is_line(scene, block)) {
			line = true;
			check_weight(scene, tracking, entry, block);
		}
	}
}

/* Whether that instance or group tracks the line, perhaps with a weight other than 0. */
static bool tracks_line(const struct scene *scene, const struct keepalived_block *owner,
			bool by_weight)
{
	for (size_t i = 0; i < ARRAY_LEN(trackings); i++) {
		const struct tracking *tracking = &trackings[i];
		const struct keepalived_entry *entry = NULL;

		while ((entry = keepalived_next(scene->keepalived, owner, tracking->list, entry)) !=
		       NULL) {
			const struct keepalived_block *block = keepalived_find_block(
				scene->keepalived, tracking->context, keepalived_param(entry, 0));

			if (block != NULL && tracking->is_line(scene, block) &&
			    (!by_weight || weight_of(scene, tracking, entry, block) != 0))
				return true;
		}
	}
	return false;
}

static bool tracks_line_in_members(const struct scene *scene, const struct keepalived_block *group)
{
	const struct keepalived_entry *entry = NULL;

	while ((entry = keepalived_next(scene->keepalived, group, "group", entry)) != NULL) {
		for (size_t i = 0; i < entry->count; i++) {
			const struct keepalived_block *instance = keepalived_find_block(
				scene->keepalived, KEEPALIVED_INSTANCE, keepalived_param(entry, i));

			if (instance != NULL && tracks_line(scene, instance, true))
				return true;
		}
	}
	return false;
}

/* In a group keepalived ignores the weights of its instances, unless told not to. */
static void check_groups(const struct scene *scene)
{
	const struct keepalived_conf *conf = scene->keepalived;
	const struct keepalived_block *group = NULL;

	while ((group = keepalived_next_block(conf, KEEPALIVED_GROUP, group)) != NULL) {
		if (keepalived_get(conf, group, "sync_group_tracking_weight") == NULL &&
		    keepalived_get(conf, group, "global_tracking") == NULL &&
		    !tracks_line(scene, group, false) && tracks_line_in_members(scene, group))
			scene_add(scene, 163, group->place,
				  "write `sync_group_tracking_weight` into the group",
				  "keepalived ignores the weights of what instances in %s track: a "
				  "dead line moves nothing",
				  group->name);
	}
}

/* What is defined, and nobody looks at. */
static void check_untracked(const struct scene *scene, const struct tracking *tracking)
{
	const struct keepalived_block *block = NULL;

	for (;;) {
		block = keepalived_next_block(scene->keepalived, tracking->context, block);
		if (block == NULL)
			return;
		if (!is_tracked(scene, tracking, block))
			scene_add(scene, 132, block->place, "track it, or take it out",
				  "no instance has `%s` in its %s: it has no effect", block->name,
				  tracking->list);
	}
}

static bool in_same_folder(const char *a, const char *b)
{
	const char *slash = strrchr(a, '/');
	size_t len = slash == NULL ? 0 : (size_t)(slash - a) + 1;

	return strncmp(a, b, len) == 0 && strchr(b + len, '/') == NULL;
}

/* A file that is tracked where fo-watch writes another. Where a script is the check of the line,
 * the file may be about something else. */
static bool check_other_file(const struct scene *scene, bool has_script)
{
	const struct keepalived_entry *entry = next_tracked(scene, "track_file", NULL);
	const struct keepalived_block *block =
		entry == NULL ? NULL
			      : keepalived_find_block(scene->keepalived, KEEPALIVED_TRACK_FILE,
						      keepalived_param(entry, 0));
	const struct keepalived_entry *file = keepalived_get(scene->keepalived, block, "file");
	const char *watched = watched_file(scene->conf);
	char fix[FINDING_FIX_MAX];

	if (file == NULL || watched == NULL ||
	    (has_script && !in_same_folder(watched, keepalived_param(file, 0))))
		return false;
	snprintf(fix, sizeof(fix), "file \"%.200s\"", watched);
	scene_add(scene, 133, file->place, fix,
		  "keepalived looks at %s, but fo-watch writes track-file = %s: a file that is not "
		  "there is a good line",
		  keepalived_param(file, 0), watched);
	return true;
}

/* The interface of the line comes and goes with it. */
static void check_interfaces(const struct scene *scene)
{
	const struct keepalived_entry *entry = NULL;

	for (;;) {
		int64_t weight = 0;

		entry = next_tracked(scene, "track_interface", entry);
		if (entry == NULL)
			return;
		if (strcmp(keepalived_param(entry, 0), scene->conf->router.uplink) == 0 &&
		    (!scene_parse_thousandths(keepalived_option(entry, "weight"), &weight) ||
		     weight == 0))
			scene_add(
				scene, 134, entry->place,
				"let fo-watch judge the line: track_file in the place of "
				"track_interface",
				"without %s the router is in FAULT, and a router that is in FAULT "
				"takes over for nobody",
				scene->conf->router.uplink);
	}
}

void track_rule_check(const struct scene *scene)
{
	bool script = check_list(scene, &trackings[0]);
	bool file = check_list(scene, &trackings[1]);
	bool told = file || watched_file(scene->conf) == NULL || scene->keepalived->partly ||
		    check_other_file(scene, script);

	check_scripts(scene);
	check_interfaces(scene);
	check_groups(scene);
	if (!told && !script)
		scene_add(scene, 130, scene_instance_place(scene),
			  "see track_file in the sample, and enable fo-watch.service",
			  "no instance tracks %s, which fo-watch writes, nor fo-check-ftth: a dead "
			  "line moves nothing",
			  watched_file(scene->conf));
	/* Where the line is not tracked, this has been said. */
	for (size_t i = 0; i < ARRAY_LEN(trackings) && (file || script); i++)
		check_untracked(scene, &trackings[i]);
}
