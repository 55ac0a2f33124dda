/* rtt_file.h - round trips that earlier runs measured, kept in STORE_RUN. Edge.
 *
 * Any number of runs may overlap: each replaces the whole file, the last one wins, and what is lost
 * that way is one measurement of many. */
#ifndef FO_RTT_FILE_H
#define FO_RTT_FILE_H

#include <stddef.h>

#include "addr.h"
#include "rtt.h"

/* Fills in what is known of each of the `count` hosts; the others stay as they are. A file that
 * cannot be read, or that is not wholly as written here, is nothing known. */
void rtt_file_load(const struct addr *hosts, size_t count, struct rtt *rtts);

/* Keeps what has become of it, when it has changed so much that it matters (rtt_differs). Failure
 * is logged, and costs no more than the time of a hedge. */
void rtt_file_save(const struct addr *hosts, size_t count, const struct rtt *rtts);

#endif
