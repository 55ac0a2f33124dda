#include "support.h"
#include "value.h"

static const char *const words[] = { "keep", "lan", NULL };

/* The value as text again, to compare it. */
static const char *text_of(enum conf_type type, const void *field)
{
	static char text[CONF_TEXT_MAX];
	const struct conf_addrs *addrs = field;
	const struct conf_interfaces *interfaces = field;
	const struct conf_events *events = field;
	const struct sim *sim = field;
	char buf[NEXTHOP_TEXT_MAX];
	int64_t number;
	unsigned choice;

	memset(text, 0, sizeof(text));
	switch (type) {
	case CONF_ADDR4:
	case CONF_ADDR6:
	case CONF_TARGET:
		return addr_format(text, field);
	case CONF_ADDRS:
		for (size_t i = 0; i < addrs->count; i++)
			snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s ",
				 addr_format(buf, &addrs->items[i]));
		break;
	case CONF_INTERFACES:
		for (size_t i = 0; i < interfaces->count; i++)
			snprintf(text + strlen(text), 32, "%.16s ", interfaces->items[i]);
		break;
	case CONF_NEXTHOP4:
	case CONF_NEXTHOP6:
		return nexthop_format(text, field);
	case CONF_NUMBER:
	case CONF_TIME:
	case CONF_SHARE:
	case CONF_SIZE:
		memcpy(&number, field, sizeof(number));
		snprintf(text, sizeof(text), "%lld", (long long)number);
		break;
	case CONF_CHOICE:
		memcpy(&choice, field, sizeof(choice));
		snprintf(text, sizeof(text), "%u", choice);
		break;
	case CONF_YES_NO:
		snprintf(text, sizeof(text), "%d", *(const bool *)field);
		break;
	case CONF_SIM:
		snprintf(text, sizeof(text), "%d %s", (int)sim->kind, sim->id);
		break;
	case CONF_EVENTS:
		for (size_t i = 0; i < events->count; i++)
			snprintf(text + strlen(text), 64, "%s:%.31s ",
				 event_kind_name(events->items[i].kind), events->items[i].value);
		break;
	case CONF_INTERFACE:
	case CONF_CLASS:
	case CONF_TEXT:
	case CONF_COMMAND:
	case CONF_PATH:
	case CONF_URL:
	case CONF_HOOK:
		return field;
	}
	return text;
}

static void every_type_takes_its_form_only(void **state)
{
	static const struct {
		enum conf_type type;
		const char *text;
		const char *value; /* NULL: refused, and then `why` has this */
		const char *why;
	} cases[] = {
		{ CONF_INTERFACE, "ppp0", "ppp0", NULL },
		{ CONF_INTERFACE, "a name", NULL, "is not the name of an interface" },
		{ CONF_INTERFACE, "sixteen-letters!", NULL, "is not the name" },
		{ CONF_ADDR4, "192.168.0.254", "192.168.0.254", NULL },
		{ CONF_ADDR4, "192.168.0.254/24", NULL, "is not an IPv4 address" },
		{ CONF_ADDR4, "::1", NULL, "is not an IPv4 address" },
		{ CONF_ADDR6, "2001:db8::1", "2001:db8::1", NULL },
		{ CONF_ADDR6, "192.168.0.254", NULL, "is not an IPv6 address" },
		{ CONF_TARGET, "peer", "-", NULL },
		{ CONF_TARGET, "100.127.100.127", "100.127.100.127", NULL },
		{ CONF_TARGET, "::1", "::1", NULL },
		{ CONF_TARGET, "Peer", NULL, "is neither `peer` nor" },
		{ CONF_ADDRS, "1.1.1.1", "1.1.1.1 ", NULL },
		{ CONF_ADDRS, "1.1.1.1,\t2001:db8::1 ,9.9.9.9", "1.1.1.1 2001:db8::1 9.9.9.9 ",
		  NULL },
		{ CONF_ADDRS, "1.1.1.1 8.8.8.8", NULL, "`1.1.1.1 8.8.8.8`, which is not" },
		{ CONF_ADDRS, "1.1.1.1,,8.8.8.8", NULL, "has an item that is not" },
		{ CONF_ADDRS, ",1.1.1.1", NULL, "has an item that is not" },
		{ CONF_ADDRS, "1.1.1.1,", NULL, "has an item that is not" },
		{ CONF_ADDRS, "1.1.1.1, one.one.one.one", NULL, "`one.one.one.one`, which is not" },
		{ CONF_ADDRS, "::1, 0:0::1", NULL, "has 0:0::1 twice" },
		{ CONF_ADDRS,
		  "0.0.0.1,0.0.0.2,0.0.0.3,0.0.0.4,0.0.0.5,0.0.0.6,0.0.0.7,0.0.0.8,0.0.0.9,"
		  "0.0.0.10,0.0.0.11,0.0.0.12,0.0.0.13,0.0.0.14,0.0.0.15,0.0.0.16,0.0.0.17",
		  NULL, "has too many addresses, at most 16" },
		{ CONF_NEXTHOP4, "via 192.168.0.254 dev eth0", "via 192.168.0.254 dev eth0", NULL },
		{ CONF_NEXTHOP4, "via fe80::1 dev eth0", NULL,
		  "`[via IPV4-ADDRESS] dev INTERFACE`" },
		{ CONF_NEXTHOP4, "dhcp dev eth1", "dhcp dev eth1", NULL },
		{ CONF_NEXTHOP4, "dhcp via 192.168.0.1 dev eth1", NULL, "or `dhcp dev INTERFACE`" },
		{ CONF_NEXTHOP4, "dhcp", NULL, "or `dhcp dev INTERFACE`" },
		{ CONF_INTERFACES, "eth0", "eth0 ", NULL },
		{ CONF_INTERFACES, "eth0 ,eth0.20", "eth0 eth0.20 ", NULL },
		{ CONF_INTERFACES, "eth0, eth0", NULL, "has eth0 twice" },
		{ CONF_INTERFACES, "eth0,", NULL, "has an item that is not the name" },
		{ CONF_INTERFACES, "eth0, a/b", NULL, "has `a/b`, which is not the name" },
		{ CONF_INTERFACES, "a,b,c,d,e,f,g,h,i", NULL,
		  "has too many interfaces, at most 8" },
		{ CONF_NEXTHOP6, "via fe80::1 dev eth0", "via fe80::1 dev eth0", NULL },
		{ CONF_NEXTHOP6, "ppp0", NULL, "`[via IPV6-ADDRESS] dev INTERFACE`" },
		{ CONF_NUMBER, "50", "50", NULL },
		{ CONF_NUMBER, "9", NULL, "is out of bounds, 10 to 5000" },
		{ CONF_NUMBER, "5001", NULL, "is out of bounds, 10 to 5000" },
		{ CONF_NUMBER, "50ms", NULL, "is not a whole number" },
		{ CONF_TIME, "5s", "5000", NULL },
		{ CONF_TIME, "6s", NULL, "is out of bounds, 10ms to 5s" },
		{ CONF_TIME, "50", NULL, "is not a time with its unit" },
		{ CONF_SHARE, "100%", "100", NULL },
		{ CONF_SHARE, "9%", NULL, "is out of bounds, 10% to 5000%" },
		{ CONF_SHARE, "50", NULL, "is not a share" },
		{ CONF_SIZE, "4K", "4096", NULL },
		{ CONF_SIZE, "5001", NULL, "is out of bounds, 10 to 5000" },
		{ CONF_SIZE, "5GB", NULL, "is not a number of bytes, such as 500M or 1G" },
		{ CONF_CHOICE, "keep", "0", NULL },
		{ CONF_CHOICE, "lan", "1", NULL },
		{ CONF_CHOICE, "LAN", NULL, "is none of: keep, lan" },
		{ CONF_YES_NO, "yes", "1", NULL },
		{ CONF_YES_NO, "no", "0", NULL },
		{ CONF_YES_NO, "true", NULL, "is neither `yes` nor `no`" },
		{ CONF_SIM, "imsi:440101234567890", "0 440101234567890", NULL },
		{ CONF_SIM, "sim-id:8942310012345678901", "1 8942310012345678901", NULL },
		{ CONF_SIM, "imsi:4401012345678901", NULL, "at most 15 digits" },
		{ CONF_SIM, "imsi:", NULL, "write imsi:DIGITS or sim-id:DIGITS" },
		{ CONF_SIM, "440101234567890", NULL, "write imsi:DIGITS" },
		{ CONF_SIM, "imsi:44010/../1", NULL, "write imsi:DIGITS" },
		{ CONF_CLASS, "s1.4xfast", "s1.4xfast", NULL },
		{ CONF_CLASS, "s1.fast\"", NULL, "is not a speed class" },
		{ CONF_CLASS, "s1.0123456789012345678901234567890123456789012345678901234567890",
		  NULL, "is too long, at most 63 characters" },
		{ CONF_TEXT, "/usr/sbin/poff -a", "/usr/sbin/poff -a", NULL },
		{ CONF_COMMAND, "/bin/sh -c 'poff; pon'", "/bin/sh -c 'poff; pon'", NULL },
		{ CONF_TARGET, "0.0.0.0", NULL, "is not the address of a host" },
		{ CONF_TARGET, "255.255.255.255", NULL, "is not the address of a host" },
		{ CONF_ADDRS, "1.1.1.1, 224.0.0.1", NULL,
		  "has 224.0.0.1, which is not the address" },
		{ CONF_ADDRS, "ff02::1", NULL, "has ff02::1, which is not the address" },
		{ CONF_COMMAND, "poff -a", NULL, "does not begin with an absolute file name" },
		{ CONF_COMMAND, "/usr/bin/poff; /usr/bin/pon", NULL, "needs a shell" },
		{ CONF_COMMAND, "/usr/bin/poff 'a", NULL, "not closed" },
		{ CONF_PATH, "/run/fo/line", "/run/fo/line", NULL },
		{ CONF_PATH, "run/fo/line", NULL, "is not an absolute file name" },
		{ CONF_URL, "https://api.soracom.io", "https://api.soracom.io", NULL },
		{ CONF_URL, "ftp://localhost", NULL, "is not an https:// URL" },
		{ CONF_HOOK, "https://ntfy.example/t?auth=a", "https://ntfy.example/t?auth=a",
		  NULL },
		{ CONF_HOOK, "http://8.8.8.8/", NULL, "would be sent in clear" },
		{ CONF_EVENTS, "line:down ,usage", "line:down usage: ", NULL },
		{ CONF_EVENTS, "none", "", NULL },
		{ CONF_EVENTS, "line,", NULL, "has ``, which is no kind of event" },
		{ CONF_EVENTS, "line, lines", NULL, "has `lines`, which is no kind of event" },
		{ CONF_EVENTS, "alert", NULL, "would never end" },
		{ CONF_EVENTS, "line:", NULL, "without a value behind its colon" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct conf_key key = {
			.type = cases[i].type, .min = 10, .max = 5000, .choices = words
		};
		_Alignas(8) char field[sizeof(struct conf_events)] = "";
		char why[256] = "";
		int ret = conf_value_parse(&key, cases[i].text, field, why, sizeof(why));

		CHECK((ret == 0) == (cases[i].value != NULL), "`%s`: %s", cases[i].text, why);
		if (ret == 0)
			assert_string_equal(text_of(cases[i].type, field), cases[i].value);
		else if (cases[i].why != NULL)
			CHECK(strstr(why, cases[i].why) != NULL, "`%s`: %s", cases[i].text, why);
	}
}

/* As the style of the library has it: results only on success. */
static void a_refused_value_changes_nothing(void **state)
{
	static const char *const bad[] = { "", "@ bad value ;", "1.1.1.1, ", "via 1.1.1.1 dev" };

	(void)state;
	for (enum conf_type type = CONF_INTERFACE; type <= CONF_EVENTS; type++) {
		const struct conf_key key = { .type = type, .min = 1, .max = 5, .choices = words };
		char field[sizeof(struct conf)], before[sizeof(struct conf)], why[256];

		if (type == CONF_TEXT)
			continue;
		memset(field, 0x5a, sizeof(field));
		memset(before, 0x5a, sizeof(before));
		for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
			CHECK(conf_value_parse(&key, bad[i], field, why, sizeof(why)) != 0,
			      "type %d takes `%s`", (int)type, bad[i]);
			CHECK(memcmp(field, before, sizeof(field)) == 0, "type %d, `%s`", (int)type,
			      bad[i]);
		}
	}
}

static void an_empty_value_is_one_only_where_that_is_the_default(void **state)
{
	struct conf_key key = { .type = CONF_TEXT };
	char field[CONF_TEXT_MAX] = "before", why[64] = "";

	(void)state;
	assert_int_equal(conf_value_parse(&key, "", field, why, sizeof(why)), -EINVAL);
	assert_string_equal(why, "is empty");
	key.default_text = "something";
	assert_int_equal(conf_value_parse(&key, "", field, why, sizeof(why)), -EINVAL);
	key.default_text = "";
	assert_int_equal(conf_value_parse(&key, "", field, why, sizeof(why)), 0);
}

static void a_long_value_does_not_overrun_its_field_or_the_reason(void **state)
{
	char text[CONF_TEXT_MAX + 1], field[CONF_TEXT_MAX], why[16];
	const struct conf_key key = { .type = CONF_PATH };

	(void)state;
	memset(text, '/', sizeof(text));
	text[CONF_TEXT_MAX] = '\0';
	assert_int_equal(conf_value_parse(&key, text, field, why, sizeof(why)), -EINVAL);
	assert_string_equal(why, "is too long, at");
	text[CONF_TEXT_MAX - 1] = '\0';
	assert_int_equal(conf_value_parse(&key, text, field, why, sizeof(why)), 0);
	assert_string_equal(field, text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_type_takes_its_form_only),
		cmocka_unit_test(a_refused_value_changes_nothing),
		cmocka_unit_test(an_empty_value_is_one_only_where_that_is_the_default),
		cmocka_unit_test(a_long_value_does_not_overrun_its_field_or_the_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
