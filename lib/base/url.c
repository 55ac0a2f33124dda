#include "url.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "addr.h"

#define HTTP  "http://"
#define HTTPS "https://"

/* The host of `HOST[:PORT][/...]`, an IPv6 address without its brackets, into `name`. */
static bool take_host(const char *text, char *name, size_t size)
{
	bool brackets = *text == '[';
	size_t len = strcspn(text + brackets, brackets ? "]" : ":/");

	if (len == 0 || len >= size)
		return false;
	memcpy(name, text + brackets, len);
	name[len] = '\0';
	return true;
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

const char *url_fault(const char *text)
{
	bool is_http = strncmp(text, HTTP, strlen(HTTP)) == 0;
	bool is_https = strncmp(text, HTTPS, strlen(HTTPS)) == 0;
	char host[256];

	if (!is_http && !is_https)
		return "is not an https:// URL";
	for (const char *p = text; *p != '\0'; p++) {
		if (!isgraph((unsigned char)*p) || strchr("@?#", *p) != NULL)
			return "has a character that does not belong into this URL";
	}
	if (!take_host(text + strlen(is_http ? HTTP : HTTPS), host, sizeof(host)))
		return "names no host";
	if (is_http && !is_loopback(host))
		return "would send credentials in clear: http:// is for loopback only";
	return NULL;
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
