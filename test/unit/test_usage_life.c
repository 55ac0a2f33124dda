/* The life of a metered line, for years: sessions come and go, the router reboots, loses its
 * memory, its power or its clock, and becomes master and backup. What the account says is compared
 * with what has passed, less what no reading could see. Each account goes through its file. */
#include <stdlib.h>

#include "support.h"
#include "usage.h"

#define SECOND INT64_C(1000)
#define MINUTE (60 * SECOND)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)
#define MONTH  (30 * DAY)

enum { LIVES = 300, STEPS = 3000, STEP_BYTES_MAX = 1 << 22 };

/* What a file says, by the model: bytes, and the reading that they go up to. */
struct written {
	char text[USAGE_TEXT_MAX];
	struct usage_bytes sum;
	unsigned boot;
	int64_t index, rx, tx;
	int64_t before, before_rx, before_tx; /* the interface before it */
	bool master;
};

static struct life {
	/* The world */
	int64_t now_ms, boot_ms;
	unsigned boot;
	int64_t index, next_index; /* 0: there is no line */
	int64_t rx, tx;		   /* of the interface, all 63 bits */
	bool wraps;		   /* the kernel has 32 */
	bool master, read_only;
	int64_t wrong_month; /* what the clock says; 0: it is right */
	int64_t passed;	     /* bytes, ever */
	/* An interface that has gone, and of which that has not been told yet; 0: none */
	int64_t gone_index, gone_rx, gone_tx;

	struct written run, lib; /* empty: there is none */
	int64_t kept_ms;
} life;

static unsigned late; /* counters that came late, and counted */

static int64_t month_now(void)
{
	return life.wrong_month != 0 ? life.wrong_month : 202602 + life.now_ms / MONTH;
}

static void dial(void)
{
	life.index = life.next_index++;
	life.rx = life.tx = 0;
}

static void start_life(void)
{
	memset(&life, 0, sizeof(life));
	life.now_ms = 1;
	life.next_index = 4;
	life.wraps = random_below(2) == 0;
	dial();
	life.rx = INT64_C(4294000000) + random_below(2000000);
}

static struct usage_facts look(void)
{
	int64_t mask = life.wraps ? UINT32_MAX : USAGE_NUMBER_MAX;
	struct usage_facts facts = { .iface = "ppp0",
				     .index = life.index,
				     .rx = life.rx & mask,
				     .tx = life.tx & mask,
				     .now_ms = life.now_ms - life.boot_ms,
				     .month = month_now(),
				     .master = life.master };

	snprintf(facts.boot, sizeof(facts.boot), "boot-%u", life.boot);
	return facts;
}

static struct written *newest(void)
{
	return life.run.text[0] != '\0' ? &life.run : &life.lib;
}

/* What a reading must make of what is written: nothing of the first one of all. */
static struct written expect(void)
{
	const struct written *last = newest();
	struct written next = *last;
	bool boots = last->boot != life.boot, new = boots || last->index != life.index;
	int64_t rx = life.rx - (new ? 0 : last->rx), tx = life.tx - (new ? 0 : last->tx);

	if (last->text[0] == '\0' || life.index == 0)
		rx = tx = 0;
	next.sum.master_rx += !boots && last->master ? rx : 0;
	next.sum.master_tx += !boots && last->master ? tx : 0;
	next.sum.backup_rx += !boots && last->master ? 0 : rx;
	next.sum.backup_tx += !boots && last->master ? 0 : tx;
	next.boot = life.boot;
	next.master = life.master;
	if (boots)
		next.before = 0;
	else if (life.index != 0 && new) {
		next.before = last->index;
		next.before_rx = last->rx;
		next.before_tx = last->tx;
	}
	if (life.index != 0 || boots) {
		next.index = life.index;
		next.rx = life.rx;
		next.tx = life.tx;
	}
	return next;
}

static struct usage recall(void)
{
	struct usage usage = { .boot = "" };
	const struct written *last = newest();

	CHECK(usage_parse(last->text, &usage) == 0, "%s", last->text);
	return usage;
}

static struct usage_bytes sum_of(const struct usage *usage)
{
	struct usage_bytes sum = usage->pending;

	for (size_t i = 0; i < USAGE_MONTHS; i++) {
		sum.master_rx += usage->months[i].bytes.master_rx;
		sum.master_tx += usage->months[i].bytes.master_tx;
		sum.backup_rx += usage->months[i].bytes.backup_rx;
		sum.backup_tx += usage->months[i].bytes.backup_tx;
	}
	return sum;
}

static void read_facts(const struct usage_facts *facts, const struct written *expected)
{
	struct usage usage = recall();
	enum usage_news news = usage_read(&usage, facts);
	const struct usage_bytes sum = sum_of(&usage);

	CHECK(memcmp(&sum, &expected->sum, sizeof(sum)) == 0,
	      "%lld %lld %lld %lld, and not %lld %lld %lld %lld", (long long)sum.master_rx,
	      (long long)sum.master_tx, (long long)sum.backup_rx, (long long)sum.backup_tx,
	      (long long)expected->sum.master_rx, (long long)expected->sum.master_tx,
	      (long long)expected->sum.backup_rx, (long long)expected->sum.backup_tx);
	CHECK(usage_total(&sum) <= life.passed, "more than has passed");
	if (life.read_only)
		return;
	CHECK(news != USAGE_NEWS || life.now_ms - life.kept_ms < HOUR || life.kept_ms == 0,
	      "not on the disk for an hour");
	if (news == USAGE_SAME)
		return;
	life.run = *expected;
	usage_format(life.run.text, &usage);
	if (news == USAGE_KEEP) {
		life.lib = life.run;
		life.kept_ms = life.now_ms;
	}
}

static void read_now(bool last)
{
	struct usage_facts facts = look();
	const struct written expected = expect();

	facts.last = last;
	read_facts(&facts, &expected);
}

/* The kernel tells the last counters; of two times in three in time, else when there is another
 * interface, or never. */
static void hang_up(void)
{
	struct usage_facts facts = look();
	const struct written expected = expect();

	if (life.index == 0)
		return;
	facts.gone = true;
	if (random_below(3) != 0)
		read_facts(&facts, &expected);
	else if (random_below(3) != 0) {
		life.gone_index = life.index;
		life.gone_rx = life.rx;
		life.gone_tx = life.tx;
	}
	life.index = 0;
	life.rx = life.tx = 0;
}

/* They count where somebody has read that interface before the present one. */
static void tell_late(void)
{
	const struct written *last = newest();
	struct written expected = *last;
	int64_t mask = life.wraps ? UINT32_MAX : USAGE_NUMBER_MAX;
	struct usage_facts facts = look();

	if (life.gone_index == 0 || last->boot != life.boot || last->index <= life.gone_index)
		return;
	facts.index = life.gone_index;
	facts.rx = life.gone_rx & mask;
	facts.tx = life.gone_tx & mask;
	facts.gone = true;
	if (last->before == life.gone_index) {
		int64_t rx = life.gone_rx - last->before_rx, tx = life.gone_tx - last->before_tx;

		*(last->master ? &expected.sum.master_rx : &expected.sum.backup_rx) += rx;
		*(last->master ? &expected.sum.master_tx : &expected.sum.backup_tx) += tx;
		expected.before = 0;
		late++;
	}
	read_facts(&facts, &expected);
	life.gone_index = 0;
}

/* The first interfaces get the indexes of the last boot. */
static void reboot(void)
{
	if (random_below(2) == 0)
		read_now(true);
	life.boot++;
	life.now_ms += MINUTE;
	life.boot_ms = life.now_ms - SECOND;
	life.run.text[0] = '\0';
	life.master = false;
	life.kept_ms = 0;
	life.next_index = 3 + random_below(4);
	life.index = life.gone_index = 0;
	life.rx = life.tx = 0;
	if (random_below(3) != 0)
		dial();
	life.wrong_month = random_below(4) == 0 ? 197001 : 0;
	life.read_only = false;
}

static void change_state(void)
{
	life.master = !life.master;
	if (random_below(8) != 0)
		read_now(false);
}

static void carry(void)
{
	int64_t rx = random_below(STEP_BYTES_MAX), tx = random_below(STEP_BYTES_MAX);

	if (life.index == 0)
		return;
	life.rx += rx;
	life.tx += tx;
	life.passed += rx + tx;
}

static void set_clock(void)
{
	static const int64_t wrong[] = { 0, 0, 0, 197001, 203701, 202601 };

	life.wrong_month = wrong[random_below(ARRAY_LEN(wrong))];
}

/* A file that is lost or corrupt in memory; the disk has an older one. */
static void lose_memory(void)
{
	life.run.text[0] = '\0';
}

static void happen(void)
{
	switch (random_below(60)) {
	case 0:
		reboot();
		break;
	case 1:
	case 2:
		change_state();
		break;
	case 3:
		hang_up();
		break;
	case 4:
	case 5:
		if (life.index == 0)
			dial();
		break;
	case 6:
		set_clock();
		break;
	case 7:
		lose_memory();
		break;
	case 8:
		life.read_only = random_below(3) == 0;
		break;
	default:
		carry();
	}
}

static void the_account_is_what_has_passed_less_what_nobody_could_read(void **state)
{
	(void)state;
	for (int i = 0; i < LIVES; i++) {
		start_life();
		read_now(false);
		for (int step = 0; step < STEPS; step++) {
			happen();
			if (random_below(3) == 0)
				read_now(false);
			tell_late();
			life.now_ms += 1 + random_below(4 * MINUTE);
		}
	}
	assert_true(late > LIVES);
}

/* Nothing goes wrong, and nothing is lost: what a month has too much or too little is what has
 * passed between two readings. */
static void a_month_has_what_has_passed_in_it(void **state)
{
	int64_t passed[12] = { 0 };

	(void)state;
	start_life();
	read_now(false);
	life.passed = 0;
	while (life.now_ms < 9 * MONTH) {
		int64_t before = life.passed;

		carry();
		passed[life.now_ms / MONTH] += life.passed - before;
		life.now_ms += 20 * MINUTE;
		read_now(false);
		if (random_below(50) == 0)
			dial();
		if (random_below(20) == 0)
			change_state();
	}
	for (int64_t i = 0; i < 9; i++) {
		const struct usage usage = recall();
		const struct usage_bytes bytes = usage_of(&usage, 202602 + i);

		CHECK(llabs(usage_total(&bytes) - passed[i]) <= INT64_C(2) * STEP_BYTES_MAX,
		      "month %lld", (long long)i);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_account_is_what_has_passed_less_what_nobody_could_read),
		cmocka_unit_test(a_month_has_what_has_passed_in_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
