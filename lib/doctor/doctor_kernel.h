/* doctor_kernel.h - the kernel's network, as a failover needs it. Job: switchover, holder,
 * firewall. */
#ifndef FO_DOCTOR_KERNEL_H
#define FO_DOCTOR_KERNEL_H

#include "doctor_order.h"
#include "finding.h"

/* Adds what is wrong with interfaces, routes, switches and the packet filter, and with who has the
 * VRRP address, for which it asks the LAN. Returns 0, or -errno, logged, for what could not be
 * looked at. */
int doctor_check_kernel(const struct doctor_order *order, struct findings *out) FO_MUST_CHECK;

#endif
