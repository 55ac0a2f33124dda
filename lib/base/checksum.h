/* checksum.h - the Internet checksum (RFC 1071). Pure. */
#ifndef FO_CHECKSUM_H
#define FO_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

/* Of `len` bytes, in host order; 0 where they contain their own, and it is right. */
uint16_t checksum_of(const uint8_t *buf, size_t len);

#endif
