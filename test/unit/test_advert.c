#include "advert.h"
#include "support.h"

/* VRRPv2 with two addresses and a password, and VRRPv3 with one, as keepalived sends them. */
static const uint8_t version2[] = {
	0x45, 0xc0, 0,	 44,  0,   1,	0,    0,    255, 112, 0, 0,   192, 168, 0, 1,
	224,  0,    0,	 18,								/* IP */
	0x21, 51,   250, 2,   1,   1,	0xba, 0x52, 192, 168, 0, 254, 192, 168, 0, 253, /* VRRP */
	'a',  'r',  't', 'i', 'c', 'l', 'e',  0,
};
static const uint8_t version3[] = {
	0x46, 0xc0, 0,	 36, 0,	   1,	0, 0, 255, 112, 0, 0,
	192,  168,  0,	 2,  192,  168, 0, 1, 0,   0,	0, 0, /* an option */
	0x31, 52,   100, 1,  0xf0, 10,	0, 0, 192, 168, 0, 254,
};

static void an_advertisement_of_version_2(void **state)
{
	struct advert advert;
	char text[ADDR_TEXT_MAX];

	(void)state;
	assert_int_equal(advert_parse(version2, sizeof(version2), &advert), 0);
	assert_string_equal(addr_format(text, &advert.source), "192.168.0.1");
	assert_int_equal(advert.version, 2);
	assert_int_equal(advert.vrid, 51);
	assert_int_equal(advert.priority, 250);
	assert_int_equal(advert.interval_ms, 1000);
	assert_true(advert.has_password);
	assert_string_equal(advert.password, "article");
	assert_int_equal(advert.count, 2);
	assert_string_equal(addr_format(text, &advert.addrs[1]), "192.168.0.253");
}

static void an_advertisement_of_version_3(void **state)
{
	struct advert advert;
	char text[ADDR_TEXT_MAX];

	(void)state;
	assert_int_equal(advert_parse(version3, sizeof(version3), &advert), 0);
	assert_string_equal(addr_format(text, &advert.source), "192.168.0.2");
	assert_int_equal(advert.version, 3);
	assert_int_equal(advert.vrid, 52);
	assert_int_equal(advert.priority, 100);
	assert_int_equal(advert.interval_ms, 100);
	assert_false(advert.has_password);
	assert_int_equal(advert.count, 1);
	assert_string_equal(addr_format(text, &advert.addrs[0]), "192.168.0.254");
}

static void what_is_cut_off_is_none(void **state)
{
	struct advert advert;

	(void)state;
	for (size_t len = 0; len < sizeof(version3); len++)
		assert_int_equal(advert_parse(version3, len, &advert), -EINVAL);
	/* Only the password of version 2 may be missing. */
	for (size_t len = 0; len < sizeof(version2) - 8; len++)
		assert_int_equal(advert_parse(version2, len, &advert), -EINVAL);
	assert_int_equal(advert_parse(version2, sizeof(version2) - 1, &advert), 0);
	assert_string_equal(advert.password, "");
}

static void what_is_something_else_is_none(void **state)
{
	static const struct {
		size_t at;
		uint8_t value;
	} cases[] = {
		{ 0, 0x65 },		   /* IPv6 */
		{ 0, 0x44 },		   /* a header that is too short */
		{ 0, 0x4f },		   /* one that is longer than the packet */
		{ 9, 17 },		   /* UDP */
		{ 20, 0x22 },		   /* another type */
		{ 20, 0x11 },		   /* version 1 */
		{ 20, 0x41 }, { 23, 200 }, /* more addresses than there are bytes */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		uint8_t packet[sizeof(version2)];
		struct advert advert;

		memcpy(packet, version2, sizeof(packet));
		packet[cases[i].at] = cases[i].value;
		CHECK(advert_parse(packet, sizeof(packet), &advert) == -EINVAL, "byte %zu",
		      cases[i].at);
	}
}

static void more_addresses_than_are_kept(void **state)
{
	uint8_t packet[28 + 255 * 4] = { 0x45 };
	struct advert advert;

	(void)state;
	memcpy(packet, version2, 28);
	packet[20] = 0x31;
	packet[23] = 255;
	assert_int_equal(advert_parse(packet, sizeof(packet), &advert), 0);
	assert_int_equal(advert.count, ADVERT_ADDRS_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_advertisement_of_version_2),
		cmocka_unit_test(an_advertisement_of_version_3),
		cmocka_unit_test(what_is_cut_off_is_none),
		cmocka_unit_test(what_is_something_else_is_none),
		cmocka_unit_test(more_addresses_than_are_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
