#include "script_facts.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "tree.h"

/* Where keepalived looks for a name without a slash: PATH of its unit. */
static const char *const folders[] = { "/usr/local/sbin", "/usr/local/bin", "/usr/sbin",
				       "/usr/bin",	  "/sbin",	    "/bin" };

static bool take_line(void *data, unsigned number, char *line, bool cut)
{
	struct script_call *call = data;

	(void)cut;
	/* A program is not text. */
	if (number == 1 && strncmp(line, "#!", 2) != 0)
		return false;
	if (line[strspn(line, " \t")] == '#')
		return true;
	call->mentions_route = call->mentions_route || strstr(line, "fo-route") != NULL;
	call->mentions_speedclass =
		call->mentions_speedclass || strstr(line, "fo-speedclass") != NULL;
	return number < 1000;
}

static int find(const char *root, struct script_call *call, char *path, size_t size,
		struct stat *st)
{
	int ret = -ENOENT;

	snprintf(path, size, "%s", call->path);
	if (path[0] == '/')
		return tree_stat(root, path, st);
	for (size_t i = 0; i < ARRAY_LEN(folders) && ret != 0; i++) {
		snprintf(path, size, "%s/%s", folders[i], call->path);
		ret = tree_stat(root, path, st);
	}
	return ret;
}

void script_facts_look(const char *root, struct script_call *call)
{
	char path[KEEPALIVED_TEXT_MAX + 32];
	struct stat st;
	int ret = find(root, call, path, sizeof(path), &st);

	call->missing = ret == -ENOENT || ret == -ENOTDIR;
	if (ret != 0)
		return;
	call->executable = S_ISREG(st.st_mode) && (st.st_mode & S_IXUSR) != 0;
	if (tree_is_safe(root, path, &call->safe, call->culprit, sizeof(call->culprit)) != 0)
		call->safe = true;
	if (call->program == SCRIPT_OTHER &&
	    tree_read_lines(root, path, 1024, take_line, call) != 0)
		call->mentions_route = false;
}

/* A user that is looked for. */
struct search {
	const char *name;
	bool found, any;
};

static bool take_user(void *data, unsigned number, char *line, bool cut)
{
	struct search *search = data;
	size_t len = strcspn(line, ":");

	(void)number;
	(void)cut;
	search->any = true;
	search->found = strlen(search->name) == len && strncmp(line, search->name, len) == 0;
	return !search->found;
}

bool script_facts_has_user(const char *root, const char *name)
{
	struct search search = { .name = name };

	if (root[0] == '\0')
		return getpwnam(name) != NULL;
	/* Without a list of users any may be there. */
	return tree_read_lines(root, "/etc/passwd", 512, take_user, &search) != 0 || search.found ||
	       !search.any;
}
