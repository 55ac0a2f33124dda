/* doctor_networkd.h - what systemd-networkd does to our interfaces, by its files. Job: machine. */
#ifndef FO_DOCTOR_NETWORKD_H
#define FO_DOCTOR_NETWORKD_H

#include "finding.h"
#include "machine.h"
#include "settings.h"

/* Adds what it finds: a default route over the LAN, routes and rules of others that are removed.
 * What cannot be looked at is logged, and noted in `machine`. See systemd.network(5),
 * networkd.conf(5). */
void doctor_check_networkd(struct machine *machine, const struct conf_router *router,
			   struct findings *out);

#endif
