#include "watch_days.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "record.h"

const char *watch_days_format(char buf[static WATCH_DAYS_TEXT_MAX], const struct watch_days *days)
{
	struct record_writer w = { .buf = buf, .size = WATCH_DAYS_TEXT_MAX };

	buf[0] = '\0';
	for (size_t i = 0; i < days->boots; i++)
		record_put(&w, "seen %s %" PRId64 "\n", days->seen[i].boot, days->seen[i].wall_ms);
	for (size_t i = 0; i < days->count; i++) {
		const struct watch_day *day = &days->days[i];

		record_put(&w, "day %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 "\n",
			   day->day, day->echoes, day->lost, day->rtt_us, day->rtt_max_us);
	}
	return buf;
}

/* No sum of two of them is too large. */
#define NUMBER_MAX (INT64_MAX >> 16)

static int take_number(const char **text, bool last, int64_t *out)
{
	return record_take_number(text, last, NUMBER_MAX, out);
}

static int take_day(const char **text, struct watch_days *out)
{
	struct watch_day *day = &out->days[out->count];

	if (out->count == WATCH_DAYS_MAX || take_number(text, false, &day->day) != 0 ||
	    take_number(text, false, &day->echoes) != 0 ||
	    take_number(text, false, &day->lost) != 0 ||
	    take_number(text, false, &day->rtt_us) != 0 ||
	    take_number(text, true, &day->rtt_max_us) != 0 || day->lost > day->echoes)
		return -EINVAL;
	out->count++;
	return 0;
}

static int take_seen(const char **text, struct watch_days *out)
{
	struct watch_seen *seen = &out->seen[out->boots];
	char boot[RECORD_WORD_MAX];

	if (out->boots == WATCH_DAYS_BOOTS || record_take_word(text, false, boot) != 0 ||
	    strlen(boot) >= sizeof(seen->boot) || take_number(text, true, &seen->wall_ms) != 0)
		return -EINVAL;
	memcpy(seen->boot, boot, strlen(boot) + 1);
	out->boots++;
	return 0;
}

int watch_days_parse(const char *text, struct watch_days *out)
{
	out->count = 0;
	out->boots = 0;
	while (*text != '\0') {
		char word[RECORD_WORD_MAX];
		int ret = record_take_word(&text, false, word);

		if (ret == 0 && strcmp(word, "day") == 0)
			ret = take_day(&text, out);
		else if (ret == 0 && strcmp(word, "seen") == 0)
			ret = take_seen(&text, out);
		else
			ret = -EINVAL;
		if (ret != 0)
			return ret;
	}
	return 0;
}

/* The mean of both. */
static void add(struct watch_day *day, const struct watch_day *more)
{
	int64_t had = day->echoes - day->lost, has = more->echoes - more->lost;

	if (had + has > 0)
		day->rtt_us = (int64_t)(((double)day->rtt_us * (double)had +
					 (double)more->rtt_us * (double)has) /
					(double)(had + has));
	day->echoes += more->echoes;
	day->lost += more->lost;
	if (more->rtt_max_us > day->rtt_max_us)
		day->rtt_max_us = more->rtt_max_us;
}

void watch_days_add(struct watch_days *days, const struct watch_day *more)
{
	size_t i = 0;

	while (i < days->count && days->days[i].day > more->day)
		i++;
	if (i < days->count && days->days[i].day == more->day) {
		add(&days->days[i], more);
		return;
	}
	if (i == WATCH_DAYS_MAX)
		return;
	if (days->count == WATCH_DAYS_MAX)
		days->count--;
	memmove(&days->days[i + 1], &days->days[i], (days->count - i) * sizeof(days->days[0]));
	days->days[i] = *more;
	days->count++;
}

void watch_days_see(struct watch_days *days, const char *boot, int64_t wall_ms)
{
	if (boot[0] == '\0')
		return;
	if (days->boots == 0 || strcmp(days->seen[0].boot, boot) != 0) {
		if (days->boots == WATCH_DAYS_BOOTS)
			days->boots--;
		memmove(&days->seen[1], &days->seen[0], days->boots * sizeof(days->seen[0]));
		days->boots++;
		snprintf(days->seen[0].boot, sizeof(days->seen[0].boot), "%s", boot);
	}
	days->seen[0].wall_ms = wall_ms;
}

void watch_day_take(struct watch_day *day, const struct quality_sum *quality)
{
	const struct watch_day more = { .echoes = (int64_t)quality->answered + quality->lost,
					.lost = quality->lost,
					.rtt_us = quality->rtt_us,
					.rtt_max_us = quality->rtt_us };

	add(day, &more);
}
