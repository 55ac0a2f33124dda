#include "probe.h"

#include <errno.h>
#include <linux/errqueue.h>
#include <linux/filter.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "source.h"

/* <linux/icmp.h> has these, but collides with the C library's header. */
enum { RAW_ICMP_FILTER = 1 };

/* An answer longer than ours is not ours. Room for the longest IPv4 header in front. */
#define PACKET_MAX 128

/* So much that is not ours is read at one go. */
enum { FOREIGN_MAX = 16 };

void probe_init(struct probe *probe)
{
	memset(probe, 0, sizeof(*probe));
	probe->fd4 = -1;
	probe->fd6 = -1;
	/* Cannot fail for so few bytes once the pool is ready; before that it would block the
	 * boot, and then uniqueness is enough. */
	if (getrandom(probe->ours.cookie, ICMP_COOKIE_LEN, GRND_NONBLOCK) != ICMP_COOKIE_LEN) {
		int64_t now = clock_mono_us() ^ ((int64_t)getpid() << 40);

		memcpy(probe->ours.cookie, &now, sizeof(now));
	}
	memcpy(&probe->ours.id, probe->ours.cookie, sizeof(probe->ours.id));
}

static int try_socket(sa_family_t family, bool raw)
{
	int protocol = family == AF_INET6 ? (int)IPPROTO_ICMPV6 : (int)IPPROTO_ICMP;
	int fd = socket(family, (raw ? SOCK_RAW : SOCK_DGRAM) | SOCK_CLOEXEC | SOCK_NONBLOCK,
			protocol);

	return fd < 0 ? -errno : fd;
}

/* A datagram socket needs no privilege, but is refused with EACCES by ping_group_range, and with
 * EPROTONOSUPPORT by kernels that do not have it for this family. For IPv6 it is the second choice:
 * the kernel does not report to it that an echo could not be sent (ping_v6_sendmsg), and a firewall
 * of our own would look like a dead line. */
static int open_socket(sa_family_t family, bool *raw)
{
	int fd;

	*raw = family == AF_INET6;
	fd = try_socket(family, *raw);
	if (fd != -EACCES && fd != -EPERM && fd != -EPROTONOSUPPORT)
		return fd;
	*raw = !*raw;
	return try_socket(family, *raw);
}

/* A raw socket gets a copy of every ICMP packet of the machine: let only echo replies through.
 * A filter that cannot be set costs time, not correctness. */
static void filter_replies(int fd, sa_family_t family)
{
	uint32_t blocked4 = ~(1U << ICMP_ECHOREPLY);
	struct icmp6_filter filter6;

	if (family == AF_INET) {
		(void)setsockopt(fd, SOL_RAW, RAW_ICMP_FILTER, &blocked4, sizeof(blocked4));
		return;
	}
	ICMP6_FILTER_SETBLOCKALL(&filter6);
	ICMP6_FILTER_SETPASS(ICMP6_ECHO_REPLY, &filter6);
	(void)setsockopt(fd, IPPROTO_ICMPV6, ICMP6_FILTER, &filter6, sizeof(filter6));
}

/* Where an echo reply and our cookie begin in what the socket is given: the latter in two words. */
enum { ID_OFFSET = 4, COOKIE_OFFSET = 8, WORD_LEN = 4 };

static uint32_t get32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* The kernel drops what has neither our identifier (it compares that of a datagram socket itself)
 * nor our cookie, so that echo replies by the 100 000 cost this process nothing. As with the filter
 * above, correctness does not depend on it; the error queue has no filter. */
static void filter_ours(const struct probe *probe, int fd, sa_family_t family, bool raw)
{
	const uint8_t *cookie = probe->ours.cookie;
	const struct sock_filter begin =
		raw && family == AF_INET
			? (struct sock_filter)BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0)
			: (struct sock_filter)BPF_STMT(BPF_LDX | BPF_IMM, 0);
	struct sock_filter code[] = {
		begin, /* X: length of the IPv4 header */
		BPF_STMT(BPF_LD | BPF_W | BPF_IND, COOKIE_OFFSET),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, get32(cookie), 0, 5),
		BPF_STMT(BPF_LD | BPF_W | BPF_IND, COOKIE_OFFSET + WORD_LEN),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, get32(cookie + WORD_LEN), 0, 3),
		BPF_STMT(BPF_LD | BPF_H | BPF_IND, ID_OFFSET),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, probe->ours.id, 0, raw ? 1 : 0),
		BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	const struct sock_fprog program = { .len = ARRAY_LEN(code), .filter = code };

	(void)setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program));
}

static int set_options(const struct probe *probe, int fd, sa_family_t family, const char *iface,
		       bool raw)
{
	int on = 1;
	int ret;

	if (setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, iface, (socklen_t)strlen(iface)) != 0)
		return -errno;
	if (family == AF_INET)
		ret = setsockopt(fd, SOL_IP, IP_RECVERR, &on, sizeof(on));
	else
		ret = setsockopt(fd, SOL_IPV6, IPV6_RECVERR, &on, sizeof(on));
	if (ret != 0)
		return -errno;
	if (raw)
		filter_replies(fd, family);
	filter_ours(probe, fd, family, raw);
	return 0;
}

static int bind_source(int fd, const struct addr *source)
{
	struct sockaddr_storage sa;
	socklen_t len = addr_to_sockaddr(source, &sa);

	return bind(fd, (const struct sockaddr *)&sa, len) == 0 ? 0 : -errno;
}

int probe_open(struct probe *probe, const char *iface, const struct addr *target)
{
	bool six = target->family == AF_INET6;
	int *slot = six ? &probe->fd6 : &probe->fd4;
	struct addr source;
	bool raw = false;
	int fd, ret;

	if (*slot >= 0)
		return 0;
	fd = open_socket(target->family, &raw);
	if (fd < 0)
		return fd;
	ret = set_options(probe, fd, target->family, iface, raw);
	if (ret == 0)
		ret = source_find(iface, target, &source);
	if (ret == 0)
		ret = bind_source(fd, &source);
	if (ret != 0) {
		close(fd);
		return ret;
	}
	*slot = fd;
	*(six ? &probe->raw6 : &probe->raw4) = raw;
	*(six ? &probe->source6 : &probe->source4) = source;
	return 0;
}

static void close_socket(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void probe_close(struct probe *probe, sa_family_t family)
{
	if (family != AF_INET6)
		close_socket(&probe->fd4);
	if (family != AF_INET)
		close_socket(&probe->fd6);
}

int probe_send(struct probe *probe, const struct addr *target, uint16_t seq)
{
	struct icmp_echo echo = probe->ours;
	uint8_t packet[ICMP_ECHO_LEN];
	struct sockaddr_storage to;
	socklen_t to_len = addr_to_sockaddr(target, &to);
	int fd = target->family == AF_INET6 ? probe->fd6 : probe->fd4;
	ssize_t sent;

	echo.seq = seq;
	icmp_write_echo(target->family, &echo, packet);
	/* An ICMP error that waits in the queue makes one send fail, with its errno, unsent. A full
	 * queue stays full. */
	sent = sendto(fd, packet, sizeof(packet), 0, (const struct sockaddr *)&to, to_len);
	if (sent < 0 && errno != ENOBUFS)
		sent = sendto(fd, packet, sizeof(packet), 0, (const struct sockaddr *)&to, to_len);
	return sent < 0 ? -errno : 0;
}

void probe_wait(const struct probe *probe, int64_t until_us)
{
	struct pollfd fds[2] = { { .fd = probe->fd4, .events = POLLIN },
				 { .fd = probe->fd6, .events = POLLIN } };
	const struct timespec left = clock_left(until_us);

	(void)ppoll(fds, ARRAY_LEN(fds), &left, NULL);
}

/* The kernel has compared the identifier already on a datagram socket, where it is its own. */
static bool is_ours(const struct probe *probe, bool raw, const struct icmp_echo *echo,
		    bool has_cookie)
{
	if (raw && echo->id != probe->ours.id)
		return false;
	return !has_cookie || memcmp(echo->cookie, probe->ours.cookie, ICMP_COOKIE_LEN) == 0;
}

/* Returns -EAGAIN when nothing is there, 0 with an event, 1 when what was there is not ours. */
static int take_reply(const struct probe *probe, int fd, sa_family_t family, bool raw,
		      struct probe_event *out)
{
	uint8_t packet[PACKET_MAX];
	struct sockaddr_storage from = { .ss_family = AF_UNSPEC };
	socklen_t from_len = sizeof(from);
	struct icmp_echo echo;
	ssize_t got = recvfrom(fd, packet, sizeof(packet), MSG_DONTWAIT | MSG_TRUNC,
			       (struct sockaddr *)&from, &from_len);

	if (got < 0)
		return errno == EAGAIN ? -EAGAIN : 1;
	if ((size_t)got > sizeof(packet) ||
	    !icmp_read_reply(family, raw && family == AF_INET, packet, (size_t)got, &echo) ||
	    !is_ours(probe, raw, &echo, true))
		return 1;
	*out = (struct probe_event){ .kind = PROBE_REPLY,
				     .from = addr_from_sockaddr(&from),
				     .seq = echo.seq };
	return 0;
}

/* The part of a message of the error queue with what happened, and who reports it. */
static bool read_control(struct msghdr *msg, struct probe_event *out)
{
	struct sockaddr_storage offender = { .ss_family = AF_UNSPEC };
	struct sock_extended_err error;
	const size_t both = sizeof(error) + sizeof(struct sockaddr_in);

	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c != NULL; c = CMSG_NXTHDR(msg, c)) {
		size_t len = c->cmsg_len - CMSG_LEN(0);

		if (len < both)
			continue;
		memcpy(&error, CMSG_DATA(c), sizeof(error));
		if (error.ee_origin != SO_EE_ORIGIN_ICMP && error.ee_origin != SO_EE_ORIGIN_ICMP6)
			continue;
		if (len - sizeof(error) > sizeof(offender))
			len = sizeof(error) + sizeof(offender);
		memcpy(&offender, CMSG_DATA(c) + sizeof(error), len - sizeof(error));
		out->from = addr_from_sockaddr(&offender);
		out->type = error.ee_type;
		out->code = error.ee_code;
		return true;
	}
	return false;
}

/* Returns as take_reply does. */
static int take_error(const struct probe *probe, int fd, sa_family_t family, bool raw,
		      struct probe_event *out)
{
	uint8_t packet[PACKET_MAX];
	char control[256];
	struct sockaddr_storage to = { .ss_family = AF_UNSPEC };
	struct iovec iov = { packet, sizeof(packet) };
	struct msghdr msg = { .msg_name = &to,
			      .msg_namelen = sizeof(to),
			      .msg_iov = &iov,
			      .msg_iovlen = 1,
			      .msg_control = control,
			      .msg_controllen = sizeof(control) };
	struct probe_event event = { .kind = PROBE_ERROR };
	struct icmp_echo echo;
	bool has_cookie = false;
	ssize_t got = recvmsg(fd, &msg, MSG_ERRQUEUE | MSG_DONTWAIT);

	if (got < 0)
		return errno == EAGAIN ? -EAGAIN : 1;
	if (!read_control(&msg, &event) ||
	    !icmp_read_quoted(family, packet, (size_t)got, &echo, &has_cookie) ||
	    !is_ours(probe, raw, &echo, has_cookie))
		return 1;
	event.seq = echo.seq;
	event.target = addr_from_sockaddr(&to);
	*out = event;
	return 0;
}

typedef int take_one(const struct probe *probe, int fd, sa_family_t family, bool raw,
		     struct probe_event *out);

static bool next_of(const struct probe *probe, sa_family_t family, take_one *take,
		    struct probe_event *out)
{
	bool six = family == AF_INET6;
	int fd = six ? probe->fd6 : probe->fd4;
	int ret = fd < 0 ? -EAGAIN : 1;

	for (int i = 0; ret == 1 && i < FOREIGN_MAX; i++)
		ret = take(probe, fd, family, six ? probe->raw6 : probe->raw4, out);
	return ret == 0;
}

bool probe_next(struct probe *probe, struct probe_event *out)
{
	return next_of(probe, AF_INET, take_reply, out) ||
	       next_of(probe, AF_INET, take_error, out) ||
	       next_of(probe, AF_INET6, take_reply, out) ||
	       next_of(probe, AF_INET6, take_error, out);
}
