/* A keepalived.conf, line by line, and every rule about what it says. */
#include <stdlib.h>
#include <string.h>

#include "instance_rule.h"
#include "keepalived_parser.h"
#include "notify_rule.h"
#include "text_rule.h"
#include "track_rule.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What it is about must be there, and what is text must end. */
static void check(const struct keepalived_conf *conf)
{
	for (size_t i = 0; i < conf->entry_count; i++) {
		const struct keepalived_entry *entry = &conf->entries[i];

		if (entry->block >= conf->block_count || entry->word == NULL)
			__builtin_trap();
		if (strlen(keepalived_param(entry, entry->count - 1)) >= sizeof(entry->text))
			__builtin_trap();
	}
}

static void parse(const uint8_t *data, size_t size, struct keepalived_conf *conf)
{
	static struct keepalived_parser parser;
	struct keepalived_place place = { .line = 1 };

	keepalived_parser_init(&parser, conf, "main", 20207);
	while (size > 0) {
		char line[KEEPALIVED_LINE_MAX];
		const uint8_t *end = memchr(data, '\n', size);
		size_t whole = end != NULL ? (size_t)(end - data) + 1 : size;
		size_t len = whole < sizeof(line) ? whole : sizeof(line) - 1;

		memcpy(line, data, len);
		line[end != NULL && len == whole ? len - 1 : len] = '\0';
		(void)keepalived_parser_line(&parser, place, line);
		place.line++;
		data += whole;
		size -= whole;
	}
	keepalived_parser_end(&parser);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct keepalived_conf conf;
	static struct script_calls calls;
	static struct findings findings;
	static struct conf fo = {
		.router = { .lan = { .items = { "eth0" }, .count = 1 }, .uplink = "ppp0" },
		.check = { .present = true, .timeout_ms = 900, .track_file = "/run/fo/line" },
		.route = { .present = true },
		.speedclass = { .present = true }
	};
	const struct scene scene = { .conf_file = "fo.conf",
				     .conf = &fo,
				     .keepalived = &conf,
				     .calls = &calls,
				     .version = 20207,
				     .out = &findings };

	parse(data, size, &conf);
	check(&conf);
	if (addr_parse("192.168.0.254", AF_INET, &fo.router.vip) != 0)
		__builtin_trap();
	memset(&findings, 0, sizeof(findings));
	calls.count = 0;
	for (size_t i = 0; i < conf.entry_count && calls.count < SCRIPT_CALLS_MAX; i++) {
		if (script_call_parse(&conf.entries[i], &calls.items[calls.count]))
			calls.count++;
	}
	text_rule_check(&scene);
	text_rule_check_scripts(&scene, false, true);
	instance_rule_check(&scene);
	track_rule_check(&scene);
	notify_rule_check(&scene);
	findings_sort(&findings);
	return 0;
}
