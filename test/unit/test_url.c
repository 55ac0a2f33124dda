#include "url.h"

#include <errno.h>

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

/* Each was taken, and tried again for give-up. */
static void an_authority_is_a_name_or_an_address_and_a_port(void **state)
{
	static const char *const good[] = {
		"https://a",
		"https://A-1.b2.example:65535/v1",
		"https://192.0.2.1:1",
		"https://3com.example",
		"https://[2001:db8::192.0.2.1]:443/",
		"https://xn--zckzah.example",
		"https://a.0x.example",
		"https://l23456789012345678901234567890123456789012345678901234567890123.example"
	};
	static const char *const bad[] = {
		"https://[::1]evil.com",
		"http://[::1]evil.com",
		"https://[::1]:443x",
		"https://[::1",
		"https://[]",
		"https://[localhost]",
		"https://[1.2.3.4]",
		"https://[fe80::1%eth0]",
		"https://::1",
		"https://a::443",
		"https://-x",
		"https://x-",
		"https://a.-b.example",
		"https://a..example",
		"https://.example",
		"https://a.example.",
		"https://a_b.example",
		"https://a,b.example",
		"https://a.example:",
		"https://a.example:0",
		"https://a.example:65536",
		"https://a.example:+443",
		"https://a.example:-1",
		"https://a.example:0x1bb",
		"https://a.example:443 ",
		"https://a.example:443\n",
		"https://a.example:443:443",
		"https://a.example:18446744073709551617",
		"https://a%2eexample",
		"https://user:secret@a.example",
		"https://a.example\\@b.example",
		"https://a.example\\v1",
		"https://a.example/{v1}",
		"https://a.example/\x01",
		"https://\xc3\xa4.example",
		"https://1.2.3",
		"https://127.1",
		"https://2130706433",
		"https://0x7f000001",
		"https://a.0X7F",
		"https://1.2.3.256",
		"https://0.0.0.0",
		"https://224.0.0.1",
		"https://[::]",
		"https://[ff02::1]",
		"https://l234567890123456789012345678901234567890123456789012345678901234.example",
		"http://localhost.",
		"http://127.0.0.1:80:a",
		"https://",
		"https:// a"
	};
	char name[280] = "https://";

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		CHECK(url_fault(good[i]) == NULL, "%s: %s", good[i], url_fault(good[i]));
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		CHECK(url_fault(bad[i]) != NULL, "%s is taken", bad[i]);
	for (size_t i = 0; i < 253; i++) /* the longest name */
		name[8 + i] = "a."[i % 2];
	assert_null(url_fault(name));
	name[8 + 253] = 'b';
	assert_non_null(url_fault(name));
}

static void a_hook_may_have_a_query_and_be_near(void **state)
{
	static const char *const good[] = { "https://hooks.example/services/T0/B0/x",
					    "https://ntfy.example/topic?auth=QmVhcg",
					    "https://matrix.example/@a:b/hook",
					    "http://192.168.0.7:8123/api/webhook/x",
					    "http://10.1.2.3",
					    "http://172.31.0.1/",
					    "http://[fd00::1]:80/x",
					    "http://localhost/x?y" };
	static const char *const bad[] = { "http://hooks.example/x",
					   "http://172.32.0.1/",
					   "http://192.169.0.1/",
					   "http://[2001:db8::1]/",
					   "https://user:secret@hooks.example/",
					   "https://hooks.example?x",
					   "https://hooks.example/#x",
					   "https://hooks.example/a b" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		CHECK(url_hook_fault(good[i]) == NULL, "%s: %s", good[i], url_hook_fault(good[i]));
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		CHECK(url_hook_fault(bad[i]) != NULL, "%s is taken", bad[i]);
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

static void a_place_is_a_host_and_a_port(void **state)
{
	static const struct {
		const char *url, *host, *port;
		bool is_tls;
	} cases[] = {
		{ "https://api.soracom.io", "api.soracom.io", "443", true },
		{ "https://api.soracom.io:8443/v1/", "api.soracom.io", "8443", true },
		{ "https://[2001:db8::1]/v1", "2001:db8::1", "443", true },
		{ "https://[2001:db8::1]:1", "2001:db8::1", "1", true },
		{ "http://metadata.soracom.io/v1", "metadata.soracom.io", "80", false },
		{ "http://127.0.0.1:65535", "127.0.0.1", "65535", false },
	};
	static const char *const bad[] = { "https://",	      "https:///v1", "https://a:0",
					   "https://a:65536", "https://a:b", "https://[::1" };
	struct url_place place;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CHECK(url_parse_place(cases[i].url, &place) == 0, "%s", cases[i].url);
		assert_string_equal(place.host, cases[i].host);
		assert_string_equal(place.port, cases[i].port);
		assert_int_equal(place.is_tls, cases[i].is_tls);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		CHECK(url_parse_place(bad[i], &place) == -EINVAL, "%s", bad[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(credentials_go_by_tls_or_stay_on_this_machine),
		cmocka_unit_test(an_authority_is_a_name_or_an_address_and_a_port),
		cmocka_unit_test(a_hook_may_have_a_query_and_be_near),
		cmocka_unit_test(an_endpoint_may_have_its_version_and_slashes),
		cmocka_unit_test(a_place_is_a_host_and_a_port),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
