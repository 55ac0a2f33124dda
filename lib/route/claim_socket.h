/* claim_socket.h - asks on one interface who has an address, and hears it. Edge: packet(7). */
#ifndef FO_CLAIM_SOCKET_H
#define FO_CLAIM_SOCKET_H

#include "claim.h"
#include "compiler.h"

/* Opens a socket that hears what claim_read has a word for, on the interface `index`: the kernel
 * drops everything else. Needs CAP_NET_RAW. Returns 0 and `*fd`, owned by the caller, or -errno,
 * not logged. */
int claim_socket_open(int index, const struct claim_question *question, int *fd) FO_MUST_CHECK;

/* From now on it hears what is about another question of the same family, on the same interface:
 * closing a socket makes the caller wait until no processor of the machine uses it. Returns 0 or
 * -errno, not logged. */
int claim_socket_turn(int fd, const struct claim_question *question) FO_MUST_CHECK;

/* Sends the question, never waiting. Returns 0 or -errno: it has not left this machine. Not logged.
 */
int claim_socket_ask(int fd, int index, const struct claim_question *question) FO_MUST_CHECK;

/* Tells every host that the address is at `mac`, never waiting. Returns as claim_socket_ask. */
int claim_socket_announce(int fd, int index, const struct claim_question *question,
			  const struct mac *mac) FO_MUST_CHECK;

/* Takes the next packet, never waiting. Returns 0, with `*kind` and with CLAIM_MADE `*out`; -EAGAIN
 * when none is there, or another -errno. Not logged. */
int claim_socket_next(int fd, const struct claim_question *question, enum claim_kind *kind,
		      struct claim *out) FO_MUST_CHECK;

#endif
