#include "passage.h"

static bool is_answering(const struct passage *passage, const struct passage_rule *rule)
{
	return rule->require_reply || passage->answers;
}

/* Whatever was waited for is waited for from now on. */
static void wait_from(struct passage *passage, int64_t now_ms)
{
	passage->heard_ms = now_ms;
	passage->asking_ms = 0;
	passage->asked_ms = 0;
	passage->asked = 0;
	passage->sent = 0;
	passage->pause_ms = PASSAGE_ASK_MS;
}

static void revive(struct passage *passage)
{
	passage->silent = false;
	passage->under_lan = false;
	passage->runs = 0;
	passage->run_ms = 0;
}

/* A session that follows a dead one has to show first that it is none; where the target need not
 * answer, it never could. */
static void begin(struct passage *passage, const struct passage_rule *rule,
		  const struct passage_facts *facts)
{
	if (!is_answering(passage, rule))
		revive(passage);
	if (passage->index != facts->index)
		passage->answers = false;
	passage->usable = true;
	passage->index = facts->index;
	passage->rx = facts->rx;
	passage->tx = facts->tx;
	passage->own = 0;
	wait_from(passage, facts->now_ms);
}

static void count(struct passage *passage, const struct passage_facts *facts)
{
	bool heard = facts->rx != passage->rx || facts->answered;
	bool lan_sent = facts->tx - passage->tx > passage->own;

	passage->rx = facts->rx;
	passage->tx = facts->tx;
	passage->own = 0;
	if (facts->answered)
		passage->answers = true;
	if (heard) {
		wait_from(passage, facts->now_ms);
		revive(passage);
	} else if (lan_sent && facts->now_ms - passage->sent_ms >= PASSAGE_ASK_MS) {
		passage->sent++;
		passage->sent_ms = facts->now_ms;
	}
}

/* Whether nothing has come in for so long that it is evidence. */
static bool is_silent(const struct passage *passage, const struct passage_rule *rule,
		      const struct passage_facts *facts)
{
	if (!facts->master)
		return facts->silent_run;
	if (is_answering(passage, rule))
		return passage->asking_ms > 0 &&
		       facts->now_ms - passage->asking_ms >= PASSAGE_SILENT_MS;
	return passage->sent >= PASSAGE_VAIN_SENT &&
	       facts->now_ms - passage->heard_ms >= PASSAGE_VAIN_MS;
}

static void judge(struct passage *passage, const struct passage_rule *rule,
		  const struct passage_facts *facts)
{
	if (passage->silent && !is_answering(passage, rule) &&
	    facts->now_ms - passage->silent_ms >= PASSAGE_FORGET_MS) {
		revive(passage);
		wait_from(passage, facts->now_ms);
	}
	if (!passage->silent && is_silent(passage, rule, facts)) {
		passage->silent = true;
		passage->under_lan = facts->master;
		passage->silent_ms = facts->now_ms;
	}
	passage->verdict = passage->silent ? VERDICT_DOWN : VERDICT_UP;
	passage->reason = passage->silent ? VERDICT_SILENT : VERDICT_NO_REASON;
}

static bool is_echo_due(const struct passage *passage, const struct passage_rule *rule,
			const struct passage_facts *facts)
{
	int64_t since_ms = passage->asked_ms > 0 ? passage->asked_ms : passage->heard_ms;

	if (!is_answering(passage, rule) && passage->asked >= PASSAGE_VAIN_ECHOES)
		return false;
	if (facts->master)
		return facts->now_ms - since_ms >= PASSAGE_ASK_MS;
	return passage->silent && facts->now_ms - since_ms >= passage->pause_ms;
}

bool passage_look(struct passage *passage, const struct passage_rule *rule,
		  const struct passage_facts *facts)
{
	if (!facts->up || !facts->address) {
		passage->usable = false;
		passage->verdict = VERDICT_DOWN;
		passage->reason = facts->up ? VERDICT_NO_ADDRESS : VERDICT_NO_LINK;
		return false;
	}
	if (!passage->usable || passage->index != facts->index)
		begin(passage, rule, facts);
	else
		count(passage, facts);
	if (facts->master && !passage->master) /* what was waited for before is of another time */
		wait_from(passage, facts->now_ms);
	passage->master = facts->master;
	judge(passage, rule, facts);
	return is_echo_due(passage, rule, facts);
}

static int64_t longer(int64_t pause_ms)
{
	return pause_ms >= PASSAGE_ASK_MAX_MS / 2 ? PASSAGE_ASK_MAX_MS : 2 * pause_ms;
}

void passage_note_echo(struct passage *passage, int64_t now_ms, bool left)
{
	if (left)
		passage->own++;
	if (passage->asking_ms == 0)
		passage->asking_ms = now_ms;
	if (!passage->master)
		passage->pause_ms = longer(passage->pause_ms);
	passage->asked_ms = now_ms;
	passage->asked++;
}

bool passage_wants_run(struct passage *passage, const struct passage_rule *rule, int64_t now_ms)
{
	if (!passage->silent || !passage->under_lan || passage->runs >= rule->runs_wanted ||
	    (passage->runs > 0 && now_ms - passage->run_ms < PASSAGE_RUN_MS))
		return false;
	passage->runs++;
	passage->run_ms = now_ms;
	return true;
}
