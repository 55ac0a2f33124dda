#include "trial.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "dns_packet.h"
#include "history.h"
#include "line_dns.h"
#include "log.h"
#include "rtnl.h"
#include "source.h"

#define PROGRAM "fo-keepalive"

#define DNS_PORT 53

/* A queue in front of 32 kbit/s delays an answer by seconds. */
#define ANSWER_US  5000000
#define CONNECT_US 15000000
#define TRIES	   2 /* of each server */

#define TEXT_MAX 256

/* SORACOM's, where pppd was given none. */
static const char *const soracom_servers[] = { "100.127.0.53", "100.127.1.53" };

/* Sockets */

/* One that leaves by `iface` and with its address alone, connected to `to`. A connection of TCP may
 * only have begun. Returns it, or -errno. */
static int open_to(const char *iface, int type, const struct addr *to, uint16_t port)
{
	struct sockaddr_storage here, there;
	struct addr source;
	socklen_t here_len, there_len = addr_to_sockaddr(to, &there);
	int ret = source_find(iface, to, &source);
	int fd;

	if (ret != 0)
		return ret;
	fd = socket(to->family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	here_len = addr_to_sockaddr(&source, &here);
	if (there.ss_family == AF_INET6)
		((struct sockaddr_in6 *)&there)->sin6_port = htons(port);
	else
		((struct sockaddr_in *)&there)->sin_port = htons(port);
	if (setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, iface, (socklen_t)strlen(iface)) == 0 &&
	    bind(fd, (const struct sockaddr *)&here, here_len) == 0 &&
	    (connect(fd, (const struct sockaddr *)&there, there_len) == 0 || errno == EINPROGRESS))
		return fd;
	ret = -errno;
	close(fd);
	return ret;
}

/* Waits for `events` until `end_us`. Returns 0 or -ETIMEDOUT. */
static int wait_for(int fd, short events, int64_t end_us)
{
	struct pollfd pollfd = { .fd = fd, .events = events };

	while (clock_mono_us() < end_us) {
		const struct timespec left = clock_left(end_us);

		if (ppoll(&pollfd, 1, &left, NULL) > 0)
			return 0;
	}
	return -ETIMEDOUT;
}

/* The name */

struct question {
	uint8_t bytes[DNS_PACKET_MAX];
	size_t len;
};

static int take_answer(int fd, const struct question *question, struct addr *out)
{
	uint8_t answer[DNS_PACKET_MAX];
	ssize_t got = recv(fd, answer, sizeof(answer), 0);

	if (got < 0)
		return errno == EINTR ? -EAGAIN : -errno;
	if ((size_t)got < question->len)
		return -EAGAIN;
	return dns_packet_read(answer, (size_t)got, question->bytes, question->len, out);
}

static int ask_server(const char *iface, const struct question *question, struct trial *out)
{
	int64_t begin_us = clock_mono_us();
	int fd = open_to(iface, SOCK_DGRAM, &out->server, DNS_PORT);
	int ret = fd < 0 ? fd : 0;

	if (ret == 0 && send(fd, question->bytes, question->len, 0) < 0)
		ret = -errno;
	if (ret == 0)
		ret = -EAGAIN;
	while (ret == -EAGAIN) {
		ret = wait_for(fd, POLLIN, begin_us + ANSWER_US);
		if (ret == 0)
			ret = take_answer(fd, question, &out->host);
	}
	out->name_us = clock_mono_us() - begin_us;
	if (fd >= 0)
		close(fd);
	return ret;
}

static size_t list_servers(const struct conf *conf, struct addr out[static CONF_TARGETS_MAX])
{
	size_t count = conf->speedclass.dns.count;

	memcpy(out, conf->speedclass.dns.items, sizeof(conf->speedclass.dns.items));
	if (count == 0)
		count = line_dns_load(conf->router.uplink, out);
	for (size_t i = 0; count == 0 && i < ARRAY_LEN(soracom_servers); i++) {
		if (addr_parse(soracom_servers[i], AF_INET, &out[i]) != 0)
			return 0;
	}
	return count == 0 ? ARRAY_LEN(soracom_servers) : count;
}

/* What a server says counts; one that says nothing, or refuses, is no reason not to ask another. */
static int find_host(const struct conf *conf, const char *name, struct trial *out)
{
	struct addr servers[CONF_TARGETS_MAX];
	size_t count = list_servers(conf, servers);
	struct question question;
	uint16_t id;
	int ret = -ETIMEDOUT;

	for (size_t i = 0; i < TRIES * count && ret != 0 && ret != -ENOENT; i++) {
		if (getrandom(&id, sizeof(id), 0) != (ssize_t)sizeof(id) ||
		    dns_packet_ask(question.bytes, id, name, &question.len) != 0)
			return -EINVAL;
		out->server = servers[i % count];
		ret = ask_server(conf->router.uplink, &question, out);
	}
	return ret;
}

/* The connection */

static int connect_host(const char *iface, struct trial *out)
{
	int64_t begin_us = clock_mono_us();
	int fd = open_to(iface, SOCK_STREAM, &out->host, TRIAL_PORT), error = 0;
	socklen_t len = sizeof(error);
	int ret = fd < 0 ? fd : wait_for(fd, POLLOUT, begin_us + CONNECT_US);

	if (ret == 0)
		ret = getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) == 0 ? -error : -errno;
	out->connect_us = clock_mono_us() - begin_us;
	if (fd >= 0)
		close(fd);
	return ret;
}

/* The course */

static int64_t bytes_of(struct netlink *nl, const char *iface)
{
	struct rtnl_link link;

	return rtnl_get_link(nl, iface, &link) == 0 ? (int64_t)(link.rx_bytes + link.tx_bytes) : 0;
}

/* What a machine that cannot even ask has to say is no word about the line. */
static bool is_local(int error)
{
	return error == -EPERM || error == -EACCES || error == -EMFILE || error == -ENFILE ||
	       error == -ENOMEM || error == -ENOBUFS || error == -EINVAL;
}

static const char *error_text(int error)
{
	if (error == -ENOENT)
		return "there is no such name, or it has none";
	return error == -EPROTO ? "it refuses the question" : strerror(-error);
}

static void describe(const struct trial *trial, const char *name, char text[static TEXT_MAX])
{
	char server[ADDR_TEXT_MAX], host[ADDR_TEXT_MAX];

	addr_format(server, &trial->server);
	addr_format(host, &trial->host);
	if (trial->error != 0 && !addr_is_set(&trial->host))
		snprintf(text, TEXT_MAX, "no address for %s from %s: %s", name, server,
			 error_text(trial->error));
	else if (trial->error != 0)
		snprintf(text, TEXT_MAX, "no connection to %s, %s: %s", name, host,
			 strerror(-trial->error));
	else
		snprintf(text, TEXT_MAX,
			 "%s is %s, found in %" PRId64 " ms, connected in %" PRId64 " ms", name,
			 host, trial->name_us / 1000, trial->connect_us / 1000);
}

static void tell(const char *iface, const struct trial *trial, const char *name)
{
	char text[TEXT_MAX];
	bool passed = trial->error == 0;

	describe(trial, name, text);
	if (passed)
		log_info("%s: end to end: %s; %" PRId64 " bytes", iface, text, trial->bytes);
	else
		log_warn(0, "%s: end to end: %s; %" PRId64 " bytes", iface, text, trial->bytes);
	history_add(&(struct history_news){ PROGRAM, EVENT_TRIAL, passed ? "passed" : "failed", 0 },
		    "%s from end to end: %s; %" PRId64 " bytes", iface, text, trial->bytes);
}

int trial_run(const struct conf *conf, const char *name, struct trial *out)
{
	const char *iface = conf->router.uplink;
	struct netlink *nl = NULL;
	int ret = rtnl_open(&nl);

	if (ret != 0)
		return ret;
	memset(out, 0, sizeof(*out));
	out->bytes = -bytes_of(nl, iface);
	out->error = find_host(conf, name, out);
	if (out->error == 0)
		out->error = connect_host(iface, out);
	out->bytes += bytes_of(nl, iface);
	netlink_close(nl);
	if (is_local(out->error)) {
		log_err(out->error, "%s: cannot try it from end to end", iface);
		return out->error;
	}
	tell(iface, out, name);
	return 0;
}
