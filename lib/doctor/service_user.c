#include "service_user.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "num.h"
#include "tree.h"

#define PASSWD_MAX 65536

struct user {
	bool found;
	int64_t uid, gid;
};

/* A line of passwd(5): name, password, uid, gid, and more. */
static bool take_user(void *data, unsigned number, char *line, bool cut)
{
	struct user *user = data;
	const char *name = strsep(&line, ":");
	const char *uid, *gid;

	(void)number;
	(void)cut;
	if (strcmp(name, SERVICE_USER) != 0)
		return true;
	(void)strsep(&line, ":");
	uid = strsep(&line, ":");
	gid = strsep(&line, ":");
	user->found = uid != NULL && gid != NULL &&
		      num_parse(uid, 0, UINT32_MAX, &user->uid) == 0 &&
		      num_parse(gid, 0, UINT32_MAX, &user->gid) == 0;
	return false;
}

static bool find_user(const char *root, struct user *user)
{
	*user = (struct user){ .found = false };
	return tree_read_lines(root, "/etc/passwd", PASSWD_MAX, take_user, user) == 0 &&
	       user->found;
}

/* Whether the user may do to it what the bits of others, `other`, are for. */
static bool is_open(const struct stat *st, const struct user *user, mode_t other)
{
	if ((int64_t)st->st_uid == user->uid)
		return (st->st_mode & (other << 6)) != 0;
	if ((int64_t)st->st_gid == user->gid)
		return (st->st_mode & (other << 3)) != 0;
	return (st->st_mode & other) != 0;
}

bool service_user_is_shut_out(const char *root, const char *path, mode_t other,
			      char culprit[static FINDING_PLACE_MAX])
{
	struct user user;
	struct stat st;

	if (!find_user(root, &user) || tree_stat(root, path, &st) != 0)
		return false;
	snprintf(culprit, FINDING_PLACE_MAX, "%s", path);
	if (!is_open(&st, &user, other))
		return true;
	for (char *slash = strrchr(culprit, '/'); slash != NULL && slash != culprit;
	     slash = strrchr(culprit, '/')) {
		*slash = '\0';
		if (tree_stat(root, culprit, &st) == 0 && !is_open(&st, &user, S_IXOTH))
			return true;
	}
	return false;
}

void service_user_close(const char *root, const char *path, char fix[static FINDING_FIX_MAX])
{
	struct user user;

	if (find_user(root, &user))
		snprintf(fix, FINDING_FIX_MAX, "chgrp " SERVICE_USER " %.150s\nchmod 640 %.150s",
			 path, path);
	else
		snprintf(fix, FINDING_FIX_MAX, "chmod o= %.150s", path);
}
