#include "value.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "event_list.h"
#include "num.h"
#include "shell_words.h"
#include "url.h"

/* Where a parser writes what is wrong. */
struct reason {
	char *text;
	size_t size;
};

static int FO_PRINTF(2, 3) refuse(const struct reason *why, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why->text, why->size, fmt, ap);
	va_end(ap);
	return -EINVAL;
}

static int store_text(const char *text, char *field, size_t size, const struct reason *why)
{
	size_t len = strlen(text);

	if (len >= size)
		return refuse(why, "is too long, at most %zu characters", size - 1);
	memcpy(field, text, len + 1);
	return 0;
}

static int parse_interface(const struct conf_key *key, const char *text, void *field,
			   const struct reason *why)
{
	(void)key;
	if (!nexthop_valid_dev(text))
		return refuse(why, "is not the name of an interface");
	return store_text(text, field, IFNAMSIZ, why);
}

/* The next item of a list separated by commas, without the blanks around it. */
static bool next_item(const char **list, char *item, size_t size)
{
	const char *start = *list + strspn(*list, " \t");
	size_t len = strcspn(start, ",");

	*list = start + len;
	if ((*list)[0] == ',' && (*list)[1] != '\0')
		(*list)++; /* a comma at the end stays, and is an empty item */
	while (len > 0 && strchr(" \t", start[len - 1]) != NULL)
		len--;
	if (len == 0 || len >= size)
		return false;
	memcpy(item, start, len);
	item[len] = '\0';
	return true;
}

static bool has_interface(const struct conf_interfaces *list, const char *name)
{
	for (size_t i = 0; i < list->count; i++) {
		if (strcmp(list->items[i], name) == 0)
			return true;
	}
	return false;
}

static int parse_interfaces(const struct conf_key *key, const char *text, void *field,
			    const struct reason *why)
{
	struct conf_interfaces list = { .count = 0 };
	char item[64];

	(void)key;
	do {
		if (list.count == ARRAY_LEN(list.items))
			return refuse(why, "has too many interfaces, at most %d", CONF_LANS_MAX);
		if (!next_item(&text, item, sizeof(item)))
			return refuse(why, "has an item that is not the name of an interface");
		if (!nexthop_valid_dev(item))
			return refuse(why,
				      list.count == 0 && *text == '\0'
					      ? "is not the name of an interface"
					      : "has `%s`, which is not the name of an interface",
				      item);
		if (has_interface(&list, item))
			return refuse(why, "has %s twice", item);
		memcpy(list.items[list.count++], item, IFNAMSIZ);
	} while (*text != '\0');
	memcpy(field, &list, sizeof(list));
	return 0;
}

static int parse_addr4(const struct conf_key *key, const char *text, void *field,
		       const struct reason *why)
{
	(void)key;
	if (addr_parse(text, AF_INET, field) != 0)
		return refuse(why, "is not an IPv4 address");
	return 0;
}

static int parse_addr6(const struct conf_key *key, const char *text, void *field,
		       const struct reason *why)
{
	(void)key;
	if (addr_parse(text, AF_INET6, field) != 0)
		return refuse(why, "is not an IPv6 address");
	return 0;
}

static int parse_target(const struct conf_key *key, const char *text, void *field,
			const struct reason *why)
{
	static const struct addr peer;
	struct addr addr;

	(void)key;
	if (strcmp(text, "peer") == 0)
		memcpy(field, &peer, sizeof(peer));
	else if (addr_parse(text, AF_UNSPEC, &addr) != 0)
		return refuse(why, "is neither `peer` nor a numeric address");
	else if (!addr_is_host(&addr))
		return refuse(why, "is not the address of a host");
	else
		memcpy(field, &addr, sizeof(addr));
	return 0;
}

static int parse_addrs(const struct conf_key *key, const char *text, void *field,
		       const struct reason *why)
{
	struct conf_addrs addrs = { .count = 0 };
	char item[ADDR_TEXT_MAX];

	(void)key;
	do {
		struct addr *addr = &addrs.items[addrs.count];

		if (addrs.count == ARRAY_LEN(addrs.items))
			return refuse(why, "has too many addresses, at most %d", CONF_TARGETS_MAX);
		if (!next_item(&text, item, sizeof(item)))
			return refuse(why, "has an item that is not a numeric address");
		if (addr_parse(item, AF_UNSPEC, addr) != 0)
			return refuse(why, "has `%s`, which is not a numeric address", item);
		if (!addr_is_host(addr))
			return refuse(why, "has %s, which is not the address of a host", item);
		for (size_t i = 0; i < addrs.count; i++) {
			if (addr_equal(addr, &addrs.items[i]))
				return refuse(why, "has %s twice", item);
		}
		addrs.count++;
	} while (*text != '\0');
	memcpy(field, &addrs, sizeof(addrs));
	return 0;
}

static int parse_hop(const char *text, sa_family_t family, void *field, const struct reason *why)
{
	if (nexthop_parse(text, family, field) != 0)
		return refuse(why,
			      "is not a next hop, write `[via %s] dev INTERFACE` or `dhcp dev "
			      "INTERFACE`",
			      family == AF_INET ? "IPV4-ADDRESS" : "IPV6-ADDRESS");
	return 0;
}

static int parse_hop4(const struct conf_key *key, const char *text, void *field,
		      const struct reason *why)
{
	(void)key;
	return parse_hop(text, AF_INET, field, why);
}

static int parse_hop6(const struct conf_key *key, const char *text, void *field,
		      const struct reason *why)
{
	(void)key;
	return parse_hop(text, AF_INET6, field, why);
}

static int parse_number(const struct conf_key *key, const char *text, void *field,
			const struct reason *why)
{
	int ret = num_parse(text, key->min, key->max, field);

	if (ret == -ERANGE)
		return refuse(why, "is out of bounds, %" PRId64 " to %" PRId64, key->min, key->max);
	if (ret != 0)
		return refuse(why, "is not a whole number");
	return 0;
}

static int parse_time(const struct conf_key *key, const char *text, void *field,
		      const struct reason *why)
{
	char low[NUM_TEXT_MAX], top[NUM_TEXT_MAX];
	int ret = num_parse_ms(text, key->min, key->max, field);

	if (ret == -ERANGE)
		return refuse(why, "is out of bounds, %s to %s", num_format_ms(low, key->min),
			      num_format_ms(top, key->max));
	if (ret != 0)
		return refuse(why, "is not a time with its unit, such as 250ms, 3s, 10m or 1h");
	return 0;
}

static int parse_share(const struct conf_key *key, const char *text, void *field,
		       const struct reason *why)
{
	int ret = num_parse_pct(text, key->min, key->max, field);

	if (ret == -ERANGE)
		return refuse(why, "is out of bounds, %" PRId64 "%% to %" PRId64 "%%", key->min,
			      key->max);
	if (ret != 0)
		return refuse(why, "is not a share such as 40%%");
	return 0;
}

static int parse_size(const struct conf_key *key, const char *text, void *field,
		      const struct reason *why)
{
	char low[NUM_TEXT_MAX], top[NUM_TEXT_MAX];
	int ret = num_parse_size(text, key->min, key->max, field);

	if (ret == -ERANGE)
		return refuse(why, "is out of bounds, %s to %s", num_format_size(low, key->min),
			      num_format_size(top, key->max));
	if (ret != 0)
		return refuse(why, "is not a number of bytes, such as 500M or 1G");
	return 0;
}

static int parse_choice(const struct conf_key *key, const char *text, void *field,
			const struct reason *why)
{
	char words[128] = "";

	for (unsigned i = 0; key->choices[i] != NULL; i++) {
		size_t used = strlen(words);

		if (strcmp(text, key->choices[i]) == 0) {
			memcpy(field, &i, sizeof(i));
			return 0;
		}
		snprintf(words + used, sizeof(words) - used, "%s%s", i == 0 ? "" : ", ",
			 key->choices[i]);
	}
	return refuse(why, "is none of: %s", words);
}

static int parse_yes_no(const struct conf_key *key, const char *text, void *field,
			const struct reason *why)
{
	bool value = strcmp(text, "yes") == 0;

	(void)key;
	if (!value && strcmp(text, "no") != 0)
		return refuse(why, "is neither `yes` nor `no`");
	memcpy(field, &value, sizeof(value));
	return 0;
}

static int parse_sim(const struct conf_key *key, const char *text, void *field,
		     const struct reason *why)
{
	struct sim sim = { .kind = SIM_IMSI };
	const char *id = NULL;

	(void)key;
	if (strncmp(text, "imsi:", 5) == 0) {
		id = text + 5;
	} else if (strncmp(text, "sim-id:", 7) == 0) {
		sim.kind = SIM_SIM_ID;
		id = text + 7;
	}
	if (id == NULL || *id == '\0' || id[strspn(id, "0123456789")] != '\0')
		return refuse(why, "is not a SIM, write imsi:DIGITS or sim-id:DIGITS");
	if (sim.kind == SIM_IMSI && strlen(id) > 15)
		return refuse(why, "is not an IMSI, which has at most 15 digits (ITU-T E.212)");
	if (store_text(id, sim.id, sizeof(sim.id), why) != 0)
		return -EINVAL;
	memcpy(field, &sim, sizeof(sim));
	return 0;
}

static int parse_class(const struct conf_key *key, const char *text, void *field,
		       const struct reason *why)
{
	(void)key;
	if (!sim_valid_class(text))
		return refuse(why, "is not a speed class, such as s1.fast");
	return store_text(text, field, SIM_CLASS_MAX, why);
}

static int parse_text(const struct conf_key *key, const char *text, void *field,
		      const struct reason *why)
{
	(void)key;
	return store_text(text, field, CONF_TEXT_MAX, why);
}

/* Cron, systemd and a shell look for programs in different places. */
static int parse_command(const struct conf_key *key, const char *text, void *field,
			 const struct reason *why)
{
	struct shell_words words;
	const char *fault = shell_words_split(text, &words);

	(void)key;
	if (fault != NULL)
		return refuse(why, "%s", fault);
	if (words.argv[0][0] != '/')
		return refuse(why, "does not begin with an absolute file name");
	return store_text(text, field, CONF_TEXT_MAX, why);
}

static int parse_path(const struct conf_key *key, const char *text, void *field,
		      const struct reason *why)
{
	(void)key;
	if (text[0] != '/')
		return refuse(why, "is not an absolute file name");
	return store_text(text, field, CONF_TEXT_MAX, why);
}

static int store_url(const char *fault, const char *text, void *field, const struct reason *why)
{
	return fault != NULL ? refuse(why, "%s", fault)
			     : store_text(text, field, CONF_TEXT_MAX, why);
}

static int parse_url(const struct conf_key *key, const char *text, void *field,
		     const struct reason *why)
{
	(void)key;
	return store_url(url_fault(text), text, field, why);
}

static int parse_hook(const struct conf_key *key, const char *text, void *field,
		      const struct reason *why)
{
	(void)key;
	return store_url(url_hook_fault(text), text, field, why);
}

static int parse_events(const struct conf_key *key, const char *text, void *field,
			const struct reason *why)
{
	(void)key;
	return event_list_parse(text, field, why->text, why->size);
}

static int (*const parsers[])(const struct conf_key *key, const char *text, void *field,
			      const struct reason *why) = {
	[CONF_INTERFACE] = parse_interface,
	[CONF_INTERFACES] = parse_interfaces,
	[CONF_ADDR4] = parse_addr4,
	[CONF_ADDR6] = parse_addr6,
	[CONF_TARGET] = parse_target,
	[CONF_ADDRS] = parse_addrs,
	[CONF_NEXTHOP4] = parse_hop4,
	[CONF_NEXTHOP6] = parse_hop6,
	[CONF_NUMBER] = parse_number,
	[CONF_TIME] = parse_time,
	[CONF_SHARE] = parse_share,
	[CONF_SIZE] = parse_size,
	[CONF_CHOICE] = parse_choice,
	[CONF_YES_NO] = parse_yes_no,
	[CONF_SIM] = parse_sim,
	[CONF_CLASS] = parse_class,
	[CONF_TEXT] = parse_text,
	[CONF_COMMAND] = parse_command,
	[CONF_PATH] = parse_path,
	[CONF_URL] = parse_url,
	[CONF_HOOK] = parse_hook,
	[CONF_EVENTS] = parse_events,
};

int conf_value_parse(const struct conf_key *key, const char *text, void *field, char *why,
		     size_t why_size)
{
	const struct reason reason = { .text = why, .size = why_size };
	bool may;

	why[0] = '\0';
	if (text[0] != '\0')
		return parsers[key->type](key, text, field, &reason);
	may = key->default_text != NULL && key->default_text[0] == '\0';
	return may ? 0 : refuse(&reason, "is empty");
}
