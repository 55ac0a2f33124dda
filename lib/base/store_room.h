/* store_room.h - whether there is room for what store.h keeps. Edge: statvfs(3). */
#ifndef FO_STORE_ROOM_H
#define FO_STORE_ROOM_H

#include "compiler.h"
#include "store.h"

/* Whether files can be written in `area`: 0; -EROFS on a disk that has become read-only, -ENOSPC on
 * one that is full, or another -errno, not logged: -EACCES for who is not root. */
int store_room_check(enum store_area area) FO_MUST_CHECK;

#endif
