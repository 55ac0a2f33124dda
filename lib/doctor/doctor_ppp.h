/* doctor_ppp.h - how pppd keeps the line. Job: machine, process_list. */
#ifndef FO_DOCTOR_PPP_H
#define FO_DOCTOR_PPP_H

#include "doctor_order.h"
#include "finding.h"

/* Adds what is wrong with the options of the uplink's pppd, and with the hooks that it calls.
 * Nothing where the uplink is none of pppd's. Returns 0, or -errno, logged, for what could not be
 * looked at. */
int doctor_check_ppp(const struct doctor_order *order, struct findings *out) FO_MUST_CHECK;

#endif
