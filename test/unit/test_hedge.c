#include "hedge.h"
#include "support.h"

enum { TARGETS = 6 };

/* Calls `check` for every round of up to TARGETS hosts. */
static void for_every_round(void (*check)(const struct hedge_round *round))
{
	struct hedge_round r;

	for (r.targets = 1; r.targets <= TARGETS; r.targets++)
		for (r.need = 1; r.need <= r.targets; r.need++)
			for (r.answered = 0; r.answered <= r.targets; r.answered++)
				for (r.refused = 0; r.refused + r.answered <= r.targets;
				     r.refused++)
					for (int over = 0; over < 2; over++) {
						r.time_over = over == 1;
						check(&r);
					}
}

static void check_definition(const struct hedge_round *r)
{
	enum verdict verdict = hedge_verdict(r);

	CHECK((verdict == VERDICT_UP) == (r->answered >= r->need), "%u of %u, %u refused",
	      r->answered, r->targets, r->refused);
	if (r->time_over)
		assert_int_not_equal(verdict, VERDICT_PENDING);
	else
		CHECK((verdict == VERDICT_DOWN) == (r->targets - r->refused < r->need),
		      "%u of %u, %u refused", r->answered, r->targets, r->refused);
}

/* Ranked from bad to good. */
static int rank(enum verdict verdict)
{
	return verdict == VERDICT_UP ? 2 : verdict == VERDICT_PENDING ? 1 : 0;
}

static void check_monotone(const struct hedge_round *r)
{
	struct hedge_round more = *r;

	if (r->answered + r->refused == r->targets)
		return;
	more.answered++;
	CHECK(rank(hedge_verdict(&more)) >= rank(hedge_verdict(r)), "%u answers of %u",
	      more.answered, r->targets);
	more = *r;
	more.refused++;
	CHECK(rank(hedge_verdict(&more)) <= rank(hedge_verdict(r)), "%u refusals of %u",
	      more.refused, r->targets);
}

/* A verdict is said once: what comes in later cannot turn it round. */
static void check_certain(const struct hedge_round *r)
{
	struct hedge_round later = *r;
	unsigned left = r->targets - r->answered - r->refused;

	if (hedge_verdict(r) == VERDICT_PENDING || r->time_over)
		return;
	for (unsigned good = 0; good <= left; good++) {
		later.answered = r->answered + good;
		later.refused = r->refused + left - good;
		later.time_over = true;
		assert_int_equal(hedge_verdict(&later), hedge_verdict(r));
	}
}

static void check_due(const struct hedge_round *r)
{
	unsigned due = hedge_targets_due(r, false);

	assert_int_equal(hedge_targets_due(r, true), r->targets);
	assert_in_range(due, r->need, r->targets);
	if (r->refused == 0)
		assert_int_equal(due, r->need); /* nobody is asked without need */
	if (due < r->targets)
		assert_int_equal(due - r->refused, r->need); /* enough are still able to answer */
}

static void the_verdict_is_up_with_enough_answers_and_down_without_hope(void **state)
{
	(void)state;
	for_every_round(check_definition);
}

static void more_answers_never_turn_up_into_down(void **state)
{
	(void)state;
	for_every_round(check_monotone);
}

static void an_early_verdict_is_certain(void **state)
{
	(void)state;
	for_every_round(check_certain);
}

static void as_many_are_asked_as_are_needed_and_all_when_they_are_late(void **state)
{
	(void)state;
	for_every_round(check_due);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_verdict_is_up_with_enough_answers_and_down_without_hope),
		cmocka_unit_test(more_answers_never_turn_up_into_down),
		cmocka_unit_test(an_early_verdict_is_certain),
		cmocka_unit_test(as_many_are_asked_as_are_needed_and_all_when_they_are_late),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
