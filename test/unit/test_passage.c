/* A metered line as the watcher sees it, half a second a step. */
#include "support.h"

#include <string.h>

#include "passage.h"

#define SECOND	 1000
#define STEP	 (SECOND / 2)
#define START_MS 100000

/* A line, and who looks at it. */
struct world {
	struct passage passage;
	struct passage_rule rule;
	struct passage_facts facts;
	bool answers, unsent; /* echoes; they cannot leave */
	int64_t late;	      /* steps until an answer comes */
	int64_t due;	      /* steps until the next one does; 0: none is on its way */
	int64_t echoes;
};

static struct world new_world(void)
{
	return (struct world){ .rule = { .require_reply = true, .runs_wanted = 3 },
			       .facts = { .now_ms = START_MS,
					  .up = true,
					  .address = true,
					  .index = 7,
					  .rx = 50,
					  .tx = 60 },
			       .answers = true };
}

static void step(struct world *w)
{
	w->facts.now_ms += STEP;
	w->facts.answered = false;
	if (w->due > 0 && --w->due == 0) {
		w->facts.rx++;
		w->facts.answered = true;
	}
	if (!passage_look(&w->passage, &w->rule, &w->facts) || w->unsent)
		return;
	passage_note_echo(&w->passage, w->facts.now_ms, true);
	w->facts.tx++;
	w->echoes++;
	if (w->answers && w->due == 0)
		w->due = w->late + 1;
}

/* So many seconds, in each of which the LAN sends and gets so much. */
static void pass(struct world *w, int64_t seconds, int64_t sent, int64_t received)
{
	for (int64_t i = 0; i < seconds * SECOND / STEP; i++) {
		w->facts.tx += sent;
		w->facts.rx += received;
		step(w);
	}
}

static void assert_verdict(const struct world *w, enum verdict verdict, enum verdict_reason reason)
{
	CHECK(w->passage.verdict == verdict, "%s at %lld s, %lld sent, %lld asked",
	      verdict_name(w->passage.verdict), (long long)(w->facts.now_ms - START_MS) / SECOND,
	      (long long)w->passage.sent, (long long)w->passage.asked);
	assert_int_equal(w->passage.reason, reason);
}

static void assert_up(const struct world *w)
{
	assert_verdict(w, VERDICT_UP, VERDICT_NO_REASON);
}

static void assert_down(const struct world *w, enum verdict_reason reason)
{
	assert_verdict(w, VERDICT_DOWN, reason);
}

static void a_backup_asks_nothing_and_goes_by_the_link(void **state)
{
	struct world w = new_world();

	(void)state;
	pass(&w, 3600, 0, 0);
	assert_up(&w);
	w.facts.address = false;
	step(&w);
	assert_down(&w, VERDICT_NO_ADDRESS);
	w.facts.up = false;
	step(&w);
	assert_down(&w, VERDICT_NO_LINK);
	w.facts.up = w.facts.address = true;
	w.facts.index++;
	step(&w);
	assert_up(&w);
	assert_int_equal(w.echoes, 0);
}

static void a_backup_goes_by_the_last_run_until_something_comes_in(void **state)
{
	struct world w = new_world();

	(void)state;
	w.answers = false;
	step(&w);
	w.facts.silent_run = true;
	step(&w);
	assert_down(&w, VERDICT_SILENT);
	/* 1, 2, 4 … s, and then as rarely as the runs: it costs next to nothing. */
	pass(&w, 1200, 0, 0);
	assert_in_range(w.echoes, 10, 12);
	pass(&w, 12000, 0, 0);
	assert_in_range(w.echoes, 19, 22);
	assert_down(&w, VERDICT_SILENT);
	w.facts.rx++;
	w.facts.silent_run = false;
	step(&w);
	assert_up(&w);
	assert_false(passage_wants_run(&w.passage, &w.rule, w.facts.now_ms));
}

static void one_run_by_bad_luck_is_made_good_at_once(void **state)
{
	struct world w = new_world();

	(void)state;
	step(&w);
	w.facts.silent_run = true;
	step(&w);
	assert_down(&w, VERDICT_SILENT);
	w.facts.silent_run = false; /* as soon as a packet has come in */
	pass(&w, 3, 0, 0);
	assert_up(&w);
	assert_int_equal(w.echoes, 1);
}

static void a_master_asks_only_while_nothing_comes_in(void **state)
{
	struct world w = new_world();

	(void)state;
	w.facts.master = true;
	pass(&w, 600, 20, 30);
	assert_int_equal(w.echoes, 0);
	assert_up(&w);
	pass(&w, 600, 0, 0);
	assert_in_range(w.echoes, 250, 600);
	assert_up(&w);
}

static void silence_under_the_lan_is_down_after_ten_seconds(void **state)
{
	for (int64_t sent = 0; sent < 2; sent++) {
		struct world w = new_world();

		w.facts.master = true;
		pass(&w, 20, 20, 30);
		w.answers = false;
		pass(&w, 10, sent * 20, 0);
		assert_up(&w);
		pass(&w, 2, sent * 20, 0);
		assert_down(&w, VERDICT_SILENT);
		assert_in_range(w.echoes, 9, 13);
	}
	(void)state;
}

static void what_comes_late_shows_that_the_line_lives(void **state)
{
	struct world w = new_world();

	(void)state;
	w.facts.master = true;
	w.late = 10; /* 5 s */
	pass(&w, 600, 40, 0);
	assert_up(&w);
	w.answers = false;
	pass(&w, 30, 40, 0);
	assert_down(&w, VERDICT_SILENT);
	w.facts.rx++;
	step(&w);
	assert_up(&w);
}

static void a_master_is_given_time_whatever_was_before(void **state)
{
	struct world w = new_world();

	(void)state;
	w.answers = false;
	w.facts.master = true;
	pass(&w, 6, 0, 0);
	w.facts.master = false;
	pass(&w, 3600, 0, 0);
	assert_up(&w);
	w.facts.master = true;
	pass(&w, 10, 0, 0);
	assert_up(&w);
	pass(&w, 2, 0, 0);
	assert_down(&w, VERDICT_SILENT);
}

static void a_session_after_a_dead_one_has_to_show_that_it_lives(void **state)
{
	struct world w = new_world();

	(void)state;
	w.answers = false;
	w.facts.master = true;
	pass(&w, 20, 5, 0);
	assert_down(&w, VERDICT_SILENT);
	w.facts.master = false;
	w.facts.up = false;
	step(&w);
	assert_down(&w, VERDICT_NO_LINK);
	w.facts.up = true;
	w.facts.index++;
	step(&w);
	assert_down(&w, VERDICT_SILENT); /* the modem hangs still */
	pass(&w, 60, 0, 0);
	assert_down(&w, VERDICT_SILENT);
	w.facts.index++;
	w.answers = true;
	pass(&w, 3, 0, 0);
	assert_up(&w);
}

static void a_silent_line_is_worth_as_many_runs_as_redial(void **state)
{
	struct world w = new_world();
	int64_t last_ms = 0;
	int runs = 0;

	(void)state;
	w.answers = false;
	w.facts.master = true;
	for (int i = 0; i < 400; i++) {
		step(&w);
		w.facts.master = w.passage.verdict == VERDICT_UP; /* the other router has it then */
		if (!passage_wants_run(&w.passage, &w.rule, w.facts.now_ms))
			continue;
		assert_true(runs == 0 || w.facts.now_ms - last_ms >= PASSAGE_RUN_MS);
		last_ms = w.facts.now_ms;
		runs++;
	}
	assert_int_equal(runs, 3);
	assert_in_range(last_ms - START_MS, 40 * SECOND, 60 * SECOND);
}

static void a_target_that_need_not_answer_proves_nothing_by_silence(void **state)
{
	struct world w = new_world();

	(void)state;
	w.rule.require_reply = false;
	w.answers = false;
	w.facts.master = true;
	pass(&w, 3600, 0, 0);
	assert_up(&w);
	assert_int_equal(w.echoes, PASSAGE_VAIN_ECHOES);
	/* A packet that no one answers now and then is none, either. */
	for (int i = 0; i < 60; i++) {
		w.facts.rx++;
		pass(&w, 25, 2, 0);
		assert_up(&w);
	}
	pass(&w, 10, 2, 0);
	assert_down(&w, VERDICT_SILENT);
	assert_true(passage_wants_run(&w.passage, &w.rule, w.facts.now_ms));
	/* Nobody could take that back: after a while it is no longer believed. */
	w.facts.master = false;
	pass(&w, 590, 0, 0);
	assert_down(&w, VERDICT_SILENT);
	pass(&w, 20, 0, 0);
	assert_up(&w);
}

static void a_target_that_answered_once_is_known_to(void **state)
{
	struct world w = new_world();

	(void)state;
	w.rule.require_reply = false;
	w.facts.master = true;
	pass(&w, 10, 0, 0);
	assert_up(&w);
	w.answers = false;
	pass(&w, 13, 0, 0);
	assert_down(&w, VERDICT_SILENT);
	w.facts.index++;
	step(&w);
	assert_down(&w, VERDICT_SILENT);
}

/* This machine's own trouble: without echoes, only what the LAN sends is evidence. */
static void echoes_that_cannot_be_sent_are_no_silence(void **state)
{
	struct world w = new_world();

	(void)state;
	w.unsent = true;
	w.facts.master = true;
	pass(&w, 600, 0, 0);
	assert_up(&w);
}

/* Nothing but a packet, another session or time brings a silent line back, and nothing is ever
 * asked without an address. */
static void whatever_happens_it_is_sound(void **state)
{
	(void)state;
	for (int i = 0; i < 2000; i++) {
		struct world w = new_world();

		w.rule.require_reply = random_below(2) == 0;
		for (int j = 0; j < 200; j++) {
			struct passage before = w.passage;
			int64_t echoes = w.echoes;

			w.answers = random_below(3) > 0;
			w.facts.up = random_below(8) > 0;
			w.facts.address = random_below(8) > 0;
			w.facts.master = random_below(2) == 0;
			w.facts.silent_run = random_below(10) == 0;
			w.facts.index += random_below(10) == 0;
			w.facts.rx += random_below(12) == 0;
			w.facts.tx += random_below(3);
			w.facts.now_ms += (int64_t)random_below(3000);
			step(&w);
			CHECK(w.facts.up && w.facts.address ? true : w.echoes == echoes, "sent");
			CHECK((w.passage.verdict == VERDICT_UP) ==
				      (w.passage.usable && !w.passage.silent),
			      "verdict");
			if (before.silent && !w.passage.silent && before.usable &&
			    before.index == w.facts.index && w.rule.require_reply)
				CHECK(w.facts.rx != before.rx, "raised");
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_backup_asks_nothing_and_goes_by_the_link),
		cmocka_unit_test(a_backup_goes_by_the_last_run_until_something_comes_in),
		cmocka_unit_test(one_run_by_bad_luck_is_made_good_at_once),
		cmocka_unit_test(a_master_asks_only_while_nothing_comes_in),
		cmocka_unit_test(silence_under_the_lan_is_down_after_ten_seconds),
		cmocka_unit_test(what_comes_late_shows_that_the_line_lives),
		cmocka_unit_test(a_master_is_given_time_whatever_was_before),
		cmocka_unit_test(a_session_after_a_dead_one_has_to_show_that_it_lives),
		cmocka_unit_test(a_silent_line_is_worth_as_many_runs_as_redial),
		cmocka_unit_test(a_target_that_need_not_answer_proves_nothing_by_silence),
		cmocka_unit_test(a_target_that_answered_once_is_known_to),
		cmocka_unit_test(echoes_that_cannot_be_sent_are_no_silence),
		cmocka_unit_test(whatever_happens_it_is_sound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
