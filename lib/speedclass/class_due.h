/* class_due.h - the class that is due in a VRRP state, and whether it is time to look. Job:
 * speedclass, history. */
#ifndef FO_CLASS_DUE_H
#define FO_CLASS_DUE_H

#include <stdbool.h>

#include "compiler.h"
#include "settings.h"

struct class_due {
	const struct conf_speedclass *conf;
	/* Whether this router is master now. Returns 0 and `*master`, or -errno, logged. */
	int (*is_master)(void *data, bool *master);
	/* Whether another machine is known to answer for the VRRP address, too. */
	bool (*is_split)(void);
	void *data;
};

/* Finds the class that is due now; it stays the raised one no longer than `max-raised`. Changes
 * nothing. Returns 0 and `*speed_class`, which points into `conf`; or the -errno of is_master. */
int class_due_find(const struct class_due *due, const char **speed_class) FO_MUST_CHECK;

/* The same, and records it as wanted, and how long the router is master. Looks again after
 * that, so that a slow copy of us with an old message does not win. `*written` is whether it
 * could be written down. */
int class_due_want(const struct class_due *due, const char **speed_class,
		   bool *written) FO_MUST_CHECK;

/* Whether there is anything for a timer to do: the class that is due is not known to be set, was
 * not read back for an hour, or SORACOM has refused. */
bool class_due_is_overdue(const struct class_due *due);

#endif
