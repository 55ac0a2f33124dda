#include "url.h"

#include "support.h"

static void credentials_go_by_tls_or_stay_on_this_machine(void **state)
{
	static const struct {
		const char *url, *fault; /* NULL: none */
	} cases[] = {
		{ "https://api.soracom.io", NULL },
		{ "https://api.soracom.io:8443/v1/", NULL },
		{ "https://[2001:db8::1]/v1", NULL },
		{ "http://localhost:8080/v1", NULL },
		{ "http://127.9.9.9", NULL },
		{ "http://[::1]:8080", NULL },
		{ "http://api.soracom.io", "credentials in clear" },
		{ "http://localhost.example.net", "credentials in clear" },
		{ "http://127.0.0.1.example.net", "credentials in clear" },
		{ "http://128.0.0.1", "credentials in clear" },
		{ "http://[::2]", "credentials in clear" },
		{ "http://", "names no host" },
		{ "https:///v1", "names no host" },
		{ "https://:443", "names no host" },
		{ "http://localhost@example.net", "does not belong" },
		{ "https://api.soracom.io/?a", "does not belong" },
		{ "https://api.soracom.io/ v1", "does not belong" },
		{ "ftp://localhost", "is not an https:// URL" },
		{ "api.soracom.io", "is not an https:// URL" },
		{ "", "is not an https:// URL" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *fault = url_fault(cases[i].url);

		CHECK((fault == NULL) == (cases[i].fault == NULL), "%s: %s", cases[i].url,
		      fault != NULL ? fault : "no fault");
		if (fault != NULL && cases[i].fault != NULL)
			CHECK(strstr(fault, cases[i].fault) != NULL, "%s: %s", cases[i].url, fault);
	}
}

static void an_endpoint_may_have_its_version_and_slashes(void **state)
{
	static const char *const endpoints[] = { "https://a.example", "https://a.example/",
						 "https://a.example//", "https://a.example/v1",
						 "https://a.example/v1/" };
	char base[64], few[8];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(endpoints); i++)
		assert_string_equal(url_base(endpoints[i], base, sizeof(base)),
				    "https://a.example/v1");
	assert_string_equal(url_base("https://h/av1", base, sizeof(base)), "https://h/av1/v1");
	assert_string_equal(url_base("", base, sizeof(base)), "/v1");
	assert_string_equal(url_base("https://a.example", few, sizeof(few)), "https:/");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(credentials_go_by_tls_or_stay_on_this_machine),
		cmocka_unit_test(an_endpoint_may_have_its_version_and_slashes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
