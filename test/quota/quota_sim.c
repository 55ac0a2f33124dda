/* A region's outage: all routers of an account want another speed class at one instant, and SORACOM
 * takes so many requests a minute. Virtual time; who waits how long is decided by the code of
 * fo-speedclass itself. usage: quota-sim ROUTERS QUOTA FLEET SEED      FLEET: of fo.conf; prints
 * one line of numbers */
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "num.h"
#include "retry.h"

/* From the outage until fo-speedclass asks: the watcher, keepalived, the dialogue with name
 * servers. */
#define BEGIN_MS  500
#define SPREAD_MS 1500

/* Of the timer: who has given up begins again. */
#define TIMER_MS   300000
#define GIVE_UP_MS 900000

struct router {
	struct retry retry;
	int64_t next_ms, done_ms, give_up_ms;
};

/* A window begins with the first request after the last one. */
struct server {
	int64_t quota, window_ms, taken;
	int64_t requests, refused, refused_again;
};

static uint64_t state;

/* splitmix64. */
static uint32_t chance(void)
{
	uint64_t z = (state += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return (uint32_t)((z ^ (z >> 31)) >> 32);
}

static bool takes(struct server *server, int64_t now_ms, struct retry_hint *hint)
{
	int64_t left_ms;

	if (server->window_ms < 0 || now_ms - server->window_ms >= RETRY_WINDOW_MS) {
		server->window_ms = now_ms;
		server->taken = 0;
	}
	server->requests++;
	if (server->taken < server->quota) {
		server->taken++;
		return true;
	}
	server->refused++;
	left_ms = server->window_ms + RETRY_WINDOW_MS - now_ms;
	hint->wait_ms = (left_ms + 999) / 1000 * 1000;
	hint->quota = server->quota;
	return false;
}

static void ask(struct router *router, struct server *server, int64_t fleet)
{
	struct retry_hint hint = { .wait_ms = 0 };
	bool was_spread = router->retry.is_spread;
	int64_t wait_ms;

	if (takes(server, router->next_ms, &hint)) {
		router->done_ms = router->next_ms;
		return;
	}
	server->refused_again += router->retry.failures > 0;
	wait_ms = retry_wait_ms(&router->retry, &hint, chance());
	if (!was_spread && router->retry.is_spread)
		router->give_up_ms += wait_ms;
	if (router->next_ms + wait_ms <= router->give_up_ms) {
		router->next_ms += wait_ms;
		return;
	}
	router->next_ms += TIMER_MS - (int64_t)(chance() % 30000);
	router->give_up_ms = router->next_ms + GIVE_UP_MS;
	router->retry = (struct retry){ .fleet = fleet };
}

static struct router *next_of(struct router *routers, int64_t count)
{
	struct router *first = NULL;

	for (int64_t i = 0; i < count; i++) {
		if (routers[i].done_ms == 0 &&
		    (first == NULL || routers[i].next_ms < first->next_ms))
			first = &routers[i];
	}
	return first;
}

static int by_done(const void *a, const void *b)
{
	const struct router *one = a, *other = b;

	return (one->done_ms > other->done_ms) - (one->done_ms < other->done_ms);
}

int main(int argc, char *argv[])
{
	int64_t count, fleet, seed;
	struct server server = { .window_ms = -1 };
	struct router *routers, *router;

	if (argc != 5 || num_parse(argv[1], 1, 1000000, &count) != 0 ||
	    num_parse(argv[2], 1, 1000000, &server.quota) != 0 ||
	    num_parse(argv[3], 1, 1000000, &fleet) != 0 ||
	    num_parse(argv[4], 0, INT64_MAX, &seed) != 0) {
		fputs("usage: quota-sim ROUTERS QUOTA FLEET SEED\n", stderr);
		return 64;
	}
	routers = calloc((size_t)count, sizeof(*routers));
	if (routers == NULL)
		return 2;
	state = (uint64_t)seed;
	for (int64_t i = 0; i < count; i++) {
		routers[i].retry.fleet = fleet;
		routers[i].next_ms = BEGIN_MS + (int64_t)(chance() % SPREAD_MS);
		routers[i].give_up_ms = routers[i].next_ms + GIVE_UP_MS;
	}
	while ((router = next_of(routers, count)) != NULL)
		ask(router, &server, fleet);
	qsort(routers, (size_t)count, sizeof(*routers), by_done);
	printf("{\"routers\":%" PRId64 ",\"quota\":%" PRId64 ",\"fleet\":%" PRId64
	       ",\"seed\":%" PRId64 ",\"median_ms\":%" PRId64 ",\"p99_ms\":%" PRId64
	       ",\"all_ms\":%" PRId64 ",\"requests\":%" PRId64 ",\"refused\":%" PRId64
	       ",\"refused_again\":%" PRId64 "}\n",
	       count, server.quota, fleet, seed, routers[count / 2].done_ms,
	       routers[count * 99 / 100].done_ms, routers[count - 1].done_ms, server.requests,
	       server.refused, server.refused_again);
	free(routers);
	return 0;
}
