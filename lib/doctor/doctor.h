/* doctor.h - everything that is wrong with this router as it is. Job. */
#ifndef FO_DOCTOR_H
#define FO_DOCTOR_H

#include "doctor_order.h"
#include "finding.h"

/* Looks at files, kernel and services, in this order: doctor_read_keepalived, doctor_look_at_kernel
 * and so on, each in a file of its own. Sends nothing but questions on the LAN; changes nothing.
 * What cannot be looked at is logged, and counted in the result: 0, or the first -errno. The
 * findings are sorted. */
int doctor_examine(const struct doctor_order *order, struct findings *out) FO_MUST_CHECK;

#endif
