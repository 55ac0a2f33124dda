#include "script_call.h"

#include <stdio.h>
#include <string.h>

static const char *const runners[] = {
	"script",	"notify",      "notify_master",	 "notify_backup",
	"notify_fault", "notify_stop", "notify_deleted", "notify_master_rx_lower_pri",
};

static bool runs(const char *word)
{
	for (size_t i = 0; i < ARRAY_LEN(runners); i++) {
		if (strcmp(runners[i], word) == 0)
			return true;
	}
	return false;
}

static enum script_program program_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash == NULL ? path : slash + 1;

	if (strcmp(name, "fo-route") == 0)
		return SCRIPT_ROUTE;
	if (strcmp(name, "fo-speedclass") == 0)
		return SCRIPT_SPEEDCLASS;
	return strcmp(name, "fo-check-ftth") == 0 ? SCRIPT_CHECK : SCRIPT_OTHER;
}

/* The command is one word of the line, mostly in double quotes; or, with single ones, in several.
 */
static const char *command_of(const struct keepalived_entry *entry, char *buf, size_t size)
{
	const char *first = keepalived_param(entry, 0);
	size_t used = 0;

	if (first[0] != '\'')
		return first;
	for (size_t i = 0; i < entry->count && used < size; i++)
		used += (size_t)snprintf(buf + used, size - used, "%s%s", i == 0 ? "" : " ",
					 keepalived_param(entry, i));
	buf[strcspn(buf + 1, "'") + 1] = '\0';
	return buf + 1;
}

bool script_call_parse(const struct keepalived_entry *entry, struct script_call *out)
{
	char buf[KEEPALIVED_TEXT_MAX + 8] = "";
	const char *command;
	size_t len;

	if (!runs(entry->word) || entry->count == 0)
		return false;
	memset(out, 0, sizeof(*out));
	command = command_of(entry, buf, sizeof(buf));
	command += strspn(command, " \t");
	len = strcspn(command, " \t");
	out->entry = entry;
	snprintf(out->path, sizeof(out->path), "%.*s", (int)len, command);
	command += len;
	snprintf(out->args, sizeof(out->args), "%s", command + strspn(command, " \t"));
	if (strcmp(entry->word, "script") != 0 && keepalived_param(entry, 0)[0] != '\'')
		snprintf(out->user, sizeof(out->user), "%s", keepalived_param(entry, 1));
	out->program = program_of(out->path);
	out->executable = true;
	out->safe = true;
	out->has_user = true;
	return true;
}

bool script_call_reaches(const struct script_call *call, enum script_program program)
{
	return call->program == program || (program == SCRIPT_ROUTE && call->mentions_route) ||
	       (program == SCRIPT_SPEEDCLASS && call->mentions_speedclass);
}
