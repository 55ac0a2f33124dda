/* doctor_sim.h - the SIM: credentials, its class, its session, its bytes. Job: machine, speedclass,
 * session, meter. */
#ifndef FO_DOCTOR_SIM_H
#define FO_DOCTOR_SIM_H

#include "doctor_order.h"
#include "finding.h"

/* Adds what is wrong there. Asks nobody. Returns 0, or -errno, logged, for what could not be looked
 * at. */
int doctor_check_sim(const struct doctor_order *order, struct findings *out) FO_MUST_CHECK;

#endif
