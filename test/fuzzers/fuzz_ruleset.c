/* What nft(8) or iptables-save(8) have printed, whatever wrote the rules. */
#include <stdlib.h>
#include <string.h>

#include "ruleset.h"
#include "ruleset_walk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Who drops it is named exactly where somebody does. */
static void check_walk(const struct ruleset *ruleset, const struct ruleset_packet *packet)
{
	for (enum ruleset_hook hook = 0; hook <= RULESET_POSTROUTING; hook++) {
		const struct ruleset_chain *chain = NULL;

		if (!ruleset_may_pass(ruleset, hook, packet, &chain) && chain == NULL)
			abort();
	}
	(void)ruleset_may_translate(ruleset, packet);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct ruleset_packet packets[] = {
		{ .iif = "eth0", .oif = "ppp0" },
		{ .iif = "eth0", .protocol = 112 },
		{ .oif = "ppp0", .is_answer = true },
	};
	static struct ruleset ruleset;
	char *text;

	if (size == 0)
		return 0;
	text = strndup((const char *)data + 1, size - 1);
	if (text == NULL)
		return 0;
	memset(&ruleset, 0, sizeof(ruleset));
	if (data[0] % 2 == 0)
		ruleset_add_nft(&ruleset, text);
	else
		ruleset_add_iptables(&ruleset, text);
	for (size_t i = 0; i < ARRAY_LEN(packets); i++)
		check_walk(&ruleset, &packets[i]);
	(void)ruleset_clamps(&ruleset);
	free(text);
	return 0;
}
