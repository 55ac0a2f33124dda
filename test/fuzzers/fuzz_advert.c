/* VRRP advertisements from the LAN: what is read stays within its bounds. */
#include <stdlib.h>
#include <string.h>

#include "advert.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct advert advert;

	if (advert_parse(data, size, &advert) != 0)
		return 0;
	if (advert.count > ADVERT_ADDRS_MAX || (advert.version != 2 && advert.version != 3) ||
	    advert.interval_ms < 0 || advert.priority > 255 || advert.vrid > 255 ||
	    strlen(advert.password) >= sizeof(advert.password))
		abort();
	return 0;
}
