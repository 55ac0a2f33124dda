#include "utf8.h"

#include "support.h"

static void each_code_point_comes_back(void **state)
{
	(void)state;
	for (uint32_t code = 1; code <= 0x10ffff; code++) {
		char text[8] = "";
		uint32_t back;
		size_t len;

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
		len = utf8_next(text, &back);
		if (code >= 0xd800 && code <= 0xdfff)
			CHECK(len == 1 && back == UTF8_INVALID, "surrogate U+%04x", code);
		else
			CHECK(len == strlen(text) && back == code, "U+%04x: %zu", code, len);
	}
}

static void what_is_not_utf8_is_one_byte_that_is_invalid(void **state)
{
	static const char *const cases[] = {
		"\x80", /* a continuation without a start */
		"\xbf\xbf",
		"\xc0\x80",
		"\xc1\xbf", /* overlong */
		"\xe0\x80\x80",
		"\xe0\x9f\xbf",
		"\xf0\x80\x80\x80",
		"\xf0\x8f\xbf\xbf",
		"\xf4\x90\x80\x80", /* beyond U+10FFFF */
		"\xf8\x88\x80\x80",
		"\xff",
		"\xfe",
		"\xc3",
		"\xe2\x82",
		"\xf0\x9f\x98", /* cut */
		"\xc3"
		"a",
		"\xe2\x82"
		"a",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		uint32_t code = 0;

		CHECK(utf8_next(cases[i], &code) == 1 && code == UTF8_INVALID, "case %zu", i);
	}
	assert_int_equal(utf8_next("", &(uint32_t){ 0 }), 0);
}

static void hostile_text_is_made_printable(void **state)
{
	static const struct {
		const char *text, *printable;
	} cases[] = {
		{ "", "" },
		{ "für 東京 😀", "für 東京 😀" },
		{ "a\x1b[2J\r\nb\x7f", "a?[2J??b?" },
		{ "\xc2\x9b"
		  "2J",
		  "?2J" }, /* CSI as C1 */
		{ "\xc2\x85", "?" },
		{ "a\xe2\x80\xae"
		  "b\xe2\x81\xa6"
		  "c\xe2\x80\x8f"
		  "d\xd8\x9c",
		  "a?b?c?d?" },
		{ "\xe2\x80\xa8\xe2\x80\xa9", "??" },
		{ "\xff\xfe"
		  "a\xc3",
		  "??a?" },
		{ "\xef\xbb\xbfx", "?x" },
		{ "\xed\xa0\x80", "???" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char text[64];

		snprintf(text, sizeof(text), "%s", cases[i].text);
		utf8_make_printable(text);
		CHECK(strcmp(text, cases[i].printable) == 0, "case %zu: %s", i, text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_code_point_comes_back),
		cmocka_unit_test(what_is_not_utf8_is_one_byte_that_is_invalid),
		cmocka_unit_test(hostile_text_is_made_printable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
