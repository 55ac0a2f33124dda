#include "notify_rule.h"

#include <stdio.h>
#include <string.h>

/* The words for each state, and what our programs are called with. */
static const struct told {
	const char *word, *state;
} states[] = {
	{ "notify_master", "master" },
	{ "notify_backup", "backup" },
	{ "notify_fault", "fault" },
	{ "notify_stop", "stop" },
};

enum { STOP = 3 };

/* Whether keepalived would run it. */
static bool works(const struct script_call *call)
{
	return call->has_user || call->user[0] == '\0';
}

/* Whether a program of ours is told of a state, by its word or the generic one. */
static bool is_told(const struct scene *scene, enum script_program program, const char *word)
{
	for (size_t i = 0; i < scene->calls->count; i++) {
		const struct script_call *call = &scene->calls->items[i];

		if (script_call_reaches(call, program) &&
		    (strcmp(call->entry->word, word) == 0 ||
		     strcmp(call->entry->word, "notify") == 0))
			return true;
	}
	return false;
}

static void check_route(const struct scene *scene)
{
	struct keepalived_place place = scene_instance_place(scene);
	bool told[ARRAY_LEN(states)];
	size_t count = 0;
	char fix[FINDING_FIX_MAX];

	for (size_t i = 0; i < ARRAY_LEN(states); i++) {
		told[i] = is_told(scene, SCRIPT_ROUTE, states[i].word);
		count += told[i] ? 1 : 0;
	}
	if (count == 0) {
		scene_add(
			scene, 170, place,
			"notify_master \"/usr/bin/fo-route master\"\n"
			"notify_backup \"/usr/bin/fo-route backup\"\n"
			"notify_fault \"/usr/bin/fo-route fault\"\n"
			"notify_stop \"/usr/bin/fo-route stop\"",
			"no notify of any instance runs fo-route: the default route never follows "
			"the VRRP address");
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(states); i++) {
		snprintf(fix, sizeof(fix), "%s \"/usr/bin/fo-route %s\"", states[i].word,
			 states[i].state);
		if (!told[i] && i == STOP)
			scene_add(scene, 172, place, fix,
				  "without notify_stop fo-route is not told when keepalived ends: "
				  "the routes stay those of a master");
		else if (!told[i])
			scene_add(scene, 171, place, fix,
				  "without %s fo-route is not told of the state %s: the default "
				  "route stays as it was",
				  states[i].word, states[i].state);
	}
}

/* What is said to a program of ours is the state that has been reached. */
static void check_words(const struct scene *scene)
{
	for (size_t i = 0; i < scene->calls->count; i++) {
		const struct script_call *call = &scene->calls->items[i];
		char fix[FINDING_FIX_MAX];

		if (call->program != SCRIPT_ROUTE && call->program != SCRIPT_SPEEDCLASS)
			continue;
		for (size_t k = 0; k < ARRAY_LEN(states) && works(call); k++) {
			size_t len = strcspn(call->args, " ");

			if (strcmp(call->entry->word, states[k].word) != 0 ||
			    (strlen(states[k].state) == len &&
			     strncmp(call->args, states[k].state, len) == 0) ||
			    call->args[0] == '-')
				continue;
			snprintf(fix, sizeof(fix), "%s \"%.200s %s\"", states[k].word, call->path,
				 states[k].state);
			scene_add(scene, 173, call->entry->place, fix,
				  "%s runs `%s%s%s`, but the state is %s", states[k].word,
				  call->path, call->args[0] == '\0' ? "" : " ", call->args,
				  states[k].state);
		}
	}
}

static void check_speedclass(const struct scene *scene)
{
	if (!scene->conf->speedclass.present ||
	    (is_told(scene, SCRIPT_SPEEDCLASS, "notify_master") &&
	     is_told(scene, SCRIPT_SPEEDCLASS, "notify_backup")))
		return;
	scene_add(scene, 174, scene_instance_place(scene), "notify \"/usr/bin/fo-speedclass\"",
		  "fo.conf has [speedclass], but no notify runs fo-speedclass: the SIM stays slow "
		  "for the LAN until the timer comes, and dear after that");
}

void notify_rule_check(const struct scene *scene)
{
	if (scene->keepalived->partly)
		return;
	if (scene->conf->route.present)
		check_route(scene);
	check_words(scene);
	check_speedclass(scene);
}
