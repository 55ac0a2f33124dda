#include "drill_rule.h"

#include "support.h"

#define FOR_MS 30000

/* One letter every half second:
 *
 *   H  the address is here      o  another router has it     n  nobody has
 *   w  here, but no watcher     d  here, but the line is down
 *   L  away, and the line is down                             s  away, and a person stops it
 *   .  five seconds away */
static enum drill_end take_letter(struct drill *drill, char letter, int64_t *now_ms)
{
	struct drill_look look = { .watched = true, .up = true };
	enum drill_end end = DRILL_GOES_ON;

	for (int i = letter == '.' ? 10 : 1; i > 0 && end == DRILL_GOES_ON; i--) {
		*now_ms += 500;
		look.now_ms = *now_ms;
		look.held = letter == 'H' || letter == 'w' || letter == 'd';
		look.other = letter == 'o' || letter == '.' || letter == 'L' || letter == 's';
		look.watched = letter != 'w';
		look.up = letter != 'd' && letter != 'L';
		look.stopped = letter == 's';
		end = drill_take(drill, &look);
	}
	return end;
}

static void a_course_has_the_end_that_was_thought_out(void **state)
{
	static const struct {
		const char *course;
		enum drill_end end; /* at its last letter, not before */
		int64_t gap_ms, away_ms;
	} cases[] = {
		{ "HHo.....ooooooooo", DRILL_GOES_ON, 500, 29500 },
		{ "HHo......", DRILL_OVER, 500, 30000 },
		{ "HHnno......", DRILL_OVER, 1500, 30000 },
		{ "HHHHHHHHHHHHHHHHHHH", DRILL_GOES_ON, 0, 0 },
		{ "HHHHHHHHHHHHHHHHHHHH", DRILL_NOT_TAKEN, 0, 0 },
		{ "Hnnnnnnn", DRILL_GOES_ON, 0, 0 },
		{ "Hnnnnnnnn", DRILL_NO_GATEWAY, 0, 0 },
		{ "nnnnnnnn", DRILL_NO_GATEWAY, 0, 0 },
		{ "HoonnnnnnnonnnnnnnH", DRILL_GIVEN_BACK, 500, 8500 },
		{ "Hoonnnnnnnn", DRILL_NO_GATEWAY, 500, 4500 },
		{ "HooH", DRILL_GIVEN_BACK, 500, 1000 },
		{ "HHw", DRILL_NO_WATCHER, 0, 0 },
		{ "Hd", DRILL_LINE_DOWN, 0, 0 },
		{ "HoooL", DRILL_LINE_DOWN, 500, 1500 },
		{ "Hoos", DRILL_STOPPED, 500, 1000 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct drill drill = { .begun_ms = 1000, .for_ms = FOR_MS };
		const char *letter = cases[i].course;
		enum drill_end end = DRILL_GOES_ON;
		int64_t now_ms = drill.begun_ms;

		for (; *letter != '\0' && end == DRILL_GOES_ON; letter++)
			end = take_letter(&drill, *letter, &now_ms);
		if (*letter != '\0' || end != cases[i].end)
			fail_msg("%s: %s at `%s'", cases[i].course, drill_end_text(end), letter);
		assert_int_equal(drill_gap_ms(&drill), cases[i].gap_ms);
		assert_int_equal(drill_away_ms(&drill, now_ms), cases[i].away_ms);
		assert_int_equal(drill.ended_ms, end == DRILL_GOES_ON ? 0 : now_ms);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_course_has_the_end_that_was_thought_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
