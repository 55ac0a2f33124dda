#include "exchange.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "log.h"
#include "names.h"

/* At s1.minimum (32 kbit/s) the 5 KB of a TLS handshake alone take more than a second, and several
 * where the line has a queue or loses packets. With the longest pause (RETRY_MAX_MS) a request that
 * hangs when a fault ends is over, and the next one answered, within a minute of that. */
#define CONNECT_TIMEOUT_MS 20000
#define SILENCE_TIMEOUT_S  20
#define REQUEST_TIMEOUT_MS 45000

/* Wrong addresses, one after the other, before the caller makes a pause. */
#define ATTEMPTS_MAX 3

struct exchange {
	const struct conf_speedclass *conf;
	struct http *http;
	struct url_place place;
	struct names names;
	unsigned families;
};

static int open_http(struct exchange *exchange)
{
	const struct http_options options = { .ca_file = exchange->conf->ca_file,
					      .connect_timeout_ms = CONNECT_TIMEOUT_MS,
					      .timeout_ms = REQUEST_TIMEOUT_MS,
					      .silence_s = SILENCE_TIMEOUT_S };

	return http_open(&options, &exchange->http);
}

static unsigned families_of(const struct exchange *exchange, bool any_family)
{
	struct addr addr;

	if (addr_parse(exchange->place.host, AF_UNSPEC, &addr) == 0)
		return addr.family == AF_INET ? EGRESS_IP4 : EGRESS_IP6;
	return any_family ? EGRESS_IP4 | EGRESS_IP6 : EGRESS_IP4;
}

int exchange_open(const struct conf_speedclass *conf, const char *url, bool any_family,
		  struct exchange **out)
{
	struct exchange *exchange = calloc(1, sizeof(*exchange));
	int ret = exchange == NULL ? -ENOMEM : url_parse_place(url, &exchange->place);

	if (ret == 0) {
		exchange->conf = conf;
		exchange->families = families_of(exchange, any_family);
		names_init(&exchange->names, exchange->place.host, !exchange->place.is_tls,
			   &conf->dns);
		ret = open_http(exchange);
	}
	if (ret != 0) {
		log_err(ret, "cannot ask %s", url);
		exchange_close(exchange);
		return ret;
	}
	*out = exchange;
	return 0;
}

void exchange_close(struct exchange *exchange)
{
	if (exchange == NULL)
		return;
	http_close(exchange->http);
	free(exchange);
}

static int find_egress(const struct exchange *exchange, const struct http_request *request,
		       struct egress *out)
{
	const struct egress_wait wait = {
		.iface = exchange->conf->interface,
		.families = exchange->families,
		.end_us = clock_mono_us() + EXCHANGE_WAIT_MS * INT64_C(1000),
		.stop = request->stop,
		.stop_data = request->stop_data,
	};

	return egress_find(&wait, out);
}

static int find_addrs(struct exchange *exchange, const struct http_request *request, bool untried,
		      struct resolver_answer *out)
{
	const struct names_wish wish = {
		.egress = request->egress,
		.families = egress_families(request->egress, exchange->families),
		.untried = untried,
		.stop = request->stop,
		.stop_data = request->stop_data,
	};

	return names_find(&exchange->names, &wish, out);
}

/* A certificate that is only out of date is that of the right server: the clock may be wrong. */
static bool is_wrong_place(const struct http_response *answer)
{
	return !answer->is_connected && answer->certificate != CERTIFICATE_EARLY &&
	       answer->certificate != CERTIFICATE_LATE;
}

/* One attempt, at the addresses that are known now. Returns as exchange_perform; -EHOSTUNREACH when
 * the right server was not reached, logged. */
static int attempt(struct exchange *exchange, struct http_request *request,
		   struct http_response *out)
{
	int64_t start_us = clock_mono_us();
	int ret = http_perform(exchange->http, request, out);

	if (ret == -ECANCELED)
		return ret;
	if (ret != 0) {
		log_warn(0, "%s: %s", request->url, ret == -ENOMEM ? strerror(ENOMEM) : out->error);
		return ret == -EIO && is_wrong_place(out) ? -EHOSTUNREACH : ret;
	}
	log_debug("%s: %" PRId64 ", %zu bytes, %" PRId64 " ms", request->url, out->status, out->len,
		  (clock_mono_us() - start_us) / 1000);
	if (exchange->place.is_tls)
		names_confirm(&exchange->names, &out->server);
	return 0;
}

int exchange_perform(struct exchange *exchange, struct http_request *request,
		     struct http_response *out)
{
	struct resolver_answer found;
	struct egress egress;
	int ret = find_egress(exchange, request, &egress);

	memset(out, 0, sizeof(*out));
	request->egress = &egress;
	request->place = &exchange->place;
	for (int i = 0; ret == 0 && i < ATTEMPTS_MAX; i++) {
		ret = find_addrs(exchange, request, i > 0, &found);
		if (ret != 0)
			break;
		request->addrs = found.addrs;
		request->addr_count = found.count;
		ret = attempt(exchange, request, out);
		if (ret != -EHOSTUNREACH)
			return ret;
		names_blame(&exchange->names, &out->server);
		ret = 0;
	}
	return ret == 0 || ret == -ENOENT ? -EIO : ret;
}

void exchange_judge(struct exchange *exchange, const struct http_response *answer, bool is_right)
{
	if (exchange->place.is_tls)
		return;
	if (is_right)
		names_confirm(&exchange->names, &answer->server);
	else
		names_blame(&exchange->names, &answer->server);
}

const char *exchange_name_server(const struct exchange *exchange, char buf[static ADDR_TEXT_MAX])
{
	return names_source(&exchange->names, buf);
}
