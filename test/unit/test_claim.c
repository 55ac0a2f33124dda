#include "claim.h"

#include <net/if_arp.h>
#include <netinet/icmp6.h>
#include <stdlib.h>
#include <unistd.h>

#include "checksum.h"
#include "support.h"

enum { ARP_LEN = 28, ND_LEN = 72, IP6_LEN = 40 };

static const struct mac ours = { { 0x02, 0, 0, 0, 0, 1 } }, other = { { 0x02, 0, 0, 0, 0, 9 } };

static struct claim_question question_of(sa_family_t family)
{
	struct claim_question question = { .mac = ours };

	if (family == AF_INET) {
		assert_int_equal(addr_parse("192.168.0.254", family, &question.address), 0);
	} else {
		assert_int_equal(addr_parse("fd00::fe:1254", family, &question.address), 0);
		assert_int_equal(addr_parse("fe80::11", family, &question.from), 0);
	}
	return question;
}

/* Writes the checksum that the packet of `len` bytes has to have. */
static void sign(uint8_t *packet, size_t len)
{
	uint8_t all[512] = { 0 };
	uint16_t sum;

	packet[42] = 0;
	packet[43] = 0;
	memcpy(all, packet + 8, 32);
	all[34] = (uint8_t)((len - IP6_LEN) >> 8);
	all[35] = (uint8_t)(len - IP6_LEN);
	all[39] = IPPROTO_ICMPV6;
	memcpy(all + IP6_LEN, packet + IP6_LEN, len - IP6_LEN);
	sum = checksum_of(all, len);
	packet[42] = (uint8_t)(sum >> 8);
	packet[43] = (uint8_t)sum;
}

/* The answer to `question` of the machine `other`. Returns its length. */
static size_t write_answer(const struct claim_question *question, uint8_t *buf)
{
	struct mac to;
	size_t len = claim_write_question(question, buf, &to);

	if (question->address.family == AF_INET) {
		buf[7] = ARPOP_REPLY;
		memcpy(buf + 18, buf + 8, MAC_LEN);
		memcpy(buf + 8, other.bytes, MAC_LEN);
		memcpy(buf + 14, question->address.bytes, 4);
		memset(buf + 24, 0, 4);
		return len;
	}
	memcpy(buf + 8, question->address.bytes, 16);
	memcpy(buf + 24, question->from.bytes, 16);
	buf[40] = ND_NEIGHBOR_ADVERT;
	buf[44] = 0x60; /* solicited, override */
	buf[64] = ND_OPT_TARGET_LINKADDR;
	memcpy(buf + 66, other.bytes, MAC_LEN);
	sign(buf, len);
	return len;
}

/* Reads from memory that ends with the packet: ASan sees each byte too far. */
static enum claim_kind read_packet(const struct claim_question *question, const uint8_t *buf,
				   size_t len, struct claim *out)
{
	uint8_t *copy = malloc(len > 0 ? len : 1);
	enum claim_kind kind;

	assert_non_null(copy);
	memcpy(copy, buf, len);
	kind = claim_read(question, copy, len, out);
	free(copy);
	return kind;
}

/* Whether the kernel lets it pass. A socket pair gives the filter what packet(7) with SOCK_DGRAM
 * does, and needs no privilege. */
static bool passes(const struct claim_question *question, const uint8_t *buf, size_t len)
{
	struct sock_filter code[CLAIM_FILTER_MAX];
	const struct sock_fprog program = { claim_write_filter(question, code), code };
	uint8_t got[CLAIM_PACKET_MAX];
	int fds[2];
	bool passed;

	assert_in_range(program.len, 1, CLAIM_FILTER_MAX);
	assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, fds), 0);
	assert_int_equal(
		setsockopt(fds[1], SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)), 0);
	/* A packet that is dropped is an error to the sender, or none, by the kernel's version. */
	passed = send(fds[0], buf, len, 0) >= 0;
	passed = recv(fds[1], got, sizeof(got), 0) == (ssize_t)len && passed;
	close(fds[0]);
	close(fds[1]);
	return passed;
}

static void a_probe_has_the_bytes_of_rfc_5227(void **state)
{
	static const uint8_t probe[ARP_LEN] = { 0, 1, 8, 0, 6, 4, 0, 1, 2, 0, 0,   0,	0, 1,
						0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 192, 168, 0, 254 };
	const struct claim_question question = question_of(AF_INET);
	const struct mac broadcast = { { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } };
	uint8_t buf[CLAIM_QUESTION_MAX];
	struct mac to;

	(void)state;
	assert_int_equal(claim_write_question(&question, buf, &to), ARP_LEN);
	assert_memory_equal(buf, probe, ARP_LEN);
	assert_true(mac_equal(&to, &broadcast));
}

static void a_solicitation_has_the_bytes_of_rfc_4861(void **state)
{
	static const uint8_t start[] = { 0x60, 0, 0, 0, 0, 32, IPPROTO_ICMPV6, 255 };
	static const uint8_t end[] = { 1, 1, 2, 0, 0, 0, 0, 1 };
	const struct claim_question question = question_of(AF_INET6);
	const struct mac group = { { 0x33, 0x33, 0xff, 0xfe, 0x12, 0x54 } };
	uint8_t buf[CLAIM_QUESTION_MAX], again[CLAIM_QUESTION_MAX];
	struct addr to_addr;
	struct mac to;

	(void)state;
	assert_int_equal(claim_write_question(&question, buf, &to), ND_LEN);
	assert_true(mac_equal(&to, &group));
	assert_memory_equal(buf, start, sizeof(start));
	assert_memory_equal(buf + 8, question.from.bytes, 16);
	assert_int_equal(addr_parse("ff02::1:fffe:1254", AF_INET6, &to_addr), 0);
	assert_memory_equal(buf + 24, to_addr.bytes, 16);
	assert_int_equal(buf[40], ND_NEIGHBOR_SOLICIT);
	assert_memory_equal(buf + 48, question.address.bytes, 16);
	assert_memory_equal(buf + 64, end, sizeof(end));
	memcpy(again, buf, ND_LEN);
	sign(again, ND_LEN);
	assert_memory_equal(buf, again, ND_LEN);
}

static void an_announcement_has_the_bytes_of_rfc_5227_and_rfc_4861(void **state)
{
	static const uint8_t arp[ARP_LEN] = {
		0,   1,	  8, 0,	  6, 4, 0, 1, 2, 0, 0,	 0,   0, 9,
		192, 168, 0, 254, 0, 0, 0, 0, 0, 0, 192, 168, 0, 254
	};
	static const uint8_t advert_end[] = { 2, 1, 2, 0, 0, 0, 0, 9 };
	const struct mac nodes = { { 0x33, 0x33, 0, 0, 0, 1 } };
	struct claim_question question = question_of(AF_INET);
	uint8_t buf[CLAIM_QUESTION_MAX], again[CLAIM_QUESTION_MAX];
	struct claim claim = { .answer = true };
	struct addr to_addr;
	struct mac to;

	(void)state;
	assert_int_equal(claim_write_announcement(&question, &other, buf, &to), ARP_LEN);
	assert_memory_equal(buf, arp, ARP_LEN);
	assert_int_equal(read_packet(&question, buf, ARP_LEN, &claim), CLAIM_MADE);
	assert_false(claim.answer);

	question = question_of(AF_INET6);
	assert_int_equal(claim_write_announcement(&question, &other, buf, &to), ND_LEN);
	assert_true(mac_equal(&to, &nodes));
	assert_memory_equal(buf + 8, question.from.bytes, 16);
	assert_int_equal(addr_parse("ff02::1", AF_INET6, &to_addr), 0);
	assert_memory_equal(buf + 24, to_addr.bytes, 16);
	assert_int_equal(buf[40], ND_NEIGHBOR_ADVERT);
	assert_int_equal(buf[44], 0xa0); /* router, override; not solicited */
	assert_memory_equal(buf + 48, question.address.bytes, 16);
	assert_memory_equal(buf + 64, advert_end, sizeof(advert_end));
	memcpy(again, buf, ND_LEN);
	sign(again, ND_LEN);
	assert_memory_equal(buf, again, ND_LEN);
	assert_int_equal(read_packet(&question, buf, ND_LEN, &claim), CLAIM_MADE);
	assert_false(claim.answer);
}

static void an_answer_names_who_has_the_address(void **state)
{
	static const sa_family_t families[] = { AF_INET, AF_INET6 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(families); i++) {
		const struct claim_question question = question_of(families[i]);
		uint8_t buf[CLAIM_QUESTION_MAX];
		size_t len = write_answer(&question, buf);
		struct claim claim = { .answer = false };

		assert_int_equal(read_packet(&question, buf, len, &claim), CLAIM_MADE);
		assert_true(mac_equal(&claim.mac, &other));
		assert_true(claim.answer);
		assert_true(passes(&question, buf, len));
		for (size_t cut = 0; cut < len; cut++)
			CHECK(read_packet(&question, buf, cut, &claim) == CLAIM_NONE,
			      "%zu of %zu bytes", cut, len);
	}
}

static void an_announcement_does_too_but_is_no_answer(void **state)
{
	struct claim_question question = question_of(AF_INET);
	struct claim claim = { .answer = true };
	uint8_t buf[CLAIM_QUESTION_MAX];
	size_t len = write_answer(&question, buf);

	(void)state;
	buf[7] = ARPOP_REQUEST; /* RFC 5227, section 3: the target is the sender */
	memset(buf + 18, 0, MAC_LEN);
	memcpy(buf + 24, question.address.bytes, 4);
	assert_int_equal(read_packet(&question, buf, len, &claim), CLAIM_MADE);
	assert_false(claim.answer);
	buf[7] = ARPOP_REPLY;
	memset(buf + 18, 0xff, MAC_LEN);
	assert_int_equal(read_packet(&question, buf, len, &claim), CLAIM_MADE);
	assert_false(claim.answer);

	question = question_of(AF_INET6);
	len = write_answer(&question, buf);
	memcpy(buf + 24, (const uint8_t[16]){ 0xff, 2, [15] = 1 }, 16);
	buf[44] = 0x20;
	sign(buf, len);
	assert_int_equal(read_packet(&question, buf, len, &claim), CLAIM_MADE);
	assert_false(claim.answer);
}

static void our_own_question_is_an_echo_and_our_own_claim_is_nothing(void **state)
{
	static const sa_family_t families[] = { AF_INET, AF_INET6 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(families); i++) {
		const struct claim_question question = question_of(families[i]);
		uint8_t buf[CLAIM_QUESTION_MAX];
		struct claim claim;
		struct mac to;
		size_t len = claim_write_question(&question, buf, &to);

		assert_int_equal(read_packet(&question, buf, len, &claim), CLAIM_ECHO);
		assert_true(passes(&question, buf, len));
		len = write_answer(&question, buf);
		memcpy(buf + (families[i] == AF_INET ? 8 : 66), ours.bytes, MAC_LEN);
		if (families[i] == AF_INET6)
			sign(buf, len);
		assert_int_equal(read_packet(&question, buf, len, &claim), CLAIM_NONE);
	}
}

/* A byte of an answer that must be what it is. */
struct broken {
	sa_family_t family;
	size_t offset;
	uint8_t value;
	bool unsigned_; /* the checksum stays as it was */
	bool passes;	/* the filter leaves it to the reader */
};

static void what_is_broken_is_nothing(void **state)
{
	static const struct broken cases[] = {
		{ AF_INET, 1, 6, false, false }, /* IEEE 802 */
		{ AF_INET, 2, 0x86, false, false },
		{ AF_INET, 4, 8, false, false }, /* longer addresses */
		{ AF_INET, 5, 16, false, false },
		{ AF_INET, 7, 3, false, true },	    /* RARP */
		{ AF_INET, 17, 253, false, false }, /* another address */
		{ AF_INET6, 0, 0x40, false, true },
		{ AF_INET6, 4, 1, true, true }, /* longer than it is */
		{ AF_INET6, 5, 0, true, true }, /* shorter than its head */
		{ AF_INET6, 6, IPPROTO_UDP, false, false },
		{ AF_INET6, 7, 254, false, false }, /* from beyond a router */
		{ AF_INET6, 40, ND_ROUTER_ADVERT, false, false },
		{ AF_INET6, 41, 1, false, true },
		{ AF_INET6, 43, 0x99, true, true },
		{ AF_INET6, 48, 0xfc, false, true }, /* another address, by its first byte */
		{ AF_INET6, 63, 0x55, false, false },
		{ AF_INET6, 64, 1, false, true }, /* a source's hardware address */
		{ AF_INET6, 65, 0, false, true }, /* an option without length */
		{ AF_INET6, 65, 2, false, true }, /* one that is longer than the packet */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct broken *c = &cases[i];
		const struct claim_question question = question_of(c->family);
		uint8_t buf[CLAIM_QUESTION_MAX];
		size_t len = write_answer(&question, buf);
		struct claim claim;

		assert_int_not_equal(buf[c->offset], c->value);
		buf[c->offset] = c->value;
		if (c->family == AF_INET6 && !c->unsigned_)
			sign(buf, len);
		CHECK(read_packet(&question, buf, len, &claim) == CLAIM_NONE, "case %zu", i);
		CHECK(passes(&question, buf, len) == c->passes, "case %zu in the kernel", i);
	}
}

static void a_hardware_address_of_zeros_is_none(void **state)
{
	struct claim_question question = question_of(AF_INET);
	uint8_t buf[CLAIM_QUESTION_MAX];
	struct claim claim;
	size_t len = write_answer(&question, buf);

	(void)state;
	memset(buf + 8, 0, MAC_LEN);
	assert_int_equal(read_packet(&question, buf, len, &claim), CLAIM_NONE);
	question = question_of(AF_INET6);
	len = write_answer(&question, buf);
	memset(buf + 66, 0, MAC_LEN);
	sign(buf, len);
	assert_int_equal(read_packet(&question, buf, len, &claim), CLAIM_NONE);
}

/* The kernel must not drop what the reader would understand. */
static void the_filter_lets_pass_whatever_is_read(void **state)
{
	static const sa_family_t families[] = { AF_INET, AF_INET6 };
	unsigned read = 0, dropped = 0;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		const struct claim_question question = question_of(families[i % 2]);
		uint8_t buf[CLAIM_QUESTION_MAX];
		struct claim claim;
		struct mac to;
		size_t len = random_below(2) == 0 ? write_answer(&question, buf)
						  : claim_write_question(&question, buf, &to);
		bool passed, is_read;

		for (uint32_t changes = random_below(3); changes > 0; changes--)
			buf[random_below((uint32_t)len)] = (uint8_t)random_below(256);
		if (families[i % 2] == AF_INET6 && random_below(4) != 0)
			sign(buf, len);
		is_read = read_packet(&question, buf, len, &claim) != CLAIM_NONE;
		passed = passes(&question, buf, len);
		CHECK(passed || !is_read, "packet %d", i);
		read += is_read;
		dropped += !passed;
	}
	CHECK(read > 2000 && dropped > 2000, "%u read, %u dropped", read, dropped);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_probe_has_the_bytes_of_rfc_5227),
		cmocka_unit_test(a_solicitation_has_the_bytes_of_rfc_4861),
		cmocka_unit_test(an_announcement_has_the_bytes_of_rfc_5227_and_rfc_4861),
		cmocka_unit_test(an_answer_names_who_has_the_address),
		cmocka_unit_test(an_announcement_does_too_but_is_no_answer),
		cmocka_unit_test(our_own_question_is_an_echo_and_our_own_claim_is_nothing),
		cmocka_unit_test(what_is_broken_is_nothing),
		cmocka_unit_test(a_hardware_address_of_zeros_is_none),
		cmocka_unit_test(the_filter_lets_pass_whatever_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
