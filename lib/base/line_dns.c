#include "line_dns.h"

#include <ctype.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "record.h"
#include "store.h"

#define NAME_MAX_BYTES (IFNAMSIZ + 8)
#define FILE_MAX       (LINE_DNS_MAX * (ADDR_TEXT_MAX + 8))

/* It becomes part of a file's name. */
static bool is_interface(const char *name)
{
	for (const char *p = name; *p != '\0'; p++) {
		if (!isalnum((unsigned char)*p) && strchr("-_.", *p) == NULL)
			return false;
	}
	return name[0] != '\0' && strlen(name) < IFNAMSIZ;
}

static const char *file_name(const char *iface, char buf[static NAME_MAX_BYTES])
{
	snprintf(buf, NAME_MAX_BYTES, "dns.%s", iface);
	return buf;
}

static bool take_server(const char *text, struct addr *out)
{
	return text != NULL && addr_parse(text, AF_UNSPEC, out) == 0 && addr_is_host(out);
}

void line_dns_note(void)
{
	static const char *const variables[LINE_DNS_MAX] = { "DNS1", "DNS2" };
	const char *iface = secure_getenv("IFNAME");
	char name[NAME_MAX_BYTES], text[FILE_MAX] = "", addr[ADDR_TEXT_MAX];
	struct record_writer w = { .buf = text, .size = sizeof(text) };
	struct addr server;

	if (iface == NULL || !is_interface(iface))
		return;
	for (size_t i = 0; i < LINE_DNS_MAX; i++) {
		if (take_server(secure_getenv(variables[i]), &server))
			record_put(&w, "%s\n", addr_format(addr, &server));
	}
	if (w.used > 0)
		store_note(STORE_RUN, file_name(iface, name), text, 0644);
	else
		store_forget(STORE_RUN, file_name(iface, name));
}

size_t line_dns_load(const char *iface, struct addr out[static LINE_DNS_MAX])
{
	char name[NAME_MAX_BYTES], text[FILE_MAX], word[RECORD_WORD_MAX];
	const char *rest = text;
	size_t count = 0;

	if (!is_interface(iface) ||
	    store_read(STORE_RUN, file_name(iface, name), text, sizeof(text)) != 0)
		return 0;
	while (count < LINE_DNS_MAX && *rest != '\0' && record_take_word(&rest, true, word) == 0 &&
	       take_server(word, &out[count]))
		count++;
	return count;
}
