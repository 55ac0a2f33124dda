#include "clock_doubt.h"

#include "support.h"

#define DAY_S	INT64_C(86400)
#define MADE_S	INT64_C(1795651200) /* 2026-11-26 */
#define Y2020_S INT64_C(1577836800)

static void a_clock_that_cannot_be_right_is_told_with_its_date(void **state)
{
	static const struct {
		struct clock_facts facts;
		const char *text; /* NULL: no doubt */
	} cases[] = {
		{ { MADE_S + DAY_S, MADE_S, 0, CERTIFICATE_FINE }, NULL },
		{ { MADE_S + DAY_S, MADE_S, 0, CERTIFICATE_FOREIGN }, NULL },
		/* Before the program, but nothing has failed by it. */
		{ { Y2020_S, MADE_S, 0, CERTIFICATE_FINE }, NULL },
		{ { Y2020_S, MADE_S, 0, CERTIFICATE_FOREIGN },
		  "the clock says 2020-01-01, but this program was made on 2026-11-26" },
		{ { Y2020_S, MADE_S, 0, CERTIFICATE_EARLY },
		  "the clock says 2020-01-01, but this program was made on 2026-11-26" },
		{ { 0, MADE_S, 0, CERTIFICATE_EARLY }, "the clock says 1970-01-01, but this" },
		{ { MADE_S, MADE_S, 0, CERTIFICATE_EARLY },
		  "the clock says 2026-11-26, when the server's certificate is not yet valid" },
		{ { MADE_S + 4000 * DAY_S, MADE_S, 0, CERTIFICATE_LATE },
		  "the clock says 2037-11-08, when the server's certificate is no longer valid" },
		{ { MADE_S, MADE_S, MADE_S + DAY_S, CERTIFICATE_FINE }, NULL },
		{ { MADE_S + DAY_S, MADE_S, MADE_S, CERTIFICATE_FINE }, NULL },
		{ { MADE_S, MADE_S, MADE_S + DAY_S + 1, CERTIFICATE_FINE },
		  "the clock says 2026-11-26, but the server says 2026-11-27" },
		{ { MADE_S + DAY_S + 1, MADE_S, MADE_S, CERTIFICATE_FINE },
		  "the clock says 2026-11-27, but the server says 2026-11-26" },
		{ { Y2020_S, MADE_S, Y2020_S, CERTIFICATE_FINE }, NULL },
		{ { INT64_MIN / 2, MADE_S, 0, CERTIFICATE_EARLY }, "the clock says nonsense, but" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char buf[CLOCK_DOUBT_TEXT_MAX];
		const char *text = clock_doubt(&cases[i].facts, buf);

		CHECK((text == NULL) == (cases[i].text == NULL), "case %zu: %s", i,
		      text != NULL ? text : "no doubt");
		if (text == NULL || cases[i].text == NULL)
			continue;
		CHECK(strstr(text, cases[i].text) == text, "case %zu: %s", i, text);
		CHECK(strstr(text, "NTP") != NULL && strlen(text) < CLOCK_DOUBT_TEXT_MAX - 1,
		      "case %zu: %s", i, text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_clock_that_cannot_be_right_is_told_with_its_date),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
