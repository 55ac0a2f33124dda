/* An answer to a question for an address, whose number is that of the input, so that it can be one;
 * and a name to ask for. */
#include <stdlib.h>
#include <string.h>

#include "dns_packet.h"

#define NAME_MAX_TRIED 300 /* longer than a name may be */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_answer(const uint8_t *data, size_t size, const uint8_t *question, size_t len)
{
	struct addr addr = { .family = AF_UNSPEC };

	if (dns_packet_read(data, size, question, len, &addr) == 0 && addr.family != AF_INET)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint16_t id = size < 2 ? 0 : (uint16_t)(data[0] << 8 | data[1]);
	size_t name_len = size < NAME_MAX_TRIED ? size : NAME_MAX_TRIED;
	uint8_t question[DNS_PACKET_MAX];
	char name[NAME_MAX_TRIED + 1];
	struct addr addr;
	size_t len = 0;

	if (dns_packet_ask(question, id, "api.soracom.io", &len) != 0)
		abort();
	read_answer(data, size, question, len);
	if (name_len > 0)
		memcpy(name, data, name_len);
	name[name_len] = '\0';
	if (dns_packet_ask(question, id, name, &len) != 0)
		return 0;
	/* A question that comes back is no answer. */
	if (len > DNS_PACKET_MAX || dns_packet_read(question, len, question, len, &addr) == 0)
		abort();
	read_answer(data, size, question, len);
	return 0;
}
