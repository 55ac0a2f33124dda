#include "resolver.h"

#include <ares.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "record.h"

/* How often `stop` is asked. */
#define LOOK_US 250000

/* A second try comes after this; c-ares waits twice as long for it. */
#define TRY_MS	  2000
#define TRIES_MAX 2

/* One for UDP, one for TCP after an answer that was cut, and what is being closed. */
#define SOCKETS_MAX 4

/* One server, and the question that it was asked. */
struct inquiry {
	const struct resolver_query *query;
	ares_channel channel; /* NULL: not asked yet */
	struct pollfd sockets[SOCKETS_MAX];
	size_t socket_count;
	bool done;
	int bind_error; /* errno */
	char reason[96];
	struct resolver_answer answer;
};

struct search {
	const struct resolver_query *query;
	struct inquiry inquiries[RESOLVER_SERVERS_MAX];
	size_t asked;
	int64_t next_us; /* when the next server is asked though the last one may still answer */
};

static void note_socket(void *data, ares_socket_t fd, int readable, int writable)
{
	struct inquiry *inquiry = data;
	const short events = (short)((readable ? POLLIN : 0) | (writable ? POLLOUT : 0));
	size_t i = 0;

	while (i < inquiry->socket_count && inquiry->sockets[i].fd != fd)
		i++;
	if (events == 0) {
		if (i < inquiry->socket_count)
			inquiry->sockets[i] = inquiry->sockets[--inquiry->socket_count];
	} else if (i < SOCKETS_MAX) {
		inquiry->sockets[i] = (struct pollfd){ .fd = fd, .events = events };
		inquiry->socket_count += i == inquiry->socket_count;
	}
}

/* c-ares would go on where its own binding to the interface is refused. */
static int bind_socket(ares_socket_t fd, int type, void *data)
{
	struct inquiry *inquiry = data;

	(void)type;
	inquiry->bind_error = -egress_bind(inquiry->query->egress, fd);
	return inquiry->bind_error == 0 ? 0 : -1;
}

static int64_t shorter_ttl(int64_t ttl_s, int other_s)
{
	return other_s < ttl_s ? (other_s < 0 ? 0 : other_s) : ttl_s;
}

static void take_nodes(struct resolver_answer *answer, const struct ares_addrinfo_node *node)
{
	answer->ttl_s = INT32_MAX;
	for (; node != NULL && answer->count < RESOLVER_ADDRS_MAX; node = node->ai_next) {
		struct sockaddr_storage sa = { .ss_family = AF_UNSPEC };

		if (node->ai_addrlen > sizeof(sa))
			continue;
		memcpy(&sa, node->ai_addr, node->ai_addrlen);
		answer->addrs[answer->count] = addr_from_sockaddr(&sa);
		if (!addr_is_set(&answer->addrs[answer->count]))
			continue;
		answer->ttl_s = shorter_ttl(answer->ttl_s, node->ai_ttl);
		answer->count++;
	}
}

static void keep_usable(const struct resolver_query *query, struct resolver_answer *answer)
{
	size_t kept = 0;

	for (size_t i = 0; i < answer->count; i++) {
		if (query->is_usable(&answer->addrs[i], query->data))
			answer->addrs[kept++] = answer->addrs[i];
	}
	answer->count = kept;
}

static const char *reason_text(const struct inquiry *inquiry, int status)
{
	if (inquiry->bind_error != 0)
		return strerror(inquiry->bind_error);
	switch (status) {
	case ARES_ENOTFOUND:
		return "no such name";
	case ARES_ENODATA:
		return "no address";
	case ARES_ETIMEOUT:
	case ARES_ECANCELLED:
	case ARES_EDESTRUCTION:
		return "no answer";
	case ARES_ESERVFAIL:
		return "server failure";
	case ARES_EREFUSED:
		return "refused";
	case ARES_ECONNREFUSED:
		return "cannot be reached";
	default:
		return ares_strerror(status);
	}
}

static void take_result(void *data, int status, int timeouts, struct ares_addrinfo *result)
{
	struct inquiry *inquiry = data;
	struct resolver_answer *answer = &inquiry->answer;

	(void)timeouts;
	inquiry->done = true;
	if (status == ARES_SUCCESS) {
		take_nodes(answer, result->nodes);
		keep_usable(inquiry->query, answer);
	}
	if (answer->count == 0)
		snprintf(inquiry->reason, sizeof(inquiry->reason), "%s",
			 status == ARES_SUCCESS ? "an address that is not used"
						: reason_text(inquiry, status));
	ares_freeaddrinfo(result);
}

/* With every setting given c-ares reads no file, and no variable of the environment. */
static int open_channel(struct inquiry *inquiry, const char *lookups, const char *servers)
{
	struct ares_options options = {
		.flags = ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES,
		.timeout = TRY_MS,
		.tries = TRIES_MAX,
		.ndots = 0,
		.ndomains = 0,
		.sock_state_cb = note_socket,
		.sock_state_cb_data = inquiry,
	};
	char text[8], null[] = "/dev/null";
	int status;

	snprintf(text, sizeof(text), "%s", lookups);
	options.lookups = text;
	options.resolvconf_path = null;
	status = ares_init_options(&inquiry->channel, &options,
				   ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES |
					   ARES_OPT_NDOTS | ARES_OPT_DOMAINS | ARES_OPT_LOOKUPS |
					   ARES_OPT_SOCK_STATE_CB | ARES_OPT_RESOLVCONF);
	if (status != ARES_SUCCESS) {
		inquiry->channel = NULL;
		return -ENOMEM;
	}
	ares_set_socket_configure_callback(inquiry->channel, bind_socket, inquiry);
	return ares_set_servers_ports_csv(inquiry->channel, servers) == ARES_SUCCESS ? 0 : -ENOMEM;
}

static void ask(struct inquiry *inquiry, const char *host, unsigned families)
{
	struct ares_addrinfo_hints hints = { .ai_flags = ARES_AI_NOSORT,
					     .ai_family = AF_UNSPEC,
					     .ai_socktype = SOCK_STREAM };

	if (families == EGRESS_IP4 || families == EGRESS_IP6)
		hints.ai_family = families == EGRESS_IP4 ? AF_INET : AF_INET6;
	ares_getaddrinfo(inquiry->channel, host, NULL, &hints, take_result, inquiry);
}

static bool is_any(const struct addr *addr, void *data)
{
	(void)addr;
	(void)data;
	return true;
}

int resolver_read_hosts(const char *host, unsigned families, struct resolver_answer *out)
{
	const struct resolver_query query = { .host = host, .is_usable = is_any };
	struct inquiry inquiry = { .query = &query };
	int ret = open_channel(&inquiry, "f", "127.0.0.1"); /* which is not asked */

	if (ret == 0)
		ask(&inquiry, host, families);
	ares_destroy(inquiry.channel);
	if (ret != 0 || inquiry.answer.count == 0)
		return -ENOENT;
	*out = inquiry.answer;
	out->ttl_s = 0;
	return 0;
}

static int ask_next(struct search *search)
{
	const struct resolver_query *query = search->query;
	struct inquiry *inquiry = &search->inquiries[search->asked];
	char server[ADDR_TEXT_MAX];
	int ret;

	inquiry->query = query;
	inquiry->answer.server = query->servers[search->asked];
	ret = open_channel(inquiry, "b", addr_format(server, &inquiry->answer.server));
	search->asked++;
	search->next_us = clock_mono_us() + RESOLVER_LATE_MS * INT64_C(1000);
	if (ret == 0)
		ask(inquiry, query->host, query->families);
	return ret;
}

/* The answer that counts, or NULL; and whether all who were asked have answered. */
static const struct resolver_answer *best(const struct search *search, bool *all_done)
{
	*all_done = true;
	for (size_t i = 0; i < search->asked; i++) {
		const struct inquiry *inquiry = &search->inquiries[i];

		if (inquiry->answer.count > 0 && inquiry->done)
			return &inquiry->answer;
		*all_done = *all_done && inquiry->done;
	}
	return NULL;
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* When something is due without a packet. */
static int64_t wake_us(const struct search *search, int64_t now_us)
{
	int64_t end_us = earlier(search->query->end_us, now_us + LOOK_US);

	if (search->asked < search->query->count)
		end_us = earlier(end_us, search->next_us);
	for (size_t i = 0; i < search->asked; i++) {
		struct timeval left;

		if (!search->inquiries[i].done &&
		    ares_timeout(search->inquiries[i].channel, NULL, &left) != NULL)
			end_us = earlier(end_us,
					 now_us + left.tv_sec * INT64_C(1000000) + left.tv_usec);
	}
	return end_us;
}

/* c-ares is told also where nothing has come: its own time may be over. */
static void serve(struct inquiry *inquiry, const struct pollfd *sockets, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const short events = sockets[i].revents;

		ares_process_fd(inquiry->channel,
				(events & (POLLIN | POLLERR | POLLHUP)) != 0 ? sockets[i].fd
									     : ARES_SOCKET_BAD,
				(events & POLLOUT) != 0 ? sockets[i].fd : ARES_SOCKET_BAD);
	}
	if (count == 0)
		ares_process_fd(inquiry->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
}

static void wait_and_serve(struct search *search)
{
	struct pollfd sockets[RESOLVER_SERVERS_MAX * SOCKETS_MAX] = { { .fd = -1 } };
	size_t counts[RESOLVER_SERVERS_MAX] = { 0 }, total = 0;
	const size_t asked = search->asked;
	const struct timespec left = clock_left(wake_us(search, clock_mono_us()));

	for (size_t i = 0; i < asked; i++) {
		const struct inquiry *inquiry = &search->inquiries[i];

		counts[i] = inquiry->socket_count;
		memcpy(sockets + total, inquiry->sockets, counts[i] * sizeof(sockets[0]));
		total += counts[i];
	}
	if (ppoll(sockets, total, &left, NULL) < 0)
		return;
	total = 0;
	for (size_t i = 0; i < asked; i++) {
		if (!search->inquiries[i].done)
			serve(&search->inquiries[i], sockets + total, counts[i]);
		total += counts[i];
	}
}

static int run(struct search *search, struct resolver_answer *out)
{
	const struct resolver_query *query = search->query;
	const struct resolver_answer *answer;
	bool all_done;
	int ret = 0;

	while ((answer = best(search, &all_done)) == NULL) {
		bool more = search->asked < query->count;
		int64_t now_us = clock_mono_us();

		if (query->stop != NULL && query->stop(query->stop_data))
			return -ECANCELED;
		if (now_us >= query->end_us || (all_done && !more))
			return -ENOENT;
		if (more && (all_done || now_us >= search->next_us))
			ret = ask_next(search);
		else
			wait_and_serve(search);
		if (ret != 0)
			return ret;
	}
	*out = *answer;
	return 0;
}

static void explain(const struct search *search, struct record_writer *why)
{
	char server[ADDR_TEXT_MAX];

	for (size_t i = 0; i < search->asked; i++) {
		const struct inquiry *inquiry = &search->inquiries[i];

		record_put(why, "%s%s: %s", i == 0 ? "" : "; ",
			   addr_format(server, &inquiry->answer.server),
			   inquiry->done ? inquiry->reason : "no answer");
	}
}

int resolver_ask(const struct resolver_query *query, struct resolver_answer *out,
		 char why[static RESOLVER_TEXT_MAX])
{
	struct search search = { .query = query };
	struct record_writer w = { .buf = why, .size = RESOLVER_TEXT_MAX };
	int ret;

	why[0] = '\0';
	ret = run(&search, out);
	if (ret == -ENOENT)
		explain(&search, &w);
	/* Calls take_result once more for what is open. */
	for (size_t i = 0; i < search.asked; i++) {
		if (search.inquiries[i].channel != NULL)
			ares_destroy(search.inquiries[i].channel);
	}
	return ret;
}
