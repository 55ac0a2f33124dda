#include "text_rule.h"

#include <stdio.h>
#include <string.h>

static void check_word(const struct scene *scene, const struct keepalived_fault *fault)
{
	char fix[FINDING_FIX_MAX];

	if (fault->near == NULL) {
		scene_add(scene, 103, fault->place, "see keepalived.conf(5), and take the line out",
			  "`%s` is no word that keepalived knows here: it ignores the line",
			  fault->word);
		return;
	}
	snprintf(fix, sizeof(fix), "write `%s` in the place of `%s`", fault->near, fault->word);
	scene_add(scene, 103, fault->place, fix,
		  "`%s` is no word that keepalived knows here, and it ignores the line; did you "
		  "mean `%s`?",
		  fault->word, fault->near);
}

static void check_new_word(const struct scene *scene, const struct keepalived_fault *fault)
{
	scene_add(scene, 104, fault->place, "take the line out, or install a newer keepalived",
		  "`%s` came with keepalived %u.%u.%u; this one is %u.%u.%u and ignores the line",
		  fault->word, fault->since / 10000, fault->since / 100 % 100, fault->since % 100,
		  scene->version / 10000, scene->version / 100 % 100, scene->version % 100);
}

static void check_file(const struct scene *scene, const struct keepalived_fault *fault)
{
	char fix[FINDING_FIX_MAX];

	if (fault->kind == KEEPALIVED_NO_FILE) {
		scene_add(scene, 107, fault->place, "write the name of a file that is there",
			  "no file is there that %s means: keepalived goes on without it",
			  fault->word);
		return;
	}
	snprintf(fix, sizeof(fix), "chmod a-x %s", fault->word);
	scene_add(scene, 102, fault->place, fix,
		  "%s is executable or no regular file: keepalived skips it without an error",
		  fault->word);
}

static void check_form(const struct scene *scene, const struct keepalived_fault *fault)
{
	static const char fix[] = "mend the braces and quotes, and try `keepalived -t`";

	if (fault->kind == KEEPALIVED_NO_BRACE)
		scene_add(scene, 105, fault->place, fix, "`%s` is a block, and no `{` follows",
			  fault->word);
	else if (fault->kind == KEEPALIVED_OPEN_BRACE)
		scene_add(scene, 105, fault->place, fix,
			  "this `{` begins no block, or is never closed: what follows is read as "
			  "part of another block");
	else if (fault->kind == KEEPALIVED_CLOSE_BRACE)
		scene_add(scene, 105, fault->place, fix, "there is a `}` too many here or above");
	else
		scene_add(scene, 105, fault->place, fix, "a double quote is not closed");
}

void text_rule_check(const struct scene *scene)
{
	for (size_t i = 0; i < scene->keepalived->fault_count; i++) {
		const struct keepalived_fault *fault = &scene->keepalived->faults[i];

		switch (fault->kind) {
		case KEEPALIVED_UNKNOWN_WORD:
			check_word(scene, fault);
			break;
		case KEEPALIVED_TOO_NEW:
			check_new_word(scene, fault);
			break;
		case KEEPALIVED_LONG_LINE:
			scene_add(scene, 106, fault->place, "divide the line",
				  "the line has more than %d bytes: keepalived takes the rest for "
				  "another line",
				  KEEPALIVED_TEXT_MAX * 4);
			break;
		case KEEPALIVED_NO_FILE:
		case KEEPALIVED_NOT_TAKEN:
			check_file(scene, fault);
			break;
		case KEEPALIVED_NO_BRACE:
		case KEEPALIVED_OPEN_BRACE:
		case KEEPALIVED_CLOSE_BRACE:
		case KEEPALIVED_OPEN_QUOTE:
			check_form(scene, fault);
			break;
		}
	}
}

/* What a call is for: a name for a person. */
static const char *purpose_of(const struct script_call *call)
{
	return strcmp(call->entry->word, "script") == 0 ? "the check" : call->entry->word;
}

/* Whether it is a folder that belongs to a person, or to everybody: that is not to become root's.
 */
static bool is_of_people(const struct script_call *call)
{
	static const char *const of_people[] = { "/home", "/tmp", "/var/tmp", "/srv", "/mnt" };

	for (size_t i = 0; i < ARRAY_LEN(of_people); i++) {
		size_t len = strlen(of_people[i]);

		if (strncmp(call->path, of_people[i], len) == 0 && call->path[len] == '/')
			return true;
	}
	return false;
}

static void describe_safe_place(const struct script_call *call, char out[static FINDING_FIX_MAX])
{
	const char *slash = strrchr(call->path, '/');

	if (is_of_people(call))
		snprintf(out, FINDING_FIX_MAX,
			 "install -m 755 %.100s /usr/local/sbin\n"
			 "and write /usr/local/sbin%.60s into keepalived.conf",
			 call->path, slash != NULL ? slash : "");
	else
		snprintf(out, FINDING_FIX_MAX, "chown root:root %.100s\nchmod go-w %.100s",
			 call->culprit, call->culprit);
}

static void check_place(const struct scene *scene, const struct script_call *call)
{
	char fix[FINDING_FIX_MAX];

	if (call->missing) {
		snprintf(fix, sizeof(fix), "command -v %.100s", call->path);
		scene_add(scene, 110, call->entry->place, fix,
			  "%s is not there: keepalived goes on without %s", call->path,
			  purpose_of(call));
	} else if (!call->executable) {
		snprintf(fix, sizeof(fix), "chmod a+x %.200s", call->path);
		scene_add(scene, 111, call->entry->place, fix,
			  "%s is not an executable file: keepalived goes on without %s", call->path,
			  purpose_of(call));
	} else if (!call->safe) {
		describe_safe_place(call, fix);
		scene_add(scene, 112, call->entry->place, fix,
			  "others than root can change %s, on the way to %s: with "
			  "enable_script_security keepalived goes on without %s, and without that "
			  "it runs as root what anybody wrote there",
			  call->culprit, call->path, purpose_of(call));
	}
}

/* Words behind the quotes: keepalived takes the first one for a user, or, in vrrp_script, drops
 * them. */
static void check_words(const struct scene *scene, const struct script_call *call)
{
	bool quoted = strchr(keepalived_param(call->entry, 0), ' ') != NULL;
	const char *word = keepalived_param(call->entry, 1);
	char fix[FINDING_FIX_MAX];

	if (call->has_user && call->user[0] != '\0')
		return;
	if (word[0] == '\0' || keepalived_param(call->entry, 0)[0] == '\'')
		return;
	snprintf(fix, sizeof(fix), "%s \"%.100s %.100s\"", call->entry->word,
		 keepalived_param(call->entry, 0), word);
	if (strcmp(call->entry->word, "script") == 0)
		scene_add(scene, 116, call->entry->place, fix,
			  "`%s` stands outside of the quotes: keepalived runs %s without it", word,
			  call->path);
	else if (!quoted)
		scene_add(scene, 116, call->entry->place, fix,
			  "`%s` stands outside of the quotes: keepalived takes it for a user, of "
			  "which there is none, and never runs %s",
			  word, call->path);
	else
		scene_add(scene, 117, call->entry->place, "name a user that is there, or none",
			  "there is no user %s: keepalived never runs %s", word, call->path);
}

/* The user of script_user, or of the call itself. */
static void check_user(const struct scene *scene, const struct script_call *call,
		       const char *script_user)
{
	const char *user = call->user[0] != '\0' ? call->user : script_user;

	if (call->program == SCRIPT_ROUTE && call->has_user && user[0] != '\0' &&
	    strcmp(user, "root") != 0)
		scene_add(scene, 118, call->entry->place, "let fo-route run as root",
			  "fo-route runs as %s, who may not change routes", user);
}

void text_rule_check_scripts(const struct scene *scene, bool user_known, bool fallback_known)
{
	const struct keepalived_conf *conf = scene->keepalived;
	const struct keepalived_block *global =
		keepalived_find_block(conf, KEEPALIVED_GLOBAL, NULL);
	const struct keepalived_entry *user = keepalived_get(conf, global, "script_user");
	const struct keepalived_entry *security =
		keepalived_get(conf, global, "enable_script_security");
	struct keepalived_place place =
		global != NULL ? global->place : scene_instance_place(scene);

	for (size_t i = 0; i < scene->calls->count; i++) {
		const struct script_call *call = &scene->calls->items[i];

		check_place(scene, call);
		check_words(scene, call);
		check_user(scene, call, user_known ? keepalived_param(user, 0) : "");
	}
	if (scene->calls->count == 0)
		return;
	if (user != NULL && !user_known)
		scene_add(scene, 114, user->place, "script_user root",
			  "there is no user %s: keepalived goes on without the scripts",
			  keepalived_param(user, 0));
	else if (user == NULL && security != NULL && !fallback_known)
		scene_add(scene, 114, place, "script_user root",
			  "with enable_script_security and without script_user scripts run as "
			  "keepalived_script, of which there is none: keepalived goes on without "
			  "them");
	else if (user == NULL)
		scene_add(scene, 115, place, "script_user root",
			  "without script_user scripts run as root, or as keepalived_script once "
			  "somebody adds such a user");
	if (security == NULL)
		scene_add(scene, 113, place, "enable_script_security",
			  "without enable_script_security in global_defs keepalived runs as root "
			  "what others may have changed");
}
