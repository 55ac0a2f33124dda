#include "ruleset_walk.h"

#include <stdlib.h>

#include "support.h"

/* A router whose LAN is eth0, 192.168.0.0/24, and whose line is ppp0. */

static struct addr_prefix net(const char *text, unsigned len)
{
	struct addr_prefix prefix = { .len = len };

	assert_int_equal(addr_parse(text, AF_INET, &prefix.addr), 0);
	return prefix;
}

enum { VRRP_DROPPED = 1, FORWARD_DROPPED = 2, TRANSLATED = 4, CLAMPED = 8, ANSWER_DROPPED = 16 };

static int judge(const struct ruleset *ruleset)
{
	const struct ruleset_packet advert = { .iif = "eth0",
					       .protocol = 112,
					       .src = net("192.168.0.2", 32) };
	const struct ruleset_packet packet = { .iif = "eth0",
					       .oif = "ppp0",
					       .src = net("192.168.0.0", 24),
					       .dst = net("198.41.0.4", 32) };
	const struct ruleset_packet answer = { .iif = "ppp0",
					       .oif = "eth0",
					       .src = packet.dst,
					       .dst = packet.src,
					       .is_answer = true };
	const struct ruleset_chain *chain;

	return (ruleset_may_pass(ruleset, RULESET_FORWARD, &answer, &chain) ? 0 : ANSWER_DROPPED) |
	       (ruleset_may_pass(ruleset, RULESET_INPUT, &advert, &chain) ? 0 : VRRP_DROPPED) |
	       (ruleset_may_pass(ruleset, RULESET_FORWARD, &packet, &chain) ? 0 : FORWARD_DROPPED) |
	       (ruleset_may_translate(ruleset, &packet) ? TRANSLATED : 0) |
	       (ruleset_clamps(ruleset) ? CLAMPED : 0);
}

#define INPUT(policy, rules)                                                                       \
	"table inet filter {\n\tset guests {\n\t\ttype ipv4_addr\n\t\telements = { 10.0.0.1,\n"    \
	"\t\t\t     10.0.0.2 }\n\t}\n\n\tchain input {\n"                                          \
	"\t\ttype filter hook input priority filter; policy " policy ";\n" rules                   \
	"\t}\n\n\tchain lan {\n\t\tip protocol vrrp accept\n\t}\n\n\tchain deny {\n"               \
	"\t\tcounter drop\n\t}\n}\n"
#define FORWARD(policy, rules)                                                                     \
	"table inet filter {\n\tchain forward {\n"                                                 \
	"\t\ttype filter hook forward priority filter; policy " policy ";\n" rules "\t}\n}\n"
#define NAT(family, rules)                                                                         \
	"table " family " nat {\n\tchain postrouting {\n"                                          \
	"\t\ttype nat hook postrouting priority srcnat; policy accept;\n" rules "\t}\n}\n"

/* As firewalld and ufw write them. */
#define FIREWALLD(allowed)                                                                         \
	"table inet firewalld { # progname firewalld\n\tchain filter_INPUT {\n"                    \
	"\t\ttype filter hook input priority filter + 10; policy accept;\n"                        \
	"\t\tct state { established, related } accept\n\t\tct status dnat accept\n"                \
	"\t\tiifname \"lo\" accept\n\t\tct state invalid drop\n\t\tjump filter_INPUT_ZONES\n"      \
	"\t\treject with icmpx admin-prohibited\n\t}\n\n\tchain filter_INPUT_ZONES {\n"            \
	"\t\tiifname \"eth0\" goto filter_IN_home\n\t\tgoto filter_IN_public\n\t}\n\n"             \
	"\tchain filter_IN_home {\n\t\tjump filter_IN_home_allow\n"                                \
	"\t\tmeta l4proto { icmp, ipv6-icmp } accept\n\t}\n\n\tchain filter_IN_public {\n"         \
	"\t\taccept\n\t}\n\n\tchain filter_IN_home_allow {\n\t\ttcp dport 22 accept\n"             \
	"\t\tip daddr 224.0.0.251 udp dport 5353 accept\n" allowed "\t}\n}\n"
#define UFW(allowed)                                                                               \
	"table ip filter {\n\tchain ufw-before-input {\n\t\tiifname \"lo\" counter accept\n"       \
	"\t\tct state related,established counter accept\n\t\tct state invalid counter drop\n"     \
	"\t\ticmp type echo-request counter accept\n" allowed                                      \
	"\t\tudp sport 67 udp dport 68 counter accept\n\t\tcounter jump ufw-not-local\n"           \
	"\t}\n\n\tchain ufw-not-local {\n\t\tfib daddr type local counter return\n"                \
	"\t\tfib daddr type multicast counter return\n\t\tcounter drop\n\t}\n\n"                   \
	"\tchain INPUT {\n\t\ttype filter hook input priority filter; policy drop;\n"              \
	"\t\tcounter jump ufw-before-input\n\t\tcounter jump ufw-gone\n\t}\n}\n"
#define UFW_USER(allowed)                                                                          \
	"table ip filter {\n\tchain ufw-user-input {\n" allowed                                    \
	"\t}\n\n\tchain ufw-not-local {\n\t\tfib daddr type local counter return\n"                \
	"\t\tlimit rate 3/minute counter jump ufw-log\n\t\tcounter drop\n\t}\n\n"                  \
	"\tchain INPUT {\n\t\ttype filter hook input priority filter; policy drop;\n"              \
	"\t\tcounter jump ufw-not-local\n\t\tcounter jump ufw-user-input\n\t}\n}\n"

static const struct {
	const char *text;
	int fate;
} nft_cases[] = {
	{ FIREWALLD("\t\tip saddr 192.168.0.2 meta l4proto vrrp accept\n"), 0 },
	{ FIREWALLD("\t\tmeta nfproto ipv4 meta l4proto 112 ct state { new, untracked } accept\n"),
	  0 },
	{ FIREWALLD(""), VRRP_DROPPED },
	{ FIREWALLD("\t\tip saddr 192.168.0.3 meta l4proto vrrp accept\n"), VRRP_DROPPED },
	{ UFW("\t\tmeta l4proto 112 ip saddr 192.168.0.2 counter packets 0 bytes 0 accept\n"), 0 },
	{ UFW(""), VRRP_DROPPED },
	/* `ufw allow in on eth0`: its chain comes after one that may return, and drops the rest. */
	{ UFW_USER("\t\tiifname \"eth0\" counter accept\n"), 0 },
	{ UFW_USER("\t\tiifname \"ppp0\" counter accept\n"), VRRP_DROPPED },
	{ "", 0 },
	/* VRRP, let in */
	{ INPUT("accept", ""), 0 },
	{ INPUT("drop", "\t\tip protocol 112 accept\n"), 0 },
	{ INPUT("drop", "\t\tmeta l4proto vrrp counter accept\n"), 0 },
	{ INPUT("drop", "\t\tmeta l4proto { icmp, vrrp } accept\n"), 0 },
	{ INPUT("drop", "\t\tiifname \"eth0\" accept\n"), 0 },
	{ INPUT("drop", "\t\tiifname \"eth*\" accept comment \"the LAN; drop\"\n"), 0 },
	{ INPUT("drop", "\t\tiif \"eth0\" ip saddr 192.168.0.0/24 accept\n"), 0 },
	{ INPUT("drop", "\t\tip saddr { 192.168.0.1, 192.168.0.2 } ip protocol 112 accept\n"), 0 },
	{ INPUT("drop", "\t\tip saddr @guests accept\n"), 0 },
	{ INPUT("drop", "\t\tip daddr 224.0.0.18 accept\n"), 0 },
	{ INPUT("drop", "\t\tiifname vmap { \"eth0\" : jump lan, \"ppp0\" : drop }\n"), 0 },
	{ INPUT("drop", "\t\tiifname vmap @zones\n"), 0 },
	{ INPUT("drop", "\t\tiifname . ip protocol vmap { \"eth0\" . vrrp : accept }\n"), 0 },
	{ INPUT("drop", "\t\tjump lan\n"), 0 },
	{ INPUT("drop", "\t\tiifname != \"ppp0\" accept\n"), 0 },
	{ INPUT("drop", "\t\tlimit rate 9/second burst 5 packets accept\n"), 0 },
	{ INPUT("drop", "\t\tlog prefix \"in: \" level info accept\n"), 0 },
	{ INPUT("drop", "\t\tmeta pkttype multicast accept\n"), 0 },
	{ INPUT("drop", "\t\tfib daddr . iif type { local, multicast } accept\n"), 0 },
	{ INPUT("drop", "\t\tct state new,established accept\n"), 0 },
	{ INPUT("accept", "\t\tip protocol 112 ip saddr != { 192.168.0.1, 192.168.0.2 } counter "
			  "drop\n"),
	  0 },
	{ INPUT("accept", "\t\ttcp dport 22 drop\n\t\tip6 nexthdr vrrp drop\n"), 0 },
	{ INPUT("accept", "\t\tct state invalid drop\n"), 0 },
	{ INPUT("accept", "\t\tip protocol vrrp limit rate over 9/second drop\n"), 0 },
	{ "table ip6 filter {\n\tchain input {\n\t\ttype filter hook input priority filter; "
	  "policy drop;\n\t}\n}\n",
	  0 },
	/* and not */
	{ INPUT("drop", ""), VRRP_DROPPED },
	{ INPUT("drop", "\t\tct state vmap { established : accept, related : accept, invalid : "
			"drop }\n"),
	  VRRP_DROPPED },
	{ INPUT("drop", "\t\tct state established,related accept\n\t\tiif \"lo\" accept\n"
			"\t\ttcp dport { 22, 53 } accept\n\t\tmeta l4proto { icmp, ipv6-icmp } "
			"accept\n"),
	  VRRP_DROPPED },
	{ INPUT("drop", "\t\tiifname \"eth1\" accept\n"), VRRP_DROPPED },
	{ INPUT("drop", "\t\tiifname { \"eth1\", \"lo\" } accept\n"), VRRP_DROPPED },
	{ INPUT("drop", "\t\tiifname != \"eth0\" accept\n"), VRRP_DROPPED },
	{ INPUT("drop", "\t\tip saddr 192.168.1.0/24 accept\n"), VRRP_DROPPED },
	{ INPUT("drop", "\t\tmeta nfproto ipv6 accept\n\t\tip6 saddr fe80::/10 accept\n"),
	  VRRP_DROPPED },
	{ INPUT("drop", "\t\tiifname vmap { \"eth1\" : jump lan, \"ppp0\" : drop }\n"),
	  VRRP_DROPPED },
	{ INPUT("accept", "\t\ticmp type echo-request accept\n\t\tjump deny\n"), VRRP_DROPPED },
	{ INPUT("accept", "\t\tmeta l4proto 112 drop\n"), VRRP_DROPPED },
	{ INPUT("accept", "\t\tip protocol 112 ip saddr != { 192.168.0.1, 192.168.0.3 } counter "
			  "drop\n"),
	  VRRP_DROPPED },
	{ INPUT("accept", "\t\tip protocol vrrp reject with icmp type admin-prohibited\n"),
	  VRRP_DROPPED },
	{ INPUT("accept", "\t\tgoto deny\n\t\taccept\n"), VRRP_DROPPED },
	/* forwarding */
	{ FORWARD("drop", "\t\tiifname \"eth0\" oifname \"ppp0\" accept\n"), ANSWER_DROPPED },
	{ FORWARD("drop", "\t\tiifname \"eth0\" oifname \"ppp0\" accept\n"
			  "\t\tiifname \"ppp0\" ct state established,related accept\n"),
	  0 },
	{ FORWARD("drop", "\t\tct state vmap { established : accept, related : accept }\n"
			  "\t\tiifname \"eth0\" ct state new accept\n"),
	  0 },
	{ FORWARD("drop", "\t\tct state new accept\n"), ANSWER_DROPPED },
	{ FORWARD("accept", "\t\tiifname \"ppp0\" ct state new drop\n"), 0 },
	{ FORWARD("accept", "\t\tiifname \"ppp0\" oifname \"eth0\" drop\n"), ANSWER_DROPPED },
	{ FORWARD("drop", "\t\tct state established accept\n\t\toifname \"ppp*\" accept\n"), 0 },
	{ FORWARD("drop", "\t\tip saddr 192.168.0.0/16 tcp dport != 25 accept\n"), ANSWER_DROPPED },
	{ FORWARD("drop", "\t\tct state established,related accept\n"), FORWARD_DROPPED },
	{ FORWARD("drop", "\t\tiifname \"eth0\" oifname \"eth1\" accept\n"),
	  FORWARD_DROPPED | ANSWER_DROPPED },
	{ FORWARD("accept", "\t\toifname \"ppp0\" ip saddr 192.168.0.0/24 drop\n"),
	  FORWARD_DROPPED },
	{ FORWARD("accept", "\t\tip daddr 198.41.0.0/16 counter drop\n"), FORWARD_DROPPED },
	{ FORWARD("accept", "\t\toifname \"ppp0\" tcp dport 25 reject\n"), 0 },
	/* translation */
	{ NAT("ip", "\t\toifname \"ppp0\" masquerade\n"), TRANSLATED },
	{ NAT("inet", "\t\toifname \"ppp0\" ip saddr 192.168.0.0/16 masquerade random\n"),
	  TRANSLATED },
	{ NAT("ip", "\t\tip saddr 192.168.0.0/24 ip daddr != 192.168.0.0/16 masquerade\n"),
	  TRANSLATED },
	{ NAT("ip", "\t\toifname != \"eth0\" snat to 203.0.113.9\n"), TRANSLATED },
	{ NAT("ip", "\t\toifname \"ppp0\" ip saddr 192.168.0.128/25 masquerade\n"), TRANSLATED },
	{ NAT("ip", "\t\toifname \"ppp0\" counter packets 7 bytes 600 xt target \"MASQUERADE\"\n"),
	  TRANSLATED },
	{ NAT("ip", "\t\toifname \"ppp0\" xt match \"policy\" counter masquerade\n"), TRANSLATED },
	{ NAT("ip", ""), 0 },
	{ NAT("ip", "\t\toifname \"eth1\" masquerade\n"), 0 },
	{ NAT("ip", "\t\toif 7 masquerade\n"), 0 },
	{ NAT("ip", "\t\toifname { \"ppp1\", \"eth1\" } masquerade\n"), 0 },
	{ NAT("ip", "\t\toifname \"ppp0\" ip saddr 192.168.1.0/24 masquerade\n"), 0 },
	{ NAT("ip", "\t\tip saddr 192.168.0.0/24 return\n\t\toifname \"ppp0\" masquerade\n"), 0 },
	{ NAT("ip", "\t\tiifname \"eth0\" accept\n\t\tmasquerade\n"), 0 },
	{ NAT("ip6", "\t\toifname \"ppp0\" masquerade\n"), 0 },
	{ FORWARD("accept",
		  "\t\toifname \"ppp0\" tcp flags & (syn | rst) == syn tcp option maxseg size set "
		  "rt mtu\n"),
	  CLAMPED },
};

static const struct {
	const char *text;
	int fate;
} old_cases[] = {
	{ "*nat\n:POSTROUTING ACCEPT [0:0]\n-A POSTROUTING -o ppp0 -j MASQUERADE\nCOMMIT\n",
	  TRANSLATED },
	{ "*nat\n:POSTROUTING ACCEPT [0:0]\n-A POSTROUTING ! -d 10.0.0.0/8 -o ppp+ -m comment "
	  "--comment \"a -j b\" -j MASQUERADE\nCOMMIT\n",
	  TRANSLATED },
	{ "*nat\n:POSTROUTING ACCEPT [0:0]\n-A POSTROUTING -s 192.168.0.0/24 ! -o eth0 -j SNAT "
	  "--to-source 203.0.113.9\nCOMMIT\n",
	  TRANSLATED },
	{ "*nat\n:POSTROUTING ACCEPT [0:0]\n-A POSTROUTING -o eth1 -j MASQUERADE\nCOMMIT\n", 0 },
	{ "*nat\n:POSTROUTING ACCEPT [0:0]\n-A POSTROUTING -s 192.168.1.0/24 -j MASQUERADE\n"
	  "COMMIT\n",
	  0 },
	{ "*filter\n:INPUT DROP [0:0]\n-A INPUT -p vrrp -s 192.168.0.2 -j ACCEPT\nCOMMIT\n", 0 },
	{ "*filter\n:INPUT DROP [0:0]\n-A INPUT -i eth0 -j ACCEPT\nCOMMIT\n", 0 },
	{ "*filter\n:INPUT DROP [0:0]\n:ufw-before-input - [0:0]\n-A INPUT -j ufw-before-input\n"
	  "-A ufw-before-input -p 112 -j ACCEPT\nCOMMIT\n",
	  0 },
	{ "*filter\n:INPUT DROP [0:0]\n:ufw-before-input - [0:0]\n-A INPUT -j ufw-before-input\n"
	  "-A ufw-before-input -i lo -j ACCEPT\n-A ufw-before-input -m conntrack --ctstate "
	  "RELATED,ESTABLISHED -j ACCEPT\n-A ufw-before-input -p icmp -m icmp --icmp-type 8 -j "
	  "ACCEPT\n-A ufw-before-input -p udp -m udp --sport 67 --dport 68 -j ACCEPT\nCOMMIT\n",
	  VRRP_DROPPED },
	{ "*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT\n-A INPUT -j "
	  "REJECT --reject-with icmp-port-unreachable\nCOMMIT\n",
	  VRRP_DROPPED },
	{ "*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -m set --match-set ok src -j ACCEPT\n-A INPUT -j "
	  "DROP\nCOMMIT\n",
	  0 },
	{ "*filter\n:FORWARD DROP [0:0]\n-A FORWARD -i eth0 -o ppp0 -j ACCEPT\nCOMMIT\n",
	  ANSWER_DROPPED },
	{ "*filter\n:FORWARD DROP [0:0]\n-A FORWARD -i eth0 -o ppp0 -j ACCEPT\n-A FORWARD -m "
	  "conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\nCOMMIT\n",
	  0 },
	{ "*filter\n:FORWARD DROP [0:0]\n-A FORWARD -m state --state ESTABLISHED -j "
	  "ACCEPT\nCOMMIT\n",
	  FORWARD_DROPPED },
	{ "*filter\n:FORWARD DROP [0:0]\n:own - [0:0]\n-A FORWARD -g own\n-A FORWARD -j ACCEPT\n"
	  "-A own -j RETURN\nCOMMIT\n",
	  FORWARD_DROPPED | ANSWER_DROPPED },
	{ "*filter\n:FORWARD ACCEPT [0:0]\n-A FORWARD -o ppp0 -j LOG --log-prefix \"DROP "
	  "\"\nCOMMIT\n",
	  0 },
	{ "*mangle\n:FORWARD ACCEPT [0:0]\n-A FORWARD -p tcp -m tcp --tcp-flags SYN,RST SYN -j "
	  "TCPMSS --clamp-mss-to-pmtu\nCOMMIT\n",
	  CLAMPED },
};

static struct ruleset *fresh(void)
{
	struct ruleset *ruleset = calloc(1, sizeof(*ruleset));

	assert_non_null(ruleset);
	return ruleset;
}

static void what_nft_prints_is_understood(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(nft_cases); i++) {
		struct ruleset *ruleset = fresh();
		int fate;

		ruleset_add_nft(ruleset, nft_cases[i].text);
		fate = judge(ruleset);
		free(ruleset);
		CHECK(fate == nft_cases[i].fate, "%d, not %d: %s", fate, nft_cases[i].fate,
		      nft_cases[i].text);
	}
}

static void what_iptables_prints_is_understood(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(old_cases); i++) {
		struct ruleset *ruleset = fresh();
		int fate;

		ruleset_add_iptables(ruleset, old_cases[i].text);
		fate = judge(ruleset);
		free(ruleset);
		CHECK(fate == old_cases[i].fate, "%d, not %d: %s", fate, old_cases[i].fate,
		      old_cases[i].text);
	}
}

static void a_chain_that_drops_is_named(void **state)
{
	const struct ruleset_packet advert = { .iif = "eth0", .protocol = 112 };
	const struct ruleset_chain *chain = NULL;
	struct ruleset *ruleset = fresh();

	(void)state;
	ruleset_add_nft(ruleset, INPUT("drop", ""));
	assert_false(ruleset_may_pass(ruleset, RULESET_INPUT, &advert, &chain));
	assert_memory_equal(chain->table.text, "inet filter", chain->table.len);
	assert_memory_equal(chain->name.text, "input", chain->name.len);
	free(ruleset);
}

/* Chains that lead to themselves, and rules without an end. */
static void nothing_is_said_of_what_is_too_much(void **state)
{
	static const char loop[] = "*filter\n:INPUT DROP [0:0]\n:a - [0:0]\n-A INPUT -j a\n"
				   "-A a -j a\nCOMMIT\n";
	struct ruleset *ruleset = fresh();
	static char many[64 + 20 * (RULESET_RULES_MAX + 1)];
	size_t used;

	(void)state;
	ruleset_add_iptables(ruleset, loop);
	assert_int_equal(judge(ruleset), 0);
	memset(ruleset, 0, sizeof(*ruleset));
	used = (size_t)snprintf(many, sizeof(many), "*filter\n:INPUT DROP [0:0]\n");
	for (int i = 0; i <= RULESET_RULES_MAX; i++)
		used += (size_t)snprintf(many + used, sizeof(many) - used, "-A INPUT -i lo\n");
	ruleset_add_iptables(ruleset, many);
	assert_true(ruleset->more);
	assert_int_equal(judge(ruleset) & (VRRP_DROPPED | FORWARD_DROPPED | ANSWER_DROPPED), 0);
	free(ruleset);
}

/* Whatever a person has written. */
/* As Docker, fail2ban and a list of countries make it together. */
static void many_chains_are_looked_through(void **state)
{
	enum { CHAINS = 250, RULES = 14 };
	struct ruleset *ruleset = fresh();
	static char text[CHAINS * (RULES + 3) * 64];
	size_t used = 0;

	(void)state;
	used += (size_t)snprintf(text + used, sizeof(text) - used, "table inet many {\n");
	for (int chain = 0; chain < CHAINS; chain++) {
		used += (size_t)snprintf(text + used, sizeof(text) - used, "\tchain c%d {\n",
					 chain);
		for (int rule = 0; rule < RULES; rule++)
			used += (size_t)snprintf(text + used, sizeof(text) - used,
						 "\t\tip saddr 10.%d.%d.1 accept\n", chain, rule);
		used += (size_t)snprintf(text + used, sizeof(text) - used, "\t}\n");
	}
	used += (size_t)snprintf(text + used, sizeof(text) - used,
				 "\tchain in {\n\t\ttype filter hook input priority 0; policy "
				 "drop;\n");
	for (int chain = 0; chain < CHAINS; chain++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "\t\tjump c%d\n", chain);
	(void)snprintf(text + used, sizeof(text) - used, "\t}\n}\n");
	ruleset_add_nft(ruleset, text);
	assert_false(ruleset->more);
	assert_int_equal(judge(ruleset), VRRP_DROPPED);
	free(ruleset);
}

/* Each chain jumps to the next one twice: a million ways to the last. */
static void a_chain_to_which_many_ways_lead_is_looked_through_once(void **state)
{
	enum { CHAINS = 20 };
	struct ruleset *ruleset = fresh();
	static char text[(CHAINS + 2) * 96];
	size_t used = 0;

	(void)state;
	used += (size_t)snprintf(text + used, sizeof(text) - used, "table inet many {\n");
	for (int chain = 0; chain < CHAINS; chain++)
		used += (size_t)snprintf(text + used, sizeof(text) - used,
					 "\tchain c%d {\n\t\tjump c%d\n\t\tjump c%d\n\t}\n", chain,
					 chain + 1, chain + 1);
	(void)snprintf(text + used, sizeof(text) - used,
		       "\tchain c%d {\n\t\tcounter\n\t}\n\tchain in {\n\t\ttype filter hook input "
		       "priority 0;\n\t\tjump c0\n\t\tdrop\n\t}\n}\n",
		       CHAINS);
	ruleset_add_nft(ruleset, text);
	assert_int_equal(judge(ruleset), VRRP_DROPPED);
	free(ruleset);
}

static void no_text_is_too_odd(void **state)
{
	static const char *const words[] = {
		"table ip x {\n",
		"chain a {\n",
		"}\n",
		"type nat hook postrouting priority 0;\n",
		"iifname ",
		"vmap ",
		"{ ",
		"} ",
		"jump a\n",
		"accept\n",
		"\"",
		", ",
		": ",
		"!= ",
		"@x ",
		"ct state ",
		"ip saddr ",
		"1.2.3.4/",
		"\n",
		"fib ",
		". ",
		"xt target ",
		"counter ",
		"*nat\n",
		":INPUT DROP\n",
		"-A INPUT ",
		"-j ",
		"-s ",
		"! ",
		"table",
		"chain ",
		":",
		"*",
		"-A ",
		"drop ",
		"goto a ",
	};
	struct ruleset *ruleset = fresh();
	static char text[2048];

	(void)state;
	for (int round = 0; round < 20000; round++) {
		size_t used = 0;

		for (uint32_t n = random_below(60); n > 0; n--)
			used += (size_t)snprintf(text + used, sizeof(text) - used, "%s",
						 words[random_below(ARRAY_LEN(words))]);
		memset(ruleset, 0, offsetof(struct ruleset, chains));
		ruleset_add_nft(ruleset, text);
		ruleset_add_iptables(ruleset, text);
		assert_in_range(judge(ruleset), 0, 31);
	}
	free(ruleset);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_nft_prints_is_understood),
		cmocka_unit_test(what_iptables_prints_is_understood),
		cmocka_unit_test(a_chain_that_drops_is_named),
		cmocka_unit_test(nothing_is_said_of_what_is_too_much),
		cmocka_unit_test(many_chains_are_looked_through),
		cmocka_unit_test(a_chain_to_which_many_ways_lead_is_looked_through_once),
		cmocka_unit_test(no_text_is_too_odd),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
