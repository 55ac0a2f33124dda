/* The parsers of one word or line each. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nexthop.h"
#include "num.h"
#include "utf8.h"
#include "vrrp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Nothing hostile is left, and nothing was added. */
static void check_printable(char *text)
{
	size_t before = strlen(text), len;
	uint32_t code;

	utf8_make_printable(text);
	if (strlen(text) > before)
		abort();
	for (len = utf8_next(text, &code); len > 0; len = utf8_next(text, &code)) {
		if (!utf8_is_printable(code))
			abort();
		text += len;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[128], *argv[] = { text }, buf[NEXTHOP_TEXT_MAX];
	int64_t value;
	struct nexthop hop = { .dev = "" };
	bool yes = false;

	snprintf(text, sizeof(text), "%.*s", (int)size, (const char *)data);
	yes |= num_parse(text, INT64_MIN, INT64_MAX, &value) == 0;
	yes |= num_parse_pct(text, INT64_MIN, INT64_MAX, &value) == 0;
	yes |= num_parse_ms(text, 0, INT64_MAX, &value) == 0 && num_format_ms(buf, value) == NULL;
	yes |= vrrp_parse_args(1, argv, &(enum vrrp_state){ VRRP_STOP }, &yes) == 0;
	yes |= nexthop_parse(text, AF_INET, &hop) == 0 || nexthop_parse(text, AF_INET6, &hop) == 0;
	check_printable(text);
	return yes && nexthop_format(buf, &hop) == NULL;
}
