/* doctor_services.h - whether what a failover needs runs, now and after a boot. Job: machine,
 * process_list. */
#ifndef FO_DOCTOR_SERVICES_H
#define FO_DOCTOR_SERVICES_H

#include "doctor_order.h"
#include "finding.h"

/* Adds what is wrong with keepalived, the residents and the timers. Returns 0, or -errno, logged,
 * for what could not be looked at. */
int doctor_check_services(const struct doctor_order *order, struct findings *out) FO_MUST_CHECK;

#endif
