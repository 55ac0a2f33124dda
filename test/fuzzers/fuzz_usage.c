/* The account of the metered line's bytes; what is taken from a file is written, and read again, as
 * the same, and so is what any reading makes of it, which is never less. After the text and a NUL:
 * that reading. */
#include <stdlib.h>
#include <string.h>

#include "input.h"
#include "usage.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(const struct usage *usage)
{
	char first[USAGE_TEXT_MAX], second[USAGE_TEXT_MAX];
	struct usage back;

	usage_format(first, usage);
	if (first[strlen(first) - 1] != '\n' || usage_parse(first, &back) != 0 ||
	    strcmp(first, usage_format(second, &back)) != 0)
		abort();
}

static struct usage_facts take_facts(const uint8_t *data, size_t size, const struct usage *usage)
{
	int64_t flags = take(&data, &size, 255);
	struct usage_facts facts = { .boot = "another",
				     .iface = "ppp0",
				     .index = take(&data, &size, INT32_MAX),
				     .rx = take(&data, &size, USAGE_NUMBER_MAX),
				     .tx = take(&data, &size, USAGE_NUMBER_MAX),
				     .now_ms = take(&data, &size, USAGE_NUMBER_MAX),
				     .month = take(&data, &size, INT64_C(214748564812)),
				     .master = (flags & 1) != 0,
				     .gone = (flags & 2) != 0,
				     .last = (flags & 4) != 0 };

	if ((flags & 8) != 0)
		memcpy(facts.boot, usage->boot, sizeof(facts.boot));
	if ((flags & 16) != 0)
		memcpy(facts.iface, usage->iface, sizeof(facts.iface));
	if ((flags & 32) != 0)
		facts.index = usage->index;
	if ((flags & 64) != 0)
		facts.month = usage->months[0].month;
	return facts;
}

/* Of the months that stay: the oldest may have to go. */
static int64_t total_of(const struct usage *usage)
{
	int64_t total = usage_total(&usage->pending) >> 4;

	for (size_t i = 0; i < USAGE_MONTHS - 1; i++)
		total += usage_total(&usage->months[i].bytes) >> 4;
	return total;
}

static void read_once(struct usage *usage, const struct usage_facts *facts)
{
	int64_t before = total_of(usage), oldest;

	(void)usage_read(usage, facts);
	check_text(usage);
	oldest = usage_total(&usage->months[USAGE_MONTHS - 1].bytes) >> 4;
	/* Each sum that is cut off loses less than one in 16. */
	if (total_of(usage) + oldest + USAGE_MONTHS + 1 < before && before < INT64_MAX >> 6)
		abort();
	(void)usage_warns(usage, facts->month, facts->rx);
	check_text(usage);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t len = strnlen((const char *)data, size);
	char *text = malloc(len + 1); /* no longer: ASan sees each byte too far */
	struct usage usage;

	if (text == NULL)
		return -1;
	memcpy(text, data, len);
	text[len] = '\0';
	if (usage_parse(text, &usage) == 0) {
		size_t rest = len < size ? size - len - 1 : 0;
		const struct usage_facts facts = take_facts(data + size - rest, rest, &usage);

		check_text(&usage);
		read_once(&usage, &facts);
	}
	free(text);
	return 0;
}
