#include "hosts.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* Of glibc, on every Debian; `ahosts` goes the way of getaddrinfo(3). */
#define GETENT "/usr/bin/getent"

/* Its own line for each kind of socket: more than HOSTS_ADDRS_MAX of them are not read. */
#define OUTPUT_MAX 8192

static bool is_known(const struct hosts_answer *answer, const struct addr *addr)
{
	for (size_t i = 0; i < answer->count; i++) {
		if (addr_equal(&answer->addrs[i], addr))
			return true;
	}
	return false;
}

/* Lines `ADDRESS STREAM NAME`. */
static void take_lines(const char *text, struct hosts_answer *out)
{
	while (*text != '\0' && out->count < ARRAY_LEN(out->addrs)) {
		size_t len = strcspn(text, " \t\n");
		char word[ADDR_TEXT_MAX];
		struct addr addr;

		if (len < sizeof(word)) {
			memcpy(word, text, len);
			word[len] = '\0';
			if (addr_parse(word, AF_UNSPEC, &addr) == 0 && !is_known(out, &addr))
				out->addrs[out->count++] = addr;
		}
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
}

int hosts_find(const char *name, int64_t timeout_ms, struct hosts_answer *out)
{
	char program[] = GETENT, database[] = "ahosts", end[] = "--", host[256], text[OUTPUT_MAX];
	char *const argv[] = { program, end, database, host, NULL };
	const struct child_order order = { .argv = argv,
					   .timeout_ms = timeout_ms,
					   .out = text,
					   .size = sizeof(text),
					   .why = out->why };

	memset(out, 0, sizeof(*out));
	snprintf(host, sizeof(host), "%s", name);
	if (addr_parse(host, AF_UNSPEC, &out->addrs[0]) == 0)
		out->count = 1;
	else if (child_run_order(&order) == 0)
		take_lines(text, out);
	if (out->count == 0)
		snprintf(out->why, sizeof(out->why), "cannot find the address of %.100s", name);
	return out->count > 0 ? 0 : -ENOENT;
}
