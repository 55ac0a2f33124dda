/* dns_packet.h - a question for an IPv4 address and its answer, as bytes (RFC 1035). Pure.
 *
 * What arrives is hostile: every length is checked, and nothing of it is used as an index. */
#ifndef FO_DNS_PACKET_H
#define FO_DNS_PACKET_H

#include <stddef.h>
#include <stdint.h>

#include "addr.h"
#include "compiler.h"

/* RFC 1035, section 4.2.1: no more without EDNS. */
#define DNS_PACKET_MAX 512

/* Writes the question for `name`, such as api.soracom.io. Returns 0 and `*len`, or -EINVAL where
 * that is no name of a host. */
int dns_packet_ask(uint8_t buf[static DNS_PACKET_MAX], uint16_t id, const char *name,
		   size_t *len) FO_MUST_CHECK;

/* Reads an answer to the question of `question_len` bytes. Returns 0 and the first address;
 * -EAGAIN: it is no answer to this question; -ENOENT: there is no such name, or it has no address;
 * -EPROTO: the server refuses, or the answer cannot be read. */
int dns_packet_read(const uint8_t *answer, size_t len, const uint8_t *question, size_t question_len,
		    struct addr *out) FO_MUST_CHECK;

#endif
