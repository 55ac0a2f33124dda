#include "advert.h"

#include <errno.h>
#include <string.h>

#define IP_HEADER      20
#define IP_PROTOCOL_AT 9
#define IP_SOURCE_AT   12
#define IP_DEST_AT     16
#define VRRP_PROTOCOL  112
#define VRRP_HEADER    8
#define TYPE_ADVERT    1
#define AUTH_PASS      1
#define AUTH_BYTES     8

/* Where the addresses begin, or 0: it is no IPv4 packet with VRRP in it. */
static size_t vrrp_at(const uint8_t *packet, size_t len)
{
	size_t header;

	if (len < IP_HEADER || packet[0] >> 4 != 4 || packet[IP_PROTOCOL_AT] != VRRP_PROTOCOL)
		return 0;
	header = (size_t)(packet[0] & 0x0f) * 4;
	return header < IP_HEADER || len < header + VRRP_HEADER ? 0 : header;
}

static void take_addrs(const uint8_t *bytes, size_t count, struct advert *out)
{
	for (size_t i = 0; i < count && i < ADVERT_ADDRS_MAX; i++) {
		if (addr_from_bytes(AF_INET, bytes + 4 * i, 4, &out->addrs[out->count]) == 0)
			out->count++;
	}
}

int advert_parse(const uint8_t *packet, size_t len, struct advert *out)
{
	size_t at = vrrp_at(packet, len);
	const uint8_t *vrrp = packet + at;
	size_t count, end;

	memset(out, 0, sizeof(*out));
	if (at == 0 || (vrrp[0] & 0x0f) != TYPE_ADVERT)
		return -EINVAL;
	out->version = vrrp[0] >> 4;
	out->vrid = vrrp[1];
	out->priority = vrrp[2];
	count = vrrp[3];
	end = at + VRRP_HEADER + 4 * count;
	if ((out->version != 2 && out->version != 3) || end > len ||
	    addr_from_bytes(AF_INET, packet + IP_SOURCE_AT, 4, &out->source) != 0)
		return -EINVAL;
	out->multicast = packet[IP_DEST_AT] >> 4 == 0xe;
	take_addrs(vrrp + VRRP_HEADER, count, out);
	if (out->version == 3) {
		out->interval_ms = ((vrrp[4] & 0x0f) << 8 | vrrp[5]) * INT64_C(10);
		return 0;
	}
	out->interval_ms = vrrp[5] * INT64_C(1000);
	out->has_password = vrrp[4] == AUTH_PASS;
	if (out->has_password && end + AUTH_BYTES <= len)
		memcpy(out->password, packet + end, AUTH_BYTES);
	return 0;
}
