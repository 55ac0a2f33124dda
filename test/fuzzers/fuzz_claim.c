/* Packets about a VRRP address, of both families: what is read has an address of a machine, and is
 * not our own. */
#include <stdlib.h>

#include "claim.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct claim_question questions[] = {
	{ .address = { AF_INET, { 192, 168, 0, 254 } }, .mac = { { 2, 0, 0, 0, 0, 1 } } },
	{ .address = { AF_INET6, { 0xfd, [15] = 0xfe } },
	  .from = { AF_INET6, { 0xfe, 0x80, [15] = 1 } },
	  .mac = { { 2, 0, 0, 0, 0, 1 } } },
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	for (size_t i = 0; i < ARRAY_LEN(questions); i++) {
		struct claim claim;

		if (claim_read(&questions[i], data, size, &claim) == CLAIM_MADE &&
		    (!mac_is_set(&claim.mac) || mac_equal(&claim.mac, &questions[i].mac)))
			abort();
	}
	return 0;
}
