#include "mac.h"

#include "support.h"

static void what_is_written_is_read_again(void **state)
{
	const struct mac mac = { { 0x02, 0x00, 0xab, 0xcd, 0xef, 0xff } };
	struct mac again = { { 0 } };
	char text[MAC_TEXT_MAX];

	(void)state;
	assert_string_equal(mac_format(text, &mac), "02:00:ab:cd:ef:ff");
	assert_int_equal(mac_parse(text, &again), 0);
	assert_true(mac_equal(&mac, &again));
	assert_true(mac_is_set(&mac));
}

static void nothing_else_is_read(void **state)
{
	static const char *const wrong[] = { "",
					     "02:00:ab:cd:ef",
					     "02:00:ab:cd:ef:fg",
					     "02:00:ab:cd:ef:ff:",
					     "02-00-ab-cd-ef-ff",
					     "2:0:ab:cd:ef:ff:01",
					     "02:00:ab:cd:ef:f\n",
					     "02:00:AB:CD:EF:FF" };
	const struct mac none = { { 0 } };
	struct mac mac = none;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		CHECK(mac_parse(wrong[i], &mac) == -EINVAL, "%s", wrong[i]);
	assert_true(mac_equal(&mac, &none));
	assert_false(mac_is_set(&mac));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read_again),
		cmocka_unit_test(nothing_else_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
