/* claim.h - who answers for an address: ARP (RFC 826, RFC 5227) and IPv6 neighbour discovery
 * (RFC 4861) as bytes. Pure.
 *
 * From the network layer on, as packet(7) has them with SOCK_DGRAM. What arrives is hostile: every
 * length is checked, and nothing of it is used as an index. */
#ifndef FO_CLAIM_H
#define FO_CLAIM_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "addr.h"
#include "compiler.h"
#include "mac.h"

/* What is asked, on one interface. */
struct claim_question {
	struct addr address; /* whose machine is looked for */
	struct addr from;    /* IPv6: the link-local address of the interface */
	struct mac mac;	     /* of the interface */
};

#define CLAIM_QUESTION_MAX 72 /* bytes: an IPv6 header, a solicitation and its option */

/* Writes the question, and to whom it goes. IPv4: an ARP probe, whose sender 0.0.0.0 leaves no
 * trace in the memory of others (RFC 5227, section 2.1.1). IPv6: a neighbour solicitation from the
 * link-local address, and not from `::` as DAD does it: the answer to that one goes to every host
 * with the override flag, and would move them to the machine that was found. Returns its length. */
size_t claim_write_question(const struct claim_question *question,
			    uint8_t buf[static CLAIM_QUESTION_MAX], struct mac *to);

/* Writes that the address is at `mac`, for every host: an ARP announcement (RFC 5227, section 3),
 * or an unsolicited neighbour advertisement of a router, which overrides what they have (RFC 4861,
 * section 7.2.6). And to whom it goes. Returns its length. */
size_t claim_write_announcement(const struct claim_question *question, const struct mac *mac,
				uint8_t buf[static CLAIM_QUESTION_MAX], struct mac *to);

enum claim_kind {
	CLAIM_NONE, /* no word about the address, or none of another machine's */
	CLAIM_MADE, /* a machine has the address, it says */
	CLAIM_ECHO, /* our own question came back: the network returns what is sent */
};

struct claim {
	struct mac mac; /* who has the address */
	bool answer;	/* to our question, and not an announcement to everybody */
};

/* A longer packet is none of ours. */
#define CLAIM_PACKET_MAX 256

/* Reads a packet of the question's family. Returns what it is, and with CLAIM_MADE `*out`. */
enum claim_kind claim_read(const struct claim_question *question, const uint8_t *buf, size_t len,
			   struct claim *out) FO_MUST_CHECK;

#define CLAIM_FILTER_MAX 32 /* instructions */

/* Writes the filter for the kernel (socket(7), SO_ATTACH_FILTER): it lets pass whatever claim_read
 * has a word for, and next to nothing else. Returns its length. */
uint16_t claim_write_filter(const struct claim_question *question,
			    struct sock_filter out[static CLAIM_FILTER_MAX]);

#endif
