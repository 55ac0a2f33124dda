/* What a run of fo-keepalive leaves; what is taken from it is written, and read again, as the same,
 * and so is what any run makes of it. After the text and a NUL: what such a run finds. */
#include <stdlib.h>
#include <string.h>

#include "idle.h"
#include "input.h"

#define DAY_MS INT64_C(86400000)

struct found {
	struct idle_facts facts;
	struct idle_rule rule;
	struct idle_echoes echoes;
	uint8_t asked, busy;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(const struct idle_memory *memory)
{
	char first[IDLE_TEXT_MAX], second[IDLE_TEXT_MAX];
	struct idle_memory back;

	idle_format(first, memory);
	if (first[strlen(first) - 1] != '\n' || idle_parse(first, &back) != 0 ||
	    strcmp(first, idle_format(second, &back)) != 0)
		abort();
}

/* All that a kernel and a configuration can give. */
static struct found take_found(const uint8_t *data, size_t size, const struct idle_memory *memory)
{
	int64_t flags = take(&data, &size, 255);
	struct found found = { .facts = { .up = (flags & 1) != 0,
					  .now_ms = take(&data, &size, IDLE_NUMBER_MAX),
					  .index = take(&data, &size, INT32_MAX),
					  .rx = take(&data, &size, IDLE_NUMBER_MAX),
					  .tx = take(&data, &size, IDLE_NUMBER_MAX),
					  .wall_s = take(&data, &size, IDLE_NUMBER_MAX),
					  .month = take(&data, &size, 999912) },
			       .rule = { .skip_ms = take(&data, &size, DAY_MS),
					 .require_reply = (flags & 2) != 0,
					 .redials = (flags & 4) != 0,
					 .redial_after = 1 + take(&data, &size, 999),
					 .redial_every_ms = 60000 + take(&data, &size, DAY_MS) },
			       .echoes = { .left = (flags & 128) != 0,
					   .answered = (flags & 8) != 0,
					   .bytes = take(&data, &size, INT64_C(11) * 56) },
			       .asked = (flags & 16) != 0,
			       .busy = (flags & 32) != 0 };

	found.echoes.sent_ms = found.facts.now_ms;
	if ((flags & 64) != 0)
		memcpy(found.facts.boot, memory->boot, sizeof(memory->boot));
	return found;
}

static void run(struct idle_memory *memory, const struct found *found)
{
	const struct idle_echoes *echoes = found->asked ? &found->echoes : NULL;
	bool asks = idle_begin(memory, &found->rule, &found->facts);
	int64_t tries = idle_tries(memory, &found->rule, 10);

	if ((asks && !found->facts.up) || tries < 1 || tries > 10)
		abort();
	check_text(memory);
	if (idle_month_bytes(memory, &found->rule, 10, 56) < 0)
		abort();
	idle_end(memory, &found->rule, &found->facts, echoes);
	check_text(memory);
	if (idle_wants_redial(memory, &found->rule, &found->facts, found->busy)) {
		idle_note_redial(memory, &found->facts);
		check_text(memory);
		/* It has just been; but a clock at 0 tells nothing. */
		if (found->facts.now_ms > 0 &&
		    idle_wants_redial(memory, &found->rule, &found->facts, found->busy))
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t len = strnlen((const char *)data, size);
	char *text = malloc(len + 1); /* no longer: ASan sees each byte too far */
	struct idle_memory memory;

	if (text == NULL)
		return -1;
	memcpy(text, data, len);
	text[len] = '\0';
	if (idle_parse(text, &memory) == 0) {
		size_t rest = len < size ? size - len - 1 : 0;
		struct found found = take_found(data + size - rest, rest, &memory);

		check_text(&memory);
		run(&memory, &found);
	}
	free(text);
	return 0;
}
