/* probe.h - ICMP echoes out of one interface. Edge: sockets. */
#ifndef FO_PROBE_H
#define FO_PROBE_H

#include <stdbool.h>
#include <stdint.h>

#include "addr.h"
#include "compiler.h"
#include "icmp.h"

/* One socket for each family that is used, bound to the interface and to an address of it. */
struct probe {
	int fd4, fd6;		      /* -1: not opened */
	bool raw4, raw6;	      /* a raw socket, not a datagram one */
	struct addr source4, source6; /* of an open socket */
	struct icmp_echo ours;	      /* identifier (of raw sockets) and cookie of every echo */
};

enum probe_kind { PROBE_REPLY, PROBE_ERROR };

/* Something about an echo of ours. */
struct probe_event {
	enum probe_kind kind;
	struct addr from;   /* who answered, or who reports the error */
	struct addr target; /* of an error: to whom the echo was sent; may be none */
	uint16_t seq;
	uint8_t type, code; /* of an error, as in icmp_error_text */
};

/* Prepares a probe: a fresh cookie, no socket yet. */
void probe_init(struct probe *probe);

/* Opens the socket for the family of `target`, when it is not open yet, and binds it to interface
 * `iface` and to the address of it that the kernel sends from to `target`, so that nothing ever
 * leaves with another one. It is a datagram socket where the system allows it
 * (net.ipv4.ping_group_range, icmp(7)), which needs no privilege, else a raw one, which needs
 * CAP_NET_RAW. Returns 0; -ENODEV when there is no such interface; -EADDRNOTAVAIL when it has no
 * address for this target; -EPERM when neither socket is allowed; another -errno. Not logged. */
int probe_open(struct probe *probe, const char *iface, const struct addr *target) FO_MUST_CHECK;

/* Closes what is open of `family`; AF_UNSPEC: of both. */
void probe_close(struct probe *probe, sa_family_t family);

/* Sends an echo request with sequence number `seq`, never blocking. Returns 0 or -errno: the
 * echo has not left this machine. Not logged. */
int probe_send(struct probe *probe, const struct addr *target, uint16_t seq) FO_MUST_CHECK;

/* Waits for something to arrive, at most until `until_us` (clock_mono_us). */
void probe_wait(const struct probe *probe, int64_t until_us);

/* Takes the next event about an echo with our identifier and cookie; whatever else arrives is
 * dropped, most of it by the kernel already. Returns false when nothing is left for now, or so much
 * was dropped that the caller should look after other things first. Who answered which echo is the
 * caller's to check. */
bool probe_next(struct probe *probe, struct probe_event *out) FO_MUST_CHECK;

#endif
