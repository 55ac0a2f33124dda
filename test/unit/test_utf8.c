#include "utf8.h"

#include "support.h"

/* Writes a character. */
static void encode(uint32_t code, char text[static 8])
{
	memset(text, 0, 8);
	if (code < 0x80) {
		text[0] = (char)code;
	} else if (code < 0x800) {
		text[0] = (char)(0xc0 | code >> 6);
		text[1] = (char)(0x80 | (code & 0x3f));
	} else if (code < 0x10000) {
		text[0] = (char)(0xe0 | code >> 12);
		text[1] = (char)(0x80 | (code >> 6 & 0x3f));
		text[2] = (char)(0x80 | (code & 0x3f));
	} else {
		text[0] = (char)(0xf0 | code >> 18);
		text[1] = (char)(0x80 | (code >> 12 & 0x3f));
		text[2] = (char)(0x80 | (code >> 6 & 0x3f));
		text[3] = (char)(0x80 | (code & 0x3f));
	}
}

static void each_code_point_comes_back(void **state)
{
	(void)state;
	for (uint32_t code = 1; code <= 0x10ffff; code++) {
		char text[8];
		uint32_t back;
		size_t len;

		encode(code, text);
		len = utf8_next(text, &back);
		if (code >= 0xd800 && code <= 0xdfff)
			CHECK(len == 1 && back == UTF8_INVALID, "surrogate U+%04x", code);
		else
			CHECK(len == strlen(text) && back == code, "U+%04x: %zu", code, len);
	}
}

static void what_is_not_utf8_is_one_byte_that_is_invalid(void **state)
{
	static const unsigned char cases[][5] = {
		{ 0x80 }, /* a continuation without a start */
		{ 0xbf, 0xbf },
		{ 0xc0, 0x80 }, /* overlong */
		{ 0xc1, 0xbf },
		{ 0xe0, 0x80, 0x80 },
		{ 0xe0, 0x9f, 0xbf },
		{ 0xf0, 0x80, 0x80, 0x80 },
		{ 0xf0, 0x8f, 0xbf, 0xbf },
		{ 0xf4, 0x90, 0x80, 0x80 }, /* beyond U+10FFFF */
		{ 0xf8, 0x88, 0x80, 0x80 },
		{ 0xff },
		{ 0xfe },
		{ 0xc3 }, /* cut */
		{ 0xe2, 0x82 },
		{ 0xf0, 0x9f, 0x98 },
		{ 0xc3, 'a' },
		{ 0xe2, 0x82, 'a' },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		uint32_t code = 0;
		char text[8];

		memcpy(text, cases[i], sizeof(cases[i]));
		CHECK(utf8_next(text, &code) == 1 && code == UTF8_INVALID, "case %zu", i);
		utf8_make_printable(text);
		CHECK(text[0] == '?', "case %zu", i);
	}
	assert_int_equal(utf8_next("", &(uint32_t){ 0 }), 0);
}

static void what_could_mislead_is_replaced(void **state)
{
	static const uint32_t hostile[] = { 0x01,   0x1b,   0x0d,   0x1f,   0x7f,   0x80,   0x85,
					    0x9b,   0x9f,   0x61c,  0x200e, 0x200f, 0x2028, 0x2029,
					    0x202a, 0x202e, 0x2066, 0x2069, 0xfeff };
	static const uint32_t harmless[] = {
		0x20, 0x7e, 0xa0, 0xfc, 0x200d, 0x2030, 0x6771, 0x1f600
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(hostile); i++) {
		char text[16], one[8];

		encode(hostile[i], one);
		snprintf(text, sizeof(text), "a%sb", one);
		utf8_make_printable(text);
		CHECK(strcmp(text, "a?b") == 0, "U+%04x", hostile[i]);
	}
	for (size_t i = 0; i < ARRAY_LEN(harmless); i++) {
		char text[8], before[8];

		encode(harmless[i], text);
		memcpy(before, text, sizeof(before));
		utf8_make_printable(text);
		CHECK(strcmp(text, before) == 0, "U+%04x", harmless[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_code_point_comes_back),
		cmocka_unit_test(what_is_not_utf8_is_one_byte_that_is_invalid),
		cmocka_unit_test(what_could_mislead_is_replaced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
