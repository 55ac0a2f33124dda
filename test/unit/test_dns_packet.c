#include "dns_packet.h"

#include "support.h"

#define NAME "api.soracom.io"

struct packet {
	uint8_t bytes[DNS_PACKET_MAX];
	size_t len;
};

static struct packet question(void)
{
	struct packet packet;

	assert_int_equal(dns_packet_ask(packet.bytes, 0x1234, NAME, &packet.len), 0);
	return packet;
}

/* The answer of `count` records to the question; `records` follow it. */
static struct packet answer(unsigned code, unsigned count, const void *records, size_t len)
{
	struct packet packet = question();

	packet.bytes[2] |= 0x80;
	packet.bytes[3] = (uint8_t)(0x80 | code);
	packet.bytes[7] = (uint8_t)count;
	memcpy(packet.bytes + packet.len, records, len);
	packet.len += len;
	return packet;
}

static int read_it(const struct packet *packet, struct addr *out)
{
	const struct packet asked = question();

	return dns_packet_read(packet->bytes, packet->len, asked.bytes, asked.len, out);
}

/* A canonical name, and then the address, behind pointers to the question. */
static const uint8_t records[] = { 0xc0, 12,  0,    5,	0, 1,	0,    0,  0,   60, 0, 4,
				   1,	 'x', 0xc0, 16, 1, 'x', 0xc0, 16, 0,   1,  0, 1,
				   0,	 0,   0,    60, 0, 4,	203,  0,  113, 80 };

static void the_question_is_that_of_the_rfc(void **state)
{
	static const uint8_t want[] = "\x12\x34\x01\0\0\1\0\0\0\0\0\0"
				      "\3api\7soracom\2io\0\0\1\0\1";
	const struct packet packet = question();

	(void)state;
	assert_int_equal(packet.len, sizeof(want) - 1);
	assert_memory_equal(packet.bytes, want, packet.len);
}

static void what_is_no_name_is_not_asked_for(void **state)
{
	static const char *const names[] = {
		"",
		"a..b",
		".a",
		"a.",
		"a b",
		"a_b",
		"http://a",
		"a:443",
		"aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggg.io"
	};
	uint8_t buf[DNS_PACKET_MAX];
	char name[300];
	size_t len;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		assert_int_equal(dns_packet_ask(buf, 1, names[i], &len), -EINVAL);
	for (size_t i = 0; i < sizeof(name); i++)
		name[i] = i % 2 == 0 ? 'a' : '.';
	name[253] = '\0';
	assert_int_equal(dns_packet_ask(buf, 1, name, &len), 0);
	assert_true(len <= DNS_PACKET_MAX);
	name[253] = '.';
	name[255] = '\0';
	assert_int_equal(dns_packet_ask(buf, 1, name, &len), -EINVAL);
}

static void the_first_address_is_found(void **state)
{
	const struct packet packet = answer(0, 2, records, sizeof(records));
	struct addr addr, want;

	(void)state;
	assert_int_equal(addr_parse("203.0.113.80", AF_INET, &want), 0);
	assert_int_equal(read_it(&packet, &addr), 0);
	assert_true(addr_equal(&addr, &want));
}

static void what_is_no_address_is_none(void **state)
{
	const struct packet none = answer(0, 0, "", 0), unknown = answer(3, 0, "", 0);
	const struct packet refused = answer(5, 0, "", 0), alias = answer(0, 1, records, 16);
	struct packet other = answer(0, 2, records, sizeof(records));
	struct addr addr;

	(void)state;
	assert_int_equal(read_it(&none, &addr), -ENOENT);
	assert_int_equal(read_it(&unknown, &addr), -ENOENT);
	assert_int_equal(read_it(&alias, &addr), -ENOENT);
	assert_int_equal(read_it(&refused, &addr), -EPROTO);
	/* Of another question. */
	other.bytes[0] ^= 1;
	assert_int_equal(read_it(&other, &addr), -EAGAIN);
	other = answer(0, 2, records, sizeof(records));
	other.bytes[13] = 'A';
	assert_int_equal(read_it(&other, &addr), -EAGAIN);
	other = question();
	assert_int_equal(read_it(&other, &addr), -EAGAIN);
}

static void a_packet_that_is_cut_has_no_address(void **state)
{
	struct packet packet = answer(0, 2, records, sizeof(records));
	struct addr addr;

	(void)state;
	while (packet.len-- > 0) {
		int ret = read_it(&packet, &addr);

		assert_int_equal(ret, packet.len < question().len ? -EAGAIN : -EPROTO);
	}
}

/* The bytes stand at the end of memory that is theirs, so that a sanitizer sees one that is too
 * many. */
static void rubbish_is_survived(void **state)
{
	const struct packet asked = question();

	(void)state;
	for (int i = 0; i < 20000; i++) {
		struct packet packet = answer(0, 2, records, sizeof(records));
		size_t len = random_below((uint32_t)packet.len) + 1;
		uint8_t *exact = test_malloc(len);
		struct addr addr;
		int ret;

		for (uint32_t j = random_below(6) + 1; j > 0; j--)
			packet.bytes[random_below((uint32_t)packet.len)] = (uint8_t)random_next();
		memcpy(exact, packet.bytes, len);
		ret = dns_packet_read(exact, len, asked.bytes, asked.len, &addr);
		assert_true(ret == 0 || ret == -EAGAIN || ret == -ENOENT || ret == -EPROTO);
		test_free(exact);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_question_is_that_of_the_rfc),
		cmocka_unit_test(what_is_no_name_is_not_asked_for),
		cmocka_unit_test(the_first_address_is_found),
		cmocka_unit_test(what_is_no_address_is_none),
		cmocka_unit_test(a_packet_that_is_cut_has_no_address),
		cmocka_unit_test(rubbish_is_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
