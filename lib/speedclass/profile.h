/* profile.h - the profile of SORACOM's command line tools, with the credentials. Edge: files, and
 * the command that a profile may name. */
#ifndef FO_PROFILE_H
#define FO_PROFILE_H

#include <stdbool.h>

#include "compiler.h"
#include "simapi.h"

/* Loads the profile `name`: an absolute file name, or NAME.json in $SORACOM_PROFILE_DIR, else in
 * $HOME/.soracom, and then, where that has none, in /.soracom (the home of keepalived's children
 * is `/` in some installations). It must be a regular file, of this user or root, and closed to
 * group and others. Returns 0 and `*out`, to be wiped by the caller; -EACCES when it is too open
 * or not ours; -EINVAL when it is not a profile; another -errno when it cannot be read; all
 * logged, without a word of its contents. */
int profile_load(const char *name, struct simapi_profile *out) FO_MUST_CHECK;

/* The server whose API this profile is for: its own endpoint, else that of its coverage and kind,
 * or of the global coverage with `global`. Returns 0 and `endpoint`, or -EINVAL, logged, for one
 * that may not be given credentials (url_fault): other tools make profiles, and take any. */
int profile_endpoint(const struct simapi_profile *profile, bool global,
		     char endpoint[static SIMAPI_URL_MAX]) FO_MUST_CHECK;

/* Fetches the credentials with the profile's own command, and `*profile` is then as if they had
 * stood in its file; where it has none, there is nothing to do. The command is split into words
 * (shell_words_split), not given to a shell, and may take PROFILE_COMMAND_MS. Endpoint and coverage
 * that it prints are not heeded, as in the Go tool. Returns 0, or -errno, logged, without a word of
 * what it has printed. */
int profile_fetch(struct simapi_profile *profile) FO_MUST_CHECK;

#define PROFILE_COMMAND_MS 10000

#endif
