/* doctor_keepalived.h - what is wrong with keepalived.conf, as keepalived means it. Job:
 * keepalived_file, script_facts, advert_socket. */
#ifndef FO_DOCTOR_KEEPALIVED_H
#define FO_DOCTOR_KEEPALIVED_H

#include "doctor_order.h"
#include "finding.h"

/* And what others say on the LAN, where the order is to listen. Returns 0, or -errno, logged, for a
 * file that is there and cannot be read, or a LAN that cannot be listened to. */
int doctor_read_keepalived(const struct doctor_order *order, struct findings *out) FO_MUST_CHECK;

#endif
