/* doctor_rivals.h - other programs that manage the interfaces and routes of this router. Job:
 * machine, process_list. */
#ifndef FO_DOCTOR_RIVALS_H
#define FO_DOCTOR_RIVALS_H

#include "doctor_order.h"
#include "finding.h"

/* Adds those that do: NetworkManager, systemd-networkd, dhcpcd, ifupdown. Returns 0, or -errno,
 * logged, for what could not be looked at. */
int doctor_check_rivals(const struct doctor_order *order, struct findings *out) FO_MUST_CHECK;

#endif
