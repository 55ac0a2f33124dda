#include "icmp.h"

#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <stdlib.h>

#include "checksum.h"
#include "support.h"

enum { IP_MAX = 60, PACKET_MAX = IP_MAX + ICMP_ECHO_LEN };

static const struct icmp_echo ours = { 0xbeef, 0x0102, { 1, 2, 3, 4, 5, 6, 7, 0xff } };

/* A reply to `ours`, behind an IPv4 header of `ip_len` bytes. Returns its length. */
static size_t write_reply(sa_family_t family, size_t ip_len, uint8_t buf[static PACKET_MAX])
{
	memset(buf, 0, PACKET_MAX);
	buf[0] = (uint8_t)(0x40 | ip_len / 4);
	buf[9] = IPPROTO_ICMP;
	icmp_write_echo(family, &ours, buf + ip_len);
	make_reply(family, buf + ip_len);
	return ip_len + ICMP_ECHO_LEN;
}

/* Reads the first `len` bytes from memory that ends there: ASan sees each byte too far. */
static bool read_reply(sa_family_t family, bool ip_header, const uint8_t *buf, size_t len,
		       struct icmp_echo *out)
{
	uint8_t *copy = malloc(len > 0 ? len : 1);
	bool is_reply;

	assert_non_null(copy);
	memcpy(copy, buf, len);
	is_reply = icmp_read_reply(family, ip_header, copy, len, out);
	free(copy);
	return is_reply;
}

static void assert_ours(const struct icmp_echo *echo)
{
	assert_int_equal(echo->id, ours.id);
	assert_int_equal(echo->seq, ours.seq);
	assert_memory_equal(echo->cookie, ours.cookie, ICMP_COOKIE_LEN);
}

static void a_request_has_the_bytes_of_rfc_792_and_rfc_4443(void **state)
{
	static const uint8_t rest[] = { 0xbe, 0xef, 1, 2, 1, 2, 3, 4, 5, 6, 7, 0xff };
	uint8_t buf[ICMP_ECHO_LEN];

	(void)state;
	assert_int_equal(icmp_write_echo(AF_INET, &ours, buf), ICMP_ECHO_LEN);
	assert_int_equal(buf[0], ICMP_ECHO);
	assert_int_equal(buf[1], 0);
	assert_int_equal(checksum_of(buf, sizeof(buf)), 0);
	assert_memory_equal(buf + 4, rest, sizeof(rest));
	assert_int_equal(icmp_write_echo(AF_INET6, &ours, buf), ICMP_ECHO_LEN);
	assert_int_equal(buf[0], ICMP6_ECHO_REQUEST);
	assert_memory_equal(buf + 4, rest, sizeof(rest));
}

static void a_reply_is_read_behind_every_ip_header(void **state)
{
	uint8_t buf[PACKET_MAX];
	struct icmp_echo echo;
	size_t len;

	(void)state;
	for (size_t ip_len = 20; ip_len <= IP_MAX; ip_len += 4) {
		memset(&echo, 0, sizeof(echo));
		len = write_reply(AF_INET, ip_len, buf);
		CHECK(read_reply(AF_INET, true, buf, len, &echo), "header of %zu bytes", ip_len);
		assert_ours(&echo);
		assert_false(read_reply(AF_INET, false, buf, len, &echo));
	}
	for (size_t i = 0; i < 2; i++) {
		sa_family_t family = i == 0 ? AF_INET : AF_INET6;

		memset(&echo, 0, sizeof(echo));
		len = write_reply(family, 0, buf);
		assert_true(read_reply(family, false, buf, len, &echo));
		assert_ours(&echo);
	}
}

/* Longer is allowed: some hosts pad. */
static void every_truncation_of_a_reply_is_refused(void **state)
{
	uint8_t buf[PACKET_MAX];
	struct icmp_echo echo;

	(void)state;
	for (size_t ip_len = 20; ip_len <= IP_MAX; ip_len += 4) {
		size_t whole = write_reply(AF_INET, ip_len, buf);

		for (size_t len = 0; len < whole; len++)
			CHECK(!read_reply(AF_INET, true, buf, len, &echo), "%zu of %zu bytes", len,
			      whole);
	}
	for (size_t len = 0; len < ICMP_ECHO_LEN; len++) {
		write_reply(AF_INET, 0, buf);
		CHECK(!read_reply(AF_INET, false, buf, len, &echo), "%zu bytes", len);
		write_reply(AF_INET6, 0, buf);
		CHECK(!read_reply(AF_INET6, false, buf, len, &echo), "%zu bytes", len);
	}
}

static void what_is_no_echo_reply_is_refused(void **state)
{
	static const struct {
		size_t at;
		uint8_t byte;
		const char *what;
	} cases[] = {
		{ 0, 0x65, "not IPv4" },
		{ 0, 0x44, "an IP header shorter than any" },
		{ 0, 0x40, "an IP header of no length" },
		{ 0, 0x4f, "an IP header longer than the packet" },
		{ 9, IPPROTO_UDP, "not ICMP" },
		{ 20, ICMP_ECHO, "a request" },
		{ 20, ICMP_DEST_UNREACH, "an error" },
		{ 20, ICMP6_ECHO_REPLY, "the other family's reply" },
		{ 21, 1, "a code that is none" },
	};
	uint8_t buf[PACKET_MAX];
	struct icmp_echo echo;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		size_t len = write_reply(AF_INET, 20, buf);

		buf[cases[i].at] = cases[i].byte;
		CHECK(!read_reply(AF_INET, true, buf, len, &echo), "%s", cases[i].what);
	}
	write_reply(AF_INET, 0, buf);
	assert_false(read_reply(AF_INET6, false, buf, ICMP_ECHO_LEN, &echo));
}

/* So that the caller can tell a foreign one: no bit of them is lost. */
static void each_bit_of_identifier_number_and_cookie_is_told(void **state)
{
	uint8_t buf[PACKET_MAX];

	(void)state;
	for (size_t at = 4; at < ICMP_ECHO_LEN; at++) {
		for (unsigned b = 0; b < 8; b++) {
			struct icmp_echo echo = ours;

			write_reply(AF_INET, 0, buf);
			buf[at] ^= (uint8_t)(1U << b);
			assert_true(read_reply(AF_INET, false, buf, ICMP_ECHO_LEN, &echo));
			assert_int_equal(echo.id != ours.id, at < 6);
			assert_int_equal(echo.seq != ours.seq, at == 6 || at == 7);
			assert_int_equal(memcmp(echo.cookie, ours.cookie, ICMP_COOKIE_LEN) != 0,
					 at >= 8);
		}
	}
}

static void a_quoted_request_may_end_after_its_header(void **state)
{
	(void)state;
	for (size_t len = 0; len <= ICMP_ECHO_LEN; len++) {
		for (size_t i = 0; i < 2; i++) {
			sa_family_t family = i == 0 ? AF_INET : AF_INET6;
			uint8_t buf[ICMP_ECHO_LEN];
			uint8_t *copy = malloc(len > 0 ? len : 1);
			struct icmp_echo echo = { .id = 0 };
			bool has_cookie = false, is_echo;

			assert_non_null(copy);
			icmp_write_echo(family, &ours, buf);
			memcpy(copy, buf, len);
			is_echo = icmp_read_quoted(family, copy, len, &echo, &has_cookie);
			free(copy);
			CHECK(is_echo == (len >= 8), "%zu bytes", len);
			CHECK(has_cookie == (len == ICMP_ECHO_LEN), "%zu bytes", len);
			assert_int_equal(echo.seq, is_echo ? ours.seq : 0);
			if (has_cookie)
				assert_ours(&echo);
		}
	}
}

static void only_a_request_of_the_family_is_quoted(void **state)
{
	uint8_t buf[PACKET_MAX];
	struct icmp_echo echo;
	bool has_cookie;

	(void)state;
	write_reply(AF_INET, 0, buf);
	assert_false(icmp_read_quoted(AF_INET, buf, ICMP_ECHO_LEN, &echo, &has_cookie));
	icmp_write_echo(AF_INET, &ours, buf);
	assert_false(icmp_read_quoted(AF_INET6, buf, ICMP_ECHO_LEN, &echo, &has_cookie));
}

static void every_error_has_a_text(void **state)
{
	static const struct {
		sa_family_t family;
		uint8_t type, code;
		const char *text;
	} cases[] = {
		{ AF_INET, ICMP_DEST_UNREACH, ICMP_NET_UNREACH, "destination net unreachable" },
		{ AF_INET, ICMP_DEST_UNREACH, ICMP_PKT_FILTERED, "packet filtered" },
		{ AF_INET, ICMP_DEST_UNREACH, 8, "destination unreachable" },
		{ AF_INET, ICMP_TIME_EXCEEDED, 0, "time to live exceeded" },
		{ AF_INET6, ICMP6_DST_UNREACH, ICMP6_DST_UNREACH_NOROUTE,
		  "no route to destination" },
		{ AF_INET6, ICMP6_PACKET_TOO_BIG, 0, "packet too big" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_string_equal(icmp_error_text(cases[i].family, cases[i].type, cases[i].code),
				    cases[i].text);
	for (unsigned i = 0; i < 65536; i++) {
		assert_non_null(icmp_error_text(AF_INET, (uint8_t)(i >> 8), (uint8_t)(i & 0xff)));
		assert_non_null(icmp_error_text(AF_INET6, (uint8_t)(i >> 8), (uint8_t)(i & 0xff)));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_has_the_bytes_of_rfc_792_and_rfc_4443),
		cmocka_unit_test(a_reply_is_read_behind_every_ip_header),
		cmocka_unit_test(every_truncation_of_a_reply_is_refused),
		cmocka_unit_test(what_is_no_echo_reply_is_refused),
		cmocka_unit_test(each_bit_of_identifier_number_and_cookie_is_told),
		cmocka_unit_test(a_quoted_request_may_end_after_its_header),
		cmocka_unit_test(only_a_request_of_the_family_is_quoted),
		cmocka_unit_test(every_error_has_a_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
