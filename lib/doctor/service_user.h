/* service_user.h - the user as which the units run that need not be root. Edge: files, by tree. */
#ifndef FO_SERVICE_USER_H
#define FO_SERVICE_USER_H

#include <stdbool.h>
#include <sys/stat.h>

#include "finding.h"

#define SERVICE_USER "_failover"

/* Whether that user is there, as sysusers.d(5) makes it, and may not do with the file at `path`
 * what `other`, S_IROTH or S_IXOTH, lets others do; then `culprit` is the file, or a folder on the
 * way to it that is closed. What cannot be looked at is as if it might. */
bool service_user_is_shut_out(const char *root, const char *path, mode_t other,
			      char culprit[static FINDING_PLACE_MAX]);

/* Writes the commands after which nobody but root and that user, where it is there, can read the
 * file. */
void service_user_close(const char *root, const char *path, char fix[static FINDING_FIX_MAX]);

#endif
