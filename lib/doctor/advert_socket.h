/* advert_socket.h - hears the VRRP of others on one interface. Edge: packet(7). */
#ifndef FO_ADVERT_SOCKET_H
#define FO_ADVERT_SOCKET_H

#include "advert.h"

/* Opens a socket that hears IPv4 packets of VRRP on the interface `index`, multicast or not: the
 * kernel drops everything else. Needs CAP_NET_RAW. Returns 0 and `*fd`, owned by the caller, or
 * -errno, not logged. */
int advert_socket_open(int index, int *fd) FO_MUST_CHECK;

/* Waits for an advertisement of another machine until `end_us` (clock_mono_us). Returns 0 and
 * `*out`; -ETIMEDOUT, or another -errno, not logged. */
int advert_socket_next(int fd, int64_t end_us, struct advert *out) FO_MUST_CHECK;

#endif
