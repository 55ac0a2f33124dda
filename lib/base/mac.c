#include "mac.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

static int digit_of(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *found = c == '\0' ? NULL : strchr(digits, c);

	return found == NULL ? -1 : (int)(found - digits);
}

int mac_parse(const char *text, struct mac *out)
{
	struct mac mac;

	if (strlen(text) != MAC_TEXT_MAX - 1)
		return -EINVAL;
	for (size_t i = 0; i < MAC_LEN; i++) {
		const char *byte = text + 3 * i;
		int high = digit_of(byte[0]), low = digit_of(byte[1]);

		if (high < 0 || low < 0 || byte[2] != (i == MAC_LEN - 1 ? '\0' : ':'))
			return -EINVAL;
		mac.bytes[i] = (uint8_t)(high << 4 | low);
	}
	*out = mac;
	return 0;
}

const char *mac_format(char buf[static MAC_TEXT_MAX], const struct mac *mac)
{
	const uint8_t *b = mac->bytes;

	snprintf(buf, MAC_TEXT_MAX, "%02x:%02x:%02x:%02x:%02x:%02x", b[0], b[1], b[2], b[3], b[4],
		 b[5]);
	return buf;
}

bool mac_equal(const struct mac *a, const struct mac *b)
{
	return memcmp(a->bytes, b->bytes, MAC_LEN) == 0;
}

bool mac_is_set(const struct mac *mac)
{
	static const struct mac none = { { 0 } };

	return !mac_equal(mac, &none);
}
