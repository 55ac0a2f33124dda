/* doctor_alert.h - whether a person can be told: the command and the URL of [alert]. Job: machine.
 */
#ifndef FO_DOCTOR_ALERT_H
#define FO_DOCTOR_ALERT_H

#include "doctor_order.h"
#include "finding.h"

/* Adds what is wrong there: FO6xx. Returns 0, or -errno, logged, for what could not be looked at.
 */
int doctor_check_alert(const struct doctor_order *order, struct findings *out) FO_MUST_CHECK;

#endif
