/* doctor_household.h - what hosts of the LAN and this router itself need besides a line: leases,
 * name servers, a clock. Job: machine, process_list. */
#ifndef FO_DOCTOR_HOUSEHOLD_H
#define FO_DOCTOR_HOUSEHOLD_H

#include "doctor_order.h"
#include "finding.h"

/* Adds what is wrong there. Returns 0, or -errno, logged, for what could not be looked at. */
int doctor_check_household(const struct doctor_order *order, struct findings *out) FO_MUST_CHECK;

#endif
