#include "store_room.h"

#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* So much must be free for what is written here between two looks of a person. */
#define FREE_BYTES 65536

int store_room_check(enum store_area area)
{
	char dir[PATH_MAX];
	struct statvfs fs;
	int ret = store_directory(area, dir, sizeof(dir));

	if (ret != 0)
		return ret;
	if (access(dir, W_OK) != 0 || statvfs(dir, &fs) != 0)
		return -errno;
	return (uint64_t)fs.f_bavail * fs.f_frsize < FREE_BYTES ? -ENOSPC : 0;
}
