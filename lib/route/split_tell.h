/* split_tell.h - what the log and the history tell of two masters as it happens. Job:
 * history_aside. */
#ifndef FO_SPLIT_TELL_H
#define FO_SPLIT_TELL_H

#include <stdbool.h>

#include "history_aside.h"
#include "split_report.h"

/* Another machine answers for the address of `entry`, too. */
void split_tell_begin(const struct split_entry *entry, struct history_aside *aside);

/* It does no more; or, with `given_up`, this router has not the address any more. */
void split_tell_end(const struct split_entry *entry, bool given_up, struct history_aside *aside);

/* Hosts were told who has the address, for `claimant` had claimed it. */
void split_tell_announced(const struct addr *address, const struct mac *claimant);

#endif
