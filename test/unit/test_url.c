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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(credentials_go_by_tls_or_stay_on_this_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
