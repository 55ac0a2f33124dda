/* Both readers, both families, with and without an IPv4 header. */
#include "icmp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct icmp_echo echo;
	bool yes;

	yes = icmp_read_reply(AF_INET, true, data, size, &echo);
	yes |= icmp_read_reply(AF_INET, false, data, size, &echo);
	yes |= icmp_read_reply(AF_INET6, false, data, size, &echo);
	(void)(icmp_read_quoted(AF_INET, data, size, &echo, &yes) ||
	       icmp_read_quoted(AF_INET6, data, size, &echo, &yes));
	return 0;
}
