#include "url.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "addr.h"
#include "num.h"

#define HTTP  "http://"
#define HTTPS "https://"

/* The most that the DNS knows (RFC 1035, 2.3.4). */
#define LABEL_LEN_MAX 63
#define NAME_LEN_MAX  253
#define HOST_MAX      256

#define DIGITS	"0123456789"
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* The host of `HOST[:PORT][/...]`, an IPv6 address without its brackets, into `name`. Returns what
 * follows it, or NULL. */
static const char *take_host(const char *text, char *name, size_t size)
{
	bool brackets = *text == '[';
	size_t len = strcspn(text + brackets, brackets ? "]" : ":/");
	const char *rest = text + brackets + len;

	if (len == 0 || len >= size || (brackets && *rest != ']'))
		return NULL;
	memcpy(name, text + brackets, len);
	name[len] = '\0';
	return rest + brackets;
}

/* A part of a host's name between dots (RFC 1123, 2.1). */
static bool is_label(const char *text, size_t len)
{
	return len > 0 && len <= LABEL_LEN_MAX && text[0] != '-' && text[len - 1] != '-' &&
	       strspn(text, LETTERS DIGITS "-") >= len;
}

/* What ends in a number is an address, not a name: libraries take 127.1, 0x7f000001 and 2130706433
 * for one, too. */
static bool ends_in_number(const char *name)
{
	const char *dot = strrchr(name, '.');
	const char *last = dot != NULL ? dot + 1 : name;

	return strncasecmp(last, "0x", 2) == 0 || last[strspn(last, DIGITS)] == '\0';
}

static bool is_name(const char *name)
{
	const char *label = name;

	for (;;) {
		size_t len = strcspn(label, ".");

		if (!is_label(label, len))
			return false;
		if (label[len] == '\0')
			return strlen(name) <= NAME_LEN_MAX && !ends_in_number(name);
		label += len + 1;
	}
}

static bool is_host(const char *name, bool brackets)
{
	struct addr addr;

	if (addr_parse(name, brackets ? AF_INET6 : AF_INET, &addr) == 0)
		return addr_is_host(&addr);
	return !brackets && is_name(name);
}

/* `:PORT`, or nothing, up to the path. */
static bool is_port(const char *text, size_t len)
{
	char digits[8];
	int64_t port;

	if (len == 0)
		return true;
	if (*text != ':' || len > sizeof(digits))
		return false;
	memcpy(digits, text + 1, len - 1);
	digits[len - 1] = '\0';
	return num_parse(digits, 1, 65535, &port) == 0;
}

static bool is_loopback(const char *name)
{
	static const struct addr net4 = { AF_INET, { 127 } };
	static const struct addr host6 = { AF_INET6, { [15] = 1 } };
	struct addr addr;

	if (strcmp(name, "localhost") == 0)
		return true;
	return addr_parse(name, AF_UNSPEC, &addr) == 0 &&
	       (addr_in_prefix(&addr, &net4, 8) || addr_equal(&addr, &host6));
}

static bool is_private(const char *name)
{
	static const struct {
		struct addr net;
		unsigned bits;
	} nets[] = {
		{ { AF_INET, { 10 } }, 8 },
		{ { AF_INET, { 172, 16 } }, 12 },
		{ { AF_INET, { 192, 168 } }, 16 },
		{ { AF_INET6, { 0xfc } }, 7 },
	};
	struct addr addr;

	for (size_t i = 0; i < ARRAY_LEN(nets); i++) {
		if (addr_parse(name, AF_UNSPEC, &addr) == 0 &&
		    addr_in_prefix(&addr, &nets[i].net, nets[i].bits))
			return true;
	}
	return is_loopback(name);
}

/* What is wrong with anything but the place that plain http leads to; the host goes into `host`. */
static const char *form_fault(const char *text, const char *forbidden, char host[static HOST_MAX])
{
	bool is_http = strncmp(text, HTTP, strlen(HTTP)) == 0;
	bool is_https = strncmp(text, HTTPS, strlen(HTTPS)) == 0;
	const char *authority = text + strlen(is_http ? HTTP : HTTPS), *rest;

	if (!is_http && !is_https)
		return "is not an https:// URL";
	for (const char *p = text; *p != '\0'; p++) {
		if (!isgraph((unsigned char)*p) || strchr(forbidden, *p) != NULL)
			return "has a character that does not belong into this URL";
	}
	rest = take_host(authority, host, HOST_MAX);
	if (rest == NULL)
		return "names no host";
	if (!is_host(host, *authority == '['))
		return "names a host that is neither a name nor an address";
	if (!is_port(rest, strcspn(rest, "/")))
		return "has something behind the host that is not a port";
	return NULL;
}

static const char *fault_of(const char *text, const char *forbidden, bool (*is_near)(const char *),
			    const char *far_fault)
{
	char host[HOST_MAX];
	const char *fault = form_fault(text, forbidden, host);

	if (fault == NULL && strncmp(text, HTTP, strlen(HTTP)) == 0 && !is_near(host))
		return far_fault;
	return fault;
}

const char *url_fault(const char *text)
{
	return fault_of(text, "@?#\\\"<>^`{|}", is_loopback,
			"would send credentials in clear: http:// is for loopback only");
}

const char *url_hook_fault(const char *text)
{
	return fault_of(text, "#\\\"<>^`{|}", is_private,
			"would be sent in clear: http:// is for loopback and private addresses "
			"only");
}

int url_parse_place(const char *url, struct url_place *out)
{
	struct url_place place = { .is_tls = strncmp(url, HTTPS, strlen(HTTPS)) == 0 };
	const char *rest = take_host(url + strlen(place.is_tls ? HTTPS : HTTP), place.host,
				     sizeof(place.host));
	size_t len = rest == NULL ? 0 : strcspn(rest, "/");

	if (rest == NULL || !is_port(rest, len))
		return -EINVAL;
	if (len > 0)
		snprintf(place.port, sizeof(place.port), "%.*s", (int)len - 1, rest + 1);
	else
		snprintf(place.port, sizeof(place.port), "%s", place.is_tls ? "443" : "80");
	*out = place;
	return 0;
}

const char *url_base(const char *endpoint, char *buf, size_t size)
{
	size_t len = strlen(endpoint);

	while (len > 0 && endpoint[len - 1] == '/')
		len--;
	if (len >= 3 && strncmp(endpoint + len - 3, "/v1", 3) == 0)
		len -= 3;
	snprintf(buf, size, "%.*s/v1", (int)len, endpoint);
	return buf;
}
