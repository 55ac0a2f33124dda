#include "utf8.h"

#include <string.h>

#include "compiler.h"

/* The length that a first byte announces, 0: none; with its own bits, and the least code that may
 * be written with so many bytes. */
static size_t length_of(unsigned char first, uint32_t *bits, uint32_t *least)
{
	static const struct {
		unsigned char mask, value;
		uint32_t least;
	} forms[] = {
		{ 0x80, 0x00, 0 },
		{ 0xe0, 0xc0, 0x80 },
		{ 0xf0, 0xe0, 0x800 },
		{ 0xf8, 0xf0, 0x10000 },
	};

	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		if ((first & forms[i].mask) != forms[i].value)
			continue;
		*bits = first & (unsigned char)~forms[i].mask;
		*least = forms[i].least;
		return i + 1;
	}
	return 0;
}

size_t utf8_next(const char *text, uint32_t *code)
{
	uint32_t bits = 0, least = 0;
	size_t len = length_of((unsigned char)text[0], &bits, &least);

	*code = UTF8_INVALID;
	if (text[0] == '\0')
		return 0;
	for (size_t i = 1; i < len; i++) {
		unsigned char byte = (unsigned char)text[i];

		if ((byte & 0xc0) != 0x80)
			return 1;
		bits = bits << 6 | (byte & 0x3f);
	}
	if (len == 0 || bits < least || bits > 0x10ffff || (bits >= 0xd800 && bits <= 0xdfff))
		return 1;
	*code = bits;
	return len;
}

bool utf8_is_printable(uint32_t code)
{
	static const struct {
		uint32_t first, last;
	} unprintable[] = {
		{ 0x00, 0x1f },
		{ 0x7f, 0x9f }, /* controls */
		{ 0x61c, 0x61c },
		{ 0x200e, 0x200f }, /* bidirectional marks */
		{ 0x2028, 0x202e }, /* separators, embeddings, overrides */
		{ 0x2066, 0x2069 }, /* isolates */
		{ 0xfeff, 0xfeff }, /* byte order mark */
		{ 0x110000, UTF8_INVALID },
	};

	for (size_t i = 0; i < ARRAY_LEN(unprintable); i++) {
		if (code >= unprintable[i].first && code <= unprintable[i].last)
			return false;
	}
	return true;
}

void utf8_make_printable(char *text)
{
	char *to = text;
	uint32_t code;
	size_t len;

	for (len = utf8_next(text, &code); len > 0; len = utf8_next(text, &code)) {
		if (utf8_is_printable(code)) {
			memmove(to, text, len);
			to += len;
		} else {
			*to++ = '?';
		}
		text += len;
	}
	*to = '\0';
}
