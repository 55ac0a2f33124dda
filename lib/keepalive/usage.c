#include "usage.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "record.h"

/* No program of ours was there before: the clock is not set. */
#define FIRST_MONTH 202601
#define LAST_MONTH  999912

#define MINUTE_MS INT64_C(60000)
#define HOUR_MS	  (60 * MINUTE_MS)

/* Counters of a 32-bit kernel. */
#define WORD (INT64_C(1) << 32)

static const struct record_number numbers[] = {
	{ "interface", offsetof(struct usage, index) },
	{ "received", offsetof(struct usage, rx) },
	{ "sent", offsetof(struct usage, tx) },
	{ "before", offsetof(struct usage, before) },
	{ "before-received", offsetof(struct usage, before_rx) },
	{ "before-sent", offsetof(struct usage, before_tx) },
	{ "master", offsetof(struct usage, master) },
	{ "behind", offsetof(struct usage, behind_ms) },
	{ "kept", offsetof(struct usage, kept_ms) },
	{ "warned", offsetof(struct usage, warned) },
	{ "warned-bytes", offsetof(struct usage, warned_bytes) },
};

static void put_bytes(struct record_writer *w, const struct usage_bytes *bytes)
{
	record_put(w, " %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 "\n", bytes->master_rx,
		   bytes->master_tx, bytes->backup_rx, bytes->backup_tx);
}

const char *usage_format(char buf[static USAGE_TEXT_MAX], const struct usage *usage)
{
	struct record_writer w = { .buf = buf, .size = USAGE_TEXT_MAX };

	buf[0] = '\0';
	if (usage->boot[0] != '\0')
		record_put(&w, "boot %s\n", usage->boot);
	if (usage->iface[0] != '\0')
		record_put(&w, "name %s\n", usage->iface);
	record_put_numbers(&w, numbers, ARRAY_LEN(numbers), usage);
	record_put(&w, "pending");
	put_bytes(&w, &usage->pending);
	for (size_t i = 0; i < USAGE_MONTHS && usage->months[i].month != 0; i++) {
		record_put(&w, "month %" PRId64, usage->months[i].month);
		put_bytes(&w, &usage->months[i].bytes);
	}
	return buf;
}

static int take_text(const char **text, char *out, size_t size)
{
	char word[RECORD_WORD_MAX];

	if (record_take_word(text, true, word) != 0 || strlen(word) >= size)
		return -EINVAL;
	memcpy(out, word, strlen(word) + 1);
	return 0;
}

static int take_bytes(const char **text, struct usage_bytes *out)
{
	int64_t *const fields[] = { &out->master_rx, &out->master_tx, &out->backup_rx,
				    &out->backup_tx };
	int ret = 0;

	for (size_t i = 0; i < ARRAY_LEN(fields) && ret == 0; i++)
		ret = record_take_number(text, i == ARRAY_LEN(fields) - 1, USAGE_NUMBER_MAX,
					 fields[i]);
	return ret;
}

static bool is_month(int64_t month)
{
	return month >= FIRST_MONTH && month <= LAST_MONTH && month % 100 >= 1 && month % 100 <= 12;
}

/* They stand in order. */
static int take_month(const char **text, struct usage *out)
{
	struct usage_month month;
	size_t i = 0;

	while (i < USAGE_MONTHS && out->months[i].month != 0)
		i++;
	if (i == USAGE_MONTHS || record_take_number(text, false, LAST_MONTH, &month.month) != 0 ||
	    !is_month(month.month) || (i > 0 && month.month >= out->months[i - 1].month) ||
	    take_bytes(text, &month.bytes) != 0)
		return -EINVAL;
	out->months[i] = month;
	return 0;
}

static int take_line(const char **text, struct usage *out)
{
	char name[RECORD_WORD_MAX];
	int ret = record_take_word(text, false, name);

	if (ret != 0)
		return ret;
	if (strcmp(name, "boot") == 0)
		return take_text(text, out->boot, sizeof(out->boot));
	if (strcmp(name, "name") == 0)
		return take_text(text, out->iface, sizeof(out->iface));
	if (strcmp(name, "pending") == 0)
		return take_bytes(text, &out->pending);
	if (strcmp(name, "month") == 0)
		return take_month(text, out);
	return record_take_named(name, text, numbers, ARRAY_LEN(numbers), USAGE_NUMBER_MAX, out);
}

int usage_parse(const char *text, struct usage *out)
{
	struct usage usage = { .boot = "" };

	while (*text != '\0') {
		int ret = take_line(&text, &usage);

		if (ret != 0)
			return ret;
	}
	if (usage.master > 1)
		return -EINVAL;
	*out = usage;
	return 0;
}

/* Sums stay within bounds. */
static void add(int64_t *sum, int64_t more)
{
	*sum = *sum > USAGE_NUMBER_MAX - more ? USAGE_NUMBER_MAX : *sum + more;
}

static void add_bytes(struct usage_bytes *sum, const struct usage_bytes *more)
{
	add(&sum->master_rx, more->master_rx);
	add(&sum->master_tx, more->master_tx);
	add(&sum->backup_rx, more->backup_rx);
	add(&sum->backup_tx, more->backup_tx);
}

int64_t usage_total(const struct usage_bytes *bytes)
{
	int64_t total = bytes->master_rx;

	add(&total, bytes->master_tx);
	add(&total, bytes->backup_rx);
	add(&total, bytes->backup_tx);
	return total;
}

static bool is_same_boot(const struct usage *usage, const struct usage_facts *facts)
{
	return strcmp(usage->boot, facts->boot) == 0;
}

/* How far a counter has come; -1: it has begun again. A wrap is the likelier, where it makes the
 * step less than half of the way around. */
static int64_t step(int64_t from, int64_t to)
{
	if (to >= from)
		return to - from;
	return from < WORD && WORD - from + to < WORD / 2 ? WORD - from + to : -1;
}

/* What has passed between two readings of an interface, by the state at the first. */
static struct usage_bytes steps(bool master, int64_t from_rx, int64_t from_tx,
				const struct usage_facts *facts)
{
	int64_t rx = step(from_rx, facts->rx), tx = step(from_tx, facts->tx);

	if (rx < 0 || tx < 0) {
		rx = facts->rx;
		tx = facts->tx;
	}
	return master ? (struct usage_bytes){ .master_rx = rx, .master_tx = tx }
		      : (struct usage_bytes){ .backup_rx = rx, .backup_tx = tx };
}

/* What has passed since the last reading. */
static struct usage_bytes passed(const struct usage *usage, const struct usage_facts *facts)
{
	bool boots = !is_same_boot(usage, facts);
	bool same = !boots && usage->index == facts->index;

	if (facts->index == 0 || usage->boot[0] == '\0' || strcmp(usage->iface, facts->iface) != 0)
		return (struct usage_bytes){ .master_rx = 0 };
	return steps(!boots && usage->master == 1, same ? usage->rx : 0, same ? usage->tx : 0,
		     facts);
}

/* Whether these are the last counters of an interface that another one has followed. */
static bool is_late(const struct usage *usage, const struct usage_facts *facts)
{
	return facts->gone && is_same_boot(usage, facts) && facts->index < usage->index;
}

/* The bytes of a month that is none but the newest; the oldest one may have to go. */
static struct usage_bytes *begin_month(struct usage *usage, int64_t month)
{
	struct usage_month *newest = &usage->months[0];

	if (newest->month != month) {
		memmove(newest + 1, newest, (USAGE_MONTHS - 1) * sizeof(*newest));
		*newest = (struct usage_month){ .month = month };
	}
	return &newest->bytes;
}

/* The months after `month` were those of a wrong clock: what they have is of that one. */
static void take_back(struct usage *usage, int64_t month)
{
	struct usage_month *newest = &usage->months[0];
	struct usage_bytes sum = { .master_rx = 0 };

	while (newest->month > month) {
		add_bytes(&sum, &newest->bytes);
		memmove(newest, newest + 1, (USAGE_MONTHS - 1) * sizeof(*newest));
		newest[USAGE_MONTHS - 1] = (struct usage_month){ .month = 0 };
	}
	add_bytes(begin_month(usage, month), &sum);
}

/* Whether the month is to be believed. */
static bool knows_month(struct usage *usage, const struct usage_facts *facts)
{
	if (!is_month(facts->month))
		return false;
	if (facts->month >= usage->months[0].month) {
		usage->behind_ms = 0;
		return true;
	}
	if (usage->behind_ms == 0 || usage->behind_ms > facts->now_ms)
		usage->behind_ms = facts->now_ms;
	if (facts->now_ms - usage->behind_ms < HOUR_MS)
		return false;
	take_back(usage, facts->month);
	usage->behind_ms = 0;
	return true;
}

/* Enters what has passed, and what was pending as soon as the month is known. */
static void enter(struct usage *usage, const struct usage_facts *facts,
		  const struct usage_bytes *bytes)
{
	add_bytes(&usage->pending, bytes);
	if (usage_total(&usage->pending) == 0 || !knows_month(usage, facts))
		return;
	add_bytes(begin_month(usage, facts->month), &usage->pending);
	usage->pending = (struct usage_bytes){ .master_rx = 0 };
}

/* The next step counts from here. */
static void note_reading(struct usage *usage, const struct usage_facts *facts)
{
	if (!is_same_boot(usage, facts))
		usage->behind_ms = usage->kept_ms = 0;
	if (!is_same_boot(usage, facts) || strcmp(usage->iface, facts->iface) != 0)
		usage->index = usage->rx = usage->tx = usage->before = 0;
	memcpy(usage->boot, facts->boot, sizeof(usage->boot));
	memcpy(usage->iface, facts->iface, sizeof(usage->iface));
	usage->master = facts->master ? 1 : 0;
	if (facts->index == 0)
		return;
	if (facts->index != usage->index) {
		usage->before = usage->index;
		usage->before_rx = usage->rx;
		usage->before_tx = usage->tx;
	}
	usage->index = facts->index;
	usage->rx = facts->rx;
	usage->tx = facts->tx;
}

static bool has_ended(const struct usage *before, const struct usage *usage,
		      const struct usage_facts *facts)
{
	return facts->gone || before->master != usage->master || before->index != usage->index ||
	       before->months[0].month != usage->months[0].month || !is_same_boot(before, facts);
}

static enum usage_news judge(const struct usage *before, struct usage *usage,
			     const struct usage_facts *facts, bool moved)
{
	int64_t age_ms = facts->now_ms - usage->kept_ms;
	bool ended = has_ended(before, usage, facts);

	if (usage->kept_ms == 0 || age_ms < 0)
		age_ms = HOUR_MS;
	if (!moved && !ended && !facts->last)
		return USAGE_SAME;
	if (!facts->last && age_ms < (ended ? MINUTE_MS : HOUR_MS))
		return USAGE_NEWS;
	usage->kept_ms = facts->now_ms;
	return USAGE_KEEP;
}

static enum usage_news read_late(struct usage *usage, const struct usage_facts *facts)
{
	const struct usage before = *usage;
	struct usage_bytes bytes;

	if (facts->index == 0 || facts->index != usage->before)
		return USAGE_SAME;
	bytes = steps(usage->master == 1, usage->before_rx, usage->before_tx, facts);
	usage->before = 0;
	enter(usage, facts, &bytes);
	return judge(&before, usage, facts, true);
}

enum usage_news usage_read(struct usage *usage, const struct usage_facts *facts)
{
	const struct usage before = *usage;
	const struct usage_bytes bytes = passed(usage, facts);

	if (facts->boot[0] == '\0')
		return USAGE_SAME;
	if (is_late(usage, facts))
		return read_late(usage, facts);
	note_reading(usage, facts);
	enter(usage, facts, &bytes);
	return judge(&before, usage, facts,
		     usage_total(&bytes) > 0 || usage_total(&before.pending) > 0);
}

struct usage_bytes usage_of(const struct usage *usage, int64_t month)
{
	for (size_t i = 0; i < USAGE_MONTHS; i++) {
		if (usage->months[i].month == month)
			return usage->months[i].bytes;
	}
	return (struct usage_bytes){ .master_rx = 0 };
}

bool usage_warns(struct usage *usage, int64_t month, int64_t limit)
{
	const struct usage_month *newest = &usage->months[0];

	if (limit == 0 || newest->month != month || usage_total(&newest->bytes) <= limit ||
	    (usage->warned == month && usage->warned_bytes >= limit))
		return false;
	usage->warned = month;
	usage->warned_bytes = limit;
	return true;
}

int64_t usage_month_before(int64_t month)
{
	return month % 100 == 1 ? month - 89 : month - 1;
}
