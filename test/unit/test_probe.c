/* What arrives comes through a socket pair instead of the network. The rest of probe.c, which is
 * system calls, is tested by cli/check-ftth.bats. */
#include "probe.h"

#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support.h"

/* A probe whose socket of `family` is one end of a pair; `*peer` is the other. */
static void open_pair(struct probe *probe, sa_family_t family, bool raw, int *peer)
{
	int fds[2];

	assert_return_code(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, fds), errno);
	probe_init(probe);
	*(family == AF_INET6 ? &probe->fd6 : &probe->fd4) = fds[0];
	*(family == AF_INET6 ? &probe->raw6 : &probe->raw4) = raw;
	*peer = fds[1];
}

/* A reply with `echo`, as the socket would give it, and `padding` bytes more. */
static void answer(int peer, sa_family_t family, bool raw, const struct icmp_echo *echo,
		   size_t padding)
{
	uint8_t buf[256] = { 0x45, [9] = IPPROTO_ICMP };
	size_t skip = raw && family == AF_INET ? 20 : 0;
	size_t len = skip + ICMP_ECHO_LEN + padding;

	icmp_write_echo(family, echo, buf + skip);
	make_reply(family, buf + skip);
	assert_int_equal(send(peer, buf, len, 0), len);
}

static void check_foreign(sa_family_t family, bool raw)
{
	struct probe_event event = { .seq = 0 };
	struct icmp_echo echo;
	struct probe probe;
	int peer;

	open_pair(&probe, family, raw, &peer);
	echo = probe.ours;
	for (size_t i = 0; i < ICMP_COOKIE_LEN; i++) {
		echo.cookie[i] ^= 1;
		answer(peer, family, raw, &echo, 0);
		echo.cookie[i] ^= 1;
	}
	assert_false(probe_next(&probe, &event));
	echo.id ^= 1;
	answer(peer, family, raw, &echo, 0);
	assert_int_equal(probe_next(&probe, &event), !raw); /* else the kernel's choice */
	echo.id ^= 1;
	answer(peer, family, raw, &echo, 128);
	assert_false(probe_next(&probe, &event));
	assert_int_equal(send(peer, "", 0, 0), 0);
	echo.seq = 0xabcd;
	answer(peer, family, raw, &echo, 0);
	assert_true(probe_next(&probe, &event)); /* behind all that was not ours */
	assert_int_equal(event.kind, PROBE_REPLY);
	assert_int_equal(event.seq, 0xabcd);
	assert_false(probe_next(&probe, &event));
	close(peer);
	probe_close(&probe, AF_UNSPEC);
}

static void a_reply_with_a_foreign_identifier_or_cookie_is_not_ours(void **state)
{
	(void)state;
	check_foreign(AF_INET, true);
	check_foreign(AF_INET, false);
	check_foreign(AF_INET6, true);
	check_foreign(AF_INET6, false);
}

static void each_probe_has_a_cookie_of_its_own(void **state)
{
	struct probe a, b;

	(void)state;
	probe_init(&a);
	probe_init(&b);
	assert_memory_not_equal(a.ours.cookie, b.ours.cookie, ICMP_COOKIE_LEN);
}

static void a_probe_without_a_socket_has_nothing_to_say(void **state)
{
	struct probe_event event;
	struct probe probe;

	(void)state;
	probe_init(&probe);
	assert_false(probe_next(&probe, &event));
	probe_close(&probe, AF_UNSPEC);
	probe_close(&probe, AF_UNSPEC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_reply_with_a_foreign_identifier_or_cookie_is_not_ours),
		cmocka_unit_test(each_probe_has_a_cookie_of_its_own),
		cmocka_unit_test(a_probe_without_a_socket_has_nothing_to_say),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
