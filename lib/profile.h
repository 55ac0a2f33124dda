/* profile.h - the profile of SORACOM's command line tools, with the credentials. Edge: files. */
#ifndef FO_PROFILE_H
#define FO_PROFILE_H

#include "compiler.h"
#include "simapi.h"

/* Loads the profile `name`: an absolute file name, or NAME.json in $SORACOM_PROFILE_DIR, else in
 * $HOME/.soracom, and then, where that has none, in /.soracom (the home of keepalived's children
 * is `/` in some installations). It must be a regular file, of this user or root, and closed to
 * group and others. Returns 0 and `*out`, to be wiped by the caller; -EACCES when it is too open
 * or not ours; -EINVAL when it is not a profile; another -errno when it cannot be read; all
 * logged, without a word of its contents. */
int profile_load(const char *name, struct simapi_profile *out) FO_MUST_CHECK;

#endif
