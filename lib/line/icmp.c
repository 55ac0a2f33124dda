#include "icmp.h"

#include <netinet/icmp6.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <string.h>

#include "checksum.h"

enum { HEADER_LEN = 8, IP_MIN_LEN = 20, IP_PROTOCOL_OFFSET = 9 };

static uint16_t get16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static void put16(uint8_t *p, uint16_t value)
{
	p[0] = (uint8_t)(value >> 8);
	p[1] = (uint8_t)(value & 0xff);
}

size_t icmp_write_echo(sa_family_t family, const struct icmp_echo *echo,
		       uint8_t buf[static ICMP_ECHO_LEN])
{
	memset(buf, 0, ICMP_ECHO_LEN);
	buf[0] = family == AF_INET6 ? ICMP6_ECHO_REQUEST : ICMP_ECHO;
	put16(buf + 4, echo->id);
	put16(buf + 6, echo->seq);
	memcpy(buf + HEADER_LEN, echo->cookie, ICMP_COOKIE_LEN);
	if (family == AF_INET)
		put16(buf + 2, checksum_of(buf, ICMP_ECHO_LEN));
	return ICMP_ECHO_LEN;
}

/* Bytes of the IPv4 header in front of an ICMP message, or 0 when there is no sound one. */
static size_t ip_header_len(const uint8_t *buf, size_t len)
{
	size_t header;

	if (len < IP_MIN_LEN || buf[0] >> 4 != 4 || buf[IP_PROTOCOL_OFFSET] != IPPROTO_ICMP)
		return 0;
	header = (size_t)(buf[0] & 0x0f) * 4;
	return header < IP_MIN_LEN || header > len ? 0 : header;
}

bool icmp_read_reply(sa_family_t family, bool ip_header, const uint8_t *buf, size_t len,
		     struct icmp_echo *out)
{
	uint8_t reply = family == AF_INET6 ? ICMP6_ECHO_REPLY : ICMP_ECHOREPLY;
	size_t skip = ip_header ? ip_header_len(buf, len) : 0;

	if (ip_header && skip == 0)
		return false;
	buf += skip;
	len -= skip;
	if (len != ICMP_ECHO_LEN || buf[0] != reply || buf[1] != 0)
		return false;
	/* A raw IPv4 socket is given what arrives before the kernel looks at the checksum. */
	if (ip_header && checksum_of(buf, len) != 0)
		return false;
	out->id = get16(buf + 4);
	out->seq = get16(buf + 6);
	memcpy(out->cookie, buf + HEADER_LEN, ICMP_COOKIE_LEN);
	return true;
}

bool icmp_read_quoted(sa_family_t family, const uint8_t *buf, size_t len, struct icmp_echo *out,
		      bool *has_cookie)
{
	uint8_t request = family == AF_INET6 ? ICMP6_ECHO_REQUEST : ICMP_ECHO;

	if (len < HEADER_LEN || buf[0] != request)
		return false;
	out->id = get16(buf + 4);
	out->seq = get16(buf + 6);
	*has_cookie = len >= ICMP_ECHO_LEN;
	if (*has_cookie)
		memcpy(out->cookie, buf + HEADER_LEN, ICMP_COOKIE_LEN);
	return true;
}

static const char *error_text4(uint8_t type, uint8_t code)
{
	static const char *const unreachable[] = {
		[ICMP_NET_UNREACH] = "destination net unreachable",
		[ICMP_HOST_UNREACH] = "destination host unreachable",
		[ICMP_PROT_UNREACH] = "destination protocol unreachable",
		[ICMP_PORT_UNREACH] = "destination port unreachable",
		[ICMP_FRAG_NEEDED] = "fragmentation needed",
		[ICMP_NET_ANO] = "destination net prohibited",
		[ICMP_HOST_ANO] = "destination host prohibited",
		[ICMP_PKT_FILTERED] = "packet filtered",
	};

	if (type == ICMP_TIME_EXCEEDED)
		return "time to live exceeded";
	if (type == ICMP_PARAMETERPROB)
		return "parameter problem";
	if (code < ARRAY_LEN(unreachable) && unreachable[code] != NULL)
		return unreachable[code];
	return "destination unreachable";
}

const char *icmp_error_text(sa_family_t family, uint8_t type, uint8_t code)
{
	if (family == AF_INET)
		return error_text4(type, code);
	if (type == ICMP6_TIME_EXCEEDED)
		return "hop limit exceeded";
	if (type == ICMP6_PACKET_TOO_BIG)
		return "packet too big";
	if (type == ICMP6_PARAM_PROB)
		return "parameter problem";
	if (code == ICMP6_DST_UNREACH_NOROUTE)
		return "no route to destination";
	if (code == ICMP6_DST_UNREACH_ADMIN)
		return "destination administratively prohibited";
	if (code == ICMP6_DST_UNREACH_ADDR)
		return "address unreachable";
	return "destination unreachable";
}
