#include "keepalived_parser.h"
#include "support.h"
#include "wire_rule.h"

static struct keepalived_conf conf;
static struct findings findings;

static const char *const lines[] = {
	"vrrp_instance VI_1 {",
	"  virtual_router_id 51",
	"  priority 200",
	"  version 2",
	"  advert_int 1",
	"  authentication {",
	"    auth_type PASS",
	"    auth_pass article",
	"  }",
	"  unicast_peer {",
	"    192.168.0.1",
	"  }",
	"  virtual_ipaddress {",
	"    192.168.0.254/24 dev eth0",
	"  }",
	"}",
};

static void read_lines(void)
{
	struct keepalived_parser parser;
	struct keepalived_place place = { .line = 0 };

	keepalived_parser_init(&parser, &conf, "", 0);
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		char line[KEEPALIVED_LINE_MAX];

		place.line++;
		snprintf(line, sizeof(line), "%s", lines[i]);
		(void)keepalived_parser_line(&parser, place, line);
	}
	keepalived_parser_end(&parser);
	assert_int_equal(conf.fault_count, 0);
}

/* What the neighbour says when all is well. */
static struct advert neighbour(void)
{
	struct advert advert = { .version = 2,
				 .vrid = 51,
				 .priority = 250,
				 .interval_ms = 1000,
				 .has_password = true,
				 .password = "article",
				 .count = 1 };

	assert_int_equal(addr_parse("192.168.0.1", AF_INET, &advert.source), 0);
	assert_int_equal(addr_parse("192.168.0.254", AF_INET, &advert.addrs[0]), 0);
	return advert;
}

/* The code that is found, 0: none; and in which line. */
static unsigned found(const struct advert *advert, unsigned line)
{
	const struct scene scene = { .keepalived = &conf, .out = &findings };
	char place[FINDING_PLACE_MAX];

	memset(&findings, 0, sizeof(findings));
	wire_rule_check(&scene, keepalived_find_block(&conf, KEEPALIVED_INSTANCE, NULL), advert);
	assert_in_range(findings.count, 0, 1);
	if (findings.count == 0)
		return 0;
	snprintf(place, sizeof(place), ":%u", line);
	assert_string_equal(findings.items[0].place, place);
	return findings.items[0].code;
}

static void a_neighbour_that_agrees(void **state)
{
	struct advert advert = neighbour();

	(void)state;
	read_lines();
	assert_int_equal(found(&advert, 0), 0);
}

static void each_difference_is_found(void **state)
{
	struct advert advert;

	(void)state;
	read_lines();
	advert = neighbour();
	advert.vrid = 52;
	assert_int_equal(found(&advert, 2), 180);
	advert = neighbour();
	advert.version = 3;
	assert_int_equal(found(&advert, 4), 181);
	advert = neighbour();
	advert.interval_ms = 2000;
	assert_int_equal(found(&advert, 5), 182);
	advert = neighbour();
	advert.has_password = false;
	assert_int_equal(found(&advert, 7), 183);
	advert = neighbour();
	memcpy(advert.password, "articlE", 7);
	assert_int_equal(found(&advert, 8), 183);
	assert_null(strstr(findings.items[0].reason, "article"));
	advert = neighbour();
	advert.priority = 200;
	assert_int_equal(found(&advert, 3), 184);
	advert = neighbour();
	assert_int_equal(addr_parse("192.168.0.250", AF_INET, &advert.addrs[0]), 0);
	assert_int_equal(found(&advert, 2), 185);
	advert = neighbour();
	assert_int_equal(addr_parse("192.168.0.3", AF_INET, &advert.source), 0);
	assert_int_equal(found(&advert, 11), 186);
}

static void what_others_say_is_none_of_ours(void **state)
{
	struct advert advert = neighbour();

	(void)state;
	read_lines();
	advert.vrid = 7;
	advert.version = 3;
	assert_int_equal(addr_parse("192.168.0.7", AF_INET, &advert.addrs[0]), 0);
	assert_int_equal(found(&advert, 0), 0);
	advert.count = 0;
	assert_int_equal(found(&advert, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_neighbour_that_agrees),
		cmocka_unit_test(each_difference_is_found),
		cmocka_unit_test(what_others_say_is_none_of_ours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
