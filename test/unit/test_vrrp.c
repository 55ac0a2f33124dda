#include "support.h"
#include "vrrp.h"

enum { REFUSED = -1, NO_STATE = -2 };

static void keepalived_s_words_and_one_word_are_states(void **state)
{
	static const struct {
		const char *args[6];
		int want; /* enum vrrp_state, REFUSED or NO_STATE */
	} cases[] = {
		{ { "master" }, VRRP_MASTER },
		{ { "BACKUP" }, VRRP_BACKUP },
		{ { "Fault" }, VRRP_FAULT },
		{ { "stop" }, VRRP_STOP },
		{ { "deleted" }, VRRP_STOP },
		{ { "INSTANCE", "VI_1", "MASTER", "150" }, VRRP_MASTER },
		{ { "INSTANCE", "VI_1", "BACKUP", "100" }, VRRP_BACKUP },
		{ { "INSTANCE", "VI_1", "FAULT", "100" }, VRRP_FAULT },
		{ { "INSTANCE", "VI_1", "STOP", "100" }, VRRP_STOP },
		{ { "INSTANCE", "VI_1", "DELETED", "100" }, VRRP_STOP },
		{ { "GROUP", "G1", "MASTER", "0" }, VRRP_MASTER },
		{ { "instance", "master", "backup", "1" }, VRRP_BACKUP },
		{ { "INSTANCE", "VI_1", "MASTER_RX_LOWER_PRI", "150" }, NO_STATE },
		{ { "INSTANCE", "VI_1", "MASTER_PRIORITY", "150" }, NO_STATE },
		{ { "INSTANCE", "VI_1", "BACKUP_PRIORITY", "150" }, NO_STATE },
		{ { NULL }, REFUSED },
		{ { "" }, REFUSED },
		{ { "masters" }, REFUSED },
		{ { "mast" }, REFUSED },
		{ { "MASTER_PRIORITY" }, REFUSED },
		{ { "master", "backup" }, REFUSED },
		{ { "INSTANCE", "VI_1", "MASTER" }, REFUSED },
		{ { "INSTANCE", "VI_1", "MASTER", "150", "x" }, REFUSED },
		{ { "VI_1", "INSTANCE", "MASTER", "150" }, REFUSED },
		{ { "INSTANCE", "VI_1", "", "150" }, REFUSED },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		enum vrrp_state got = VRRP_FAULT;
		bool is_state = true;
		char *argv[6] = { NULL };
		int argc = 0, ret;

		for (; cases[i].args[argc] != NULL; argc++)
			memcpy(&argv[argc], &cases[i].args[argc], sizeof(argv[0]));
		ret = vrrp_parse_args(argc, argv, &got, &is_state);
		CHECK(ret == (cases[i].want == REFUSED ? -EINVAL : 0), "case %zu", i);
		CHECK(ret != 0 || is_state == (cases[i].want != NO_STATE), "case %zu", i);
		CHECK(cases[i].want < 0 || got == (enum vrrp_state)cases[i].want, "case %zu", i);
	}
}

static void each_state_reads_back_from_its_name(void **state)
{
	(void)state;
	for (enum vrrp_state s = VRRP_MASTER; s <= VRRP_STOP; s++) {
		enum vrrp_state back = s == VRRP_STOP ? VRRP_MASTER : VRRP_STOP;
		char name[16];
		char *argv[] = { name };
		bool is_state = false;

		snprintf(name, sizeof(name), "%s", vrrp_state_name(s));
		assert_int_equal(vrrp_parse_args(1, argv, &back, &is_state), 0);
		assert_true(is_state);
		assert_int_equal(back, s);
	}
}

static void the_address_says_who_is_master(void **state)
{
	(void)state;
	for (enum vrrp_state reported = VRRP_MASTER; reported <= VRRP_STOP; reported++) {
		assert_int_equal(vrrp_true_state(reported, true), VRRP_MASTER);
		assert_int_equal(vrrp_true_state(reported, false),
				 reported == VRRP_MASTER ? VRRP_BACKUP : reported);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keepalived_s_words_and_one_word_are_states),
		cmocka_unit_test(each_state_reads_back_from_its_name),
		cmocka_unit_test(the_address_says_who_is_master),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
