#include "ruleset_rule.h"

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "num.h"

bool ruleset_next_token(struct ruleset_name *rest, struct ruleset_token *out)
{
	const char *p = rest->text, *end = rest->text + rest->len, *start;

	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	if (p == end)
		return false;
	start = p;
	out->quoted = *p == '"';
	if (out->quoted) {
		start = ++p;
		while (p < end && *p != '"')
			p++;
	} else if (strchr("{},", *p) != NULL) {
		p++;
	} else {
		while (p < end && strchr(" \t{},", *p) == NULL)
			p++;
	}
	out->text = start;
	out->len = (size_t)(p - start);
	if (out->quoted && p < end)
		p++;
	*rest = (struct ruleset_name){ p, (size_t)(end - p) };
	return true;
}

bool ruleset_token_is(const struct ruleset_token *token, const char *word)
{
	return !token->quoted && strlen(word) == token->len &&
	       strncmp(token->text, word, token->len) == 0;
}

enum ruleset_match ruleset_not(enum ruleset_match match)
{
	if (match == RULESET_MAYBE)
		return RULESET_MAYBE;
	return match == RULESET_YES ? RULESET_NO : RULESET_YES;
}

enum ruleset_match ruleset_match_interface(const struct ruleset_token *token, const char *name,
					   char wild)
{
	size_t len = token->len;
	bool same;

	if (name == NULL)
		return RULESET_NO;
	if (len > 0 && token->text[len - 1] == wild)
		same = strncmp(token->text, name, len - 1) == 0;
	else
		same = strlen(name) == len && strncmp(token->text, name, len) == 0;
	return same ? RULESET_YES : RULESET_NO;
}

enum ruleset_match ruleset_match_protocol(const struct ruleset_token *token, uint8_t protocol)
{
	static const struct {
		const char *name;
		uint8_t number;
	} names[] = {
		{ "tcp", IPPROTO_TCP },
		{ "udp", IPPROTO_UDP },
		{ "icmp", IPPROTO_ICMP },
		{ "vrrp", 112 },
		{ "igmp", IPPROTO_IGMP },
		{ "esp", IPPROTO_ESP },
		{ "ah", IPPROTO_AH },
		{ "gre", IPPROTO_GRE },
		{ "sctp", IPPROTO_SCTP },
		{ "ipv6-icmp", IPPROTO_ICMPV6 },
		{ "icmpv6", IPPROTO_ICMPV6 },
		{ "ospf", 89 },
		{ "udplite", IPPROTO_UDPLITE },
		{ "dccp", IPPROTO_DCCP },
		{ "carp", 112 },
	};
	char text[8];
	int64_t number = -1;

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (ruleset_token_is(token, names[i].name))
			number = names[i].number;
	}
	snprintf(text, sizeof(text), "%.*s", (int)(token->len < 7 ? token->len : 7), token->text);
	if ((number < 0 && num_parse(text, 0, 255, &number) != 0) || number == IPPROTO_ICMPV6)
		return number == IPPROTO_ICMPV6 ? RULESET_NO : RULESET_MAYBE;
	if (protocol == 0)
		return RULESET_MAYBE;
	return number == protocol ? RULESET_YES : RULESET_NO;
}

/* Both are networks: one in the other, or they have nothing in common. */
static enum ruleset_match compare(const struct addr_prefix *rule, const struct addr_prefix *packet)
{
	if (rule->len <= packet->len)
		return addr_in_prefix(&packet->addr, &rule->addr, rule->len) ? RULESET_YES
									     : RULESET_NO;
	return addr_in_prefix(&rule->addr, &packet->addr, packet->len) ? RULESET_MAYBE : RULESET_NO;
}

enum ruleset_match ruleset_match_address(const struct ruleset_token *token,
					 const struct addr_prefix *network)
{
	struct addr_prefix rule = { .len = 32 };
	char text[40], *slash;
	int64_t len = 32;

	if (!addr_is_set(&network->addr) || token->len >= sizeof(text))
		return RULESET_MAYBE;
	snprintf(text, sizeof(text), "%.*s", (int)token->len, token->text);
	slash = strchr(text, '/');
	if (slash != NULL) {
		*slash = '\0';
		if (num_parse(slash + 1, 0, 32, &len) != 0)
			return RULESET_MAYBE;
	}
	if (addr_parse(text, AF_INET, &rule.addr) != 0)
		return RULESET_MAYBE;
	rule.len = (unsigned)len;
	return compare(&rule, network);
}
