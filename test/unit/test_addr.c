#include "addr.h"
#include "support.h"

static struct addr addr_of(const char *text)
{
	struct addr addr = { .family = AF_UNSPEC };

	CHECK(addr_parse(text, AF_UNSPEC, &addr) == 0, "%s", text);
	return addr;
}

static void an_address_is_numeric_and_whole(void **state)
{
	static const struct {
		const char *text;
		sa_family_t family; /* asked for */
		sa_family_t got;    /* AF_UNSPEC: refused */
	} cases[] = {
		{ "192.0.2.1", AF_UNSPEC, AF_INET },
		{ "192.0.2.1", AF_INET, AF_INET },
		{ "192.0.2.1", AF_INET6, AF_UNSPEC },
		{ "2001:db8::1", AF_UNSPEC, AF_INET6 },
		{ "2001:db8::1", AF_INET, AF_UNSPEC },
		{ "::ffff:192.0.2.1", AF_UNSPEC, AF_INET6 },
		{ "::", AF_INET6, AF_INET6 },
		{ "", AF_UNSPEC, AF_UNSPEC },
		{ "192.0.2", AF_UNSPEC, AF_UNSPEC },
		{ "192.0.2.256", AF_UNSPEC, AF_UNSPEC },
		{ "192.0.2.1 ", AF_UNSPEC, AF_UNSPEC },
		{ " 192.0.2.1", AF_UNSPEC, AF_UNSPEC },
		{ "192.0.2.01", AF_UNSPEC, AF_UNSPEC },
		{ "192.0.2.1/24", AF_UNSPEC, AF_UNSPEC },
		{ "fe80::1%eth0", AF_UNSPEC, AF_UNSPEC },
		{ "3221225985", AF_UNSPEC, AF_UNSPEC },
		{ "localhost", AF_UNSPEC, AF_UNSPEC },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct addr addr = { .family = AF_UNSPEC };
		int ret = addr_parse(cases[i].text, cases[i].family, &addr);

		CHECK(ret == (cases[i].got == AF_UNSPEC ? -EINVAL : 0), "`%s`", cases[i].text);
		CHECK(addr.family == cases[i].got, "`%s`", cases[i].text);
	}
}

static struct addr random_addr(sa_family_t family)
{
	struct addr addr = { .family = family };

	for (size_t i = 0; i < addr_len(family); i++)
		addr.bytes[i] = (uint8_t)random_below(256);
	return addr;
}

static sa_family_t random_family(void)
{
	return random_below(2) == 0 ? AF_INET : AF_INET6;
}

static void text_and_socket_address_read_back_as_the_address(void **state)
{
	(void)state;
	for (int i = 0; i < 2000; i++) {
		struct addr addr = random_addr(random_family());
		struct addr back = addr_of("0.0.0.0");
		struct sockaddr_storage sa;
		char buf[ADDR_TEXT_MAX];
		socklen_t len = addr_to_sockaddr(&addr, &sa);

		back = addr_from_sockaddr(&sa);
		CHECK(addr_equal(&addr, &back), "%s", addr_format(buf, &addr));
		assert_int_equal(len, addr.family == AF_INET ? sizeof(struct sockaddr_in)
							     : sizeof(struct sockaddr_in6));
		back = addr_of(addr_format(buf, &addr));
		CHECK(addr_equal(&addr, &back), "%s", buf);
	}
}

static bool bit(const struct addr *addr, unsigned index)
{
	return (addr->bytes[index / 8] >> (7 - index % 8) & 1) != 0;
}

static bool in_prefix_bit_by_bit(const struct addr *a, const struct addr *b, unsigned len)
{
	for (unsigned i = 0; i < len; i++) {
		if (bit(a, i) != bit(b, i))
			return false;
	}
	return true;
}

/* One flipped bit, near the prefix's end as often as not, is what an error of one would miss. */
static void a_prefix_is_compared_bit_by_bit(void **state)
{
	(void)state;
	for (int i = 0; i < 200000; i++) {
		struct addr net = random_addr(random_family());
		unsigned bits = (unsigned)addr_len(net.family) * 8;
		unsigned len = random_below(bits + 1);
		unsigned flip = random_below(2) == 0 ? random_below(bits) : len - (len > 0);
		struct addr addr = net;
		char a[ADDR_TEXT_MAX], n[ADDR_TEXT_MAX];

		flip = flip + random_below(2) < bits ? flip + random_below(2) : flip;
		if (random_below(4) != 0 && flip < bits)
			addr.bytes[flip / 8] ^= (uint8_t)(1U << (7 - flip % 8));
		CHECK(addr_in_prefix(&addr, &net, len) == in_prefix_bit_by_bit(&addr, &net, len),
		      "%s, %s/%u", addr_format(a, &addr), addr_format(n, &net), len);
	}
}

static void a_network_is_the_first_bits(void **state)
{
	static const struct {
		const char *addr;
		unsigned len;
		const char *net;
	} cases[] = {
		{ "198.41.0.4", 0, "0.0.0.0" },
		{ "198.41.0.4", 1, "128.0.0.0" },
		{ "198.41.0.4", 9, "198.0.0.0" },
		{ "198.41.0.4", 16, "198.41.0.0" },
		{ "198.41.0.4", 32, "198.41.0.4" },
		{ "2001:503:ba3e::2:30", 3, "2000::" },
		{ "2001:503:ba3e::2:30", 0, "::" },
		{ "2001:503:ba3e::2:30", 44, "2001:503:ba30::" },
		{ "2001:db8::ff", 128, "2001:db8::ff" },
	};
	char buf[ADDR_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct addr addr = addr_of(cases[i].addr), net = addr_network(&addr, cases[i].len);

		CHECK(strcmp(addr_format(buf, &net), cases[i].net) == 0, "%s/%u: %s", cases[i].addr,
		      cases[i].len, buf);
	}
}

static void no_address_lies_in_the_other_family_or_in_an_impossible_prefix(void **state)
{
	struct addr four = addr_of("0.0.0.0"), six = addr_of("::");

	(void)state;
	assert_true(addr_in_prefix(&four, &four, 32));
	assert_false(addr_in_prefix(&four, &four, 33));
	assert_true(addr_in_prefix(&six, &six, 128));
	assert_false(addr_in_prefix(&six, &six, 129));
	assert_false(addr_in_prefix(&four, &six, 0));
	assert_false(addr_in_prefix(&six, &four, 0));
}

static void no_address_is_a_value_too(void **state)
{
	struct addr none = { .family = AF_UNSPEC }, zero = addr_of("0.0.0.0");
	struct sockaddr_storage other = { .ss_family = AF_UNIX };
	char buf[ADDR_TEXT_MAX];

	(void)state;
	assert_false(addr_is_set(&none));
	assert_true(addr_is_set(&zero));
	assert_true(addr_equal(&none, &none));
	assert_false(addr_equal(&none, &zero));
	assert_string_equal(addr_format(buf, &none), "-");
	none = addr_from_sockaddr(&other);
	assert_false(addr_is_set(&none));
}

static void only_the_used_bytes_are_compared(void **state)
{
	struct addr a = addr_of("192.0.2.1"), b = a;

	(void)state;
	b.bytes[4] = 1;
	assert_true(addr_equal(&a, &b));
	b.bytes[3] = 2;
	assert_false(addr_equal(&a, &b));
	b = addr_of("c000:201::");
	assert_false(addr_equal(&a, &b));
}

static void too_few_bytes_are_no_address(void **state)
{
	const uint8_t bytes[16] = { 192, 0, 2, 1 };
	struct addr addr = { .family = AF_UNSPEC };

	(void)state;
	assert_int_equal(addr_from_bytes(AF_INET, bytes, 3, &addr), -EINVAL);
	assert_int_equal(addr_from_bytes(AF_INET6, bytes, 15, &addr), -EINVAL);
	assert_int_equal(addr_from_bytes(AF_UNIX, bytes, 16, &addr), -EINVAL);
	assert_false(addr_is_set(&addr));
	assert_int_equal(addr_from_bytes(AF_INET, bytes, 4, &addr), 0);
	assert_int_equal(addr.family, AF_INET);
	assert_memory_equal(addr.bytes, bytes, 4);
	assert_int_equal(addr_from_bytes(AF_INET6, bytes, 16, &addr), 0);
	assert_memory_equal(addr.bytes, bytes, 16);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_address_is_numeric_and_whole),
		cmocka_unit_test(text_and_socket_address_read_back_as_the_address),
		cmocka_unit_test(a_prefix_is_compared_bit_by_bit),
		cmocka_unit_test(a_network_is_the_first_bits),
		cmocka_unit_test(no_address_lies_in_the_other_family_or_in_an_impossible_prefix),
		cmocka_unit_test(no_address_is_a_value_too),
		cmocka_unit_test(only_the_used_bytes_are_compared),
		cmocka_unit_test(too_few_bytes_are_no_address),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
