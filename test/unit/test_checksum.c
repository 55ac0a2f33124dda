#include "checksum.h"

#include "support.h"

static void the_checksum_is_that_of_rfc_1071(void **state)
{
	static const uint8_t example[] = { 0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7 };
	static uint8_t ones[65536];

	(void)state;
	assert_int_equal(checksum_of(example, sizeof(example)), 0xffff - 0xddf2);
	assert_int_equal(checksum_of(example, 0), 0xffff);
	assert_int_equal(checksum_of(example + 2, 1), 0xffff - 0xf200); /* odd: padded with 0 */
	memset(ones, 0xff, sizeof(ones));
	assert_int_equal(checksum_of(ones, sizeof(ones)), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_checksum_is_that_of_rfc_1071),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
