#include "http.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "num.h"
#include "version.h"

struct http {
	CURL *curl;
	char error[CURL_ERROR_SIZE];
	int64_t wait_ms;
	size_t len;
	char body[HTTP_BODY_MAX + 1];
};

static size_t take_body(char *data, size_t size, size_t count, void *user)
{
	struct http *http = user;
	size_t len = size * count;

	if (len > HTTP_BODY_MAX - http->len)
		return 0; /* ends the transfer with CURLE_WRITE_ERROR */
	memcpy(http->body + http->len, data, len);
	http->len += len;
	return len;
}

/* Whole seconds: Retry-After (RFC 9110, 10.2.3) and SORACOM's own header. A date in Retry-After
 * is not understood, and left to the back-off. */
static const char *const wait_headers[] = { "retry-after:",
					    "x-soracom-ratelimit-seconds-before-refresh:" };

static void take_wait(struct http *http, const char *text, size_t len)
{
	char value[16];
	int64_t seconds = 0;

	while (len > 0 && (*text == ' ' || *text == '\t')) {
		text++;
		len--;
	}
	while (len > 0 && (text[len - 1] == '\r' || text[len - 1] == '\n' || text[len - 1] == ' '))
		len--;
	if (len >= sizeof(value))
		return;
	memcpy(value, text, len);
	value[len] = '\0';
	if (num_parse(value, 0, 86400, &seconds) == 0 && seconds * 1000 > http->wait_ms)
		http->wait_ms = seconds * 1000;
}

static size_t take_header(char *data, size_t size, size_t count, void *user)
{
	size_t len = size * count;

	for (size_t i = 0; i < ARRAY_LEN(wait_headers); i++) {
		size_t name_len = strlen(wait_headers[i]);

		if (len > name_len && strncasecmp(data, wait_headers[i], name_len) == 0)
			take_wait(user, data + name_len, len - name_len);
	}
	return len;
}

static int ask_to_stop(void *user, curl_off_t dltotal, curl_off_t dlnow, curl_off_t ultotal,
		       curl_off_t ulnow)
{
	const struct http_request *request = user;

	(void)dltotal;
	(void)dlnow;
	(void)ultotal;
	(void)ulnow;
	return request->stop != NULL && request->stop(request->stop_data) ? 1 : 0;
}

static void set_options(struct http *http, const struct http_options *options)
{
	CURL *curl = http->curl;
	char iface[64];

	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, http->error);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, http);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(curl, CURLOPT_HEADERDATA, http);
	curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, ask_to_stop);
	curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	/* A resolver that waits for a silent name server is left behind, not waited for. */
	curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https,http");
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	/* Without ALPN and HTTP/2 the dialogue is a few hundred bytes shorter. */
	curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(curl, CURLOPT_SSL_ENABLE_ALPN, 0L);
	/* With few ciphers and curves OpenSSL's hello is 250 bytes shorter, padding included. */
	curl_easy_setopt(curl, CURLOPT_SSL_CIPHER_LIST, "ECDHE+AESGCM:ECDHE+CHACHA20");
	curl_easy_setopt(curl, CURLOPT_SSL_EC_CURVES, "X25519:P-256");
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "failover-helpers/" FO_VERSION);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)options->connect_timeout_ms);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)options->timeout_ms);
	curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, (long)options->silence_s);
	if (options->ip4)
		curl_easy_setopt(curl, CURLOPT_IPRESOLVE, (long)CURL_IPRESOLVE_V4);
	if (options->ca_file[0] != '\0')
		curl_easy_setopt(curl, CURLOPT_CAINFO, options->ca_file);
	if (options->iface[0] == '\0')
		return;
	/* `if!`: SO_BINDTODEVICE, never the look-up of a host of that name. */
	snprintf(iface, sizeof(iface), "if!%s", options->iface);
	curl_easy_setopt(curl, CURLOPT_INTERFACE, iface);
}

int http_open(const struct http_options *options, struct http **out)
{
	struct http *http = calloc(1, sizeof(*http));

	if (http == NULL)
		return -ENOMEM;
	http->curl = curl_easy_init();
	if (http->curl == NULL) {
		free(http);
		return -ENOMEM;
	}
	set_options(http, options);
	*out = http;
	return 0;
}

void http_close(struct http *http)
{
	if (http == NULL)
		return;
	curl_easy_cleanup(http->curl);
	explicit_bzero(http->body, sizeof(http->body));
	free(http);
}

static int add_headers(const char *const *headers, struct curl_slist **list)
{
	for (; *headers != NULL; headers++) {
		struct curl_slist *longer = curl_slist_append(*list, *headers);

		if (longer == NULL)
			return -ENOMEM;
		*list = longer;
	}
	return 0;
}

static void wipe_headers(struct curl_slist *list)
{
	for (struct curl_slist *item = list; item != NULL; item = item->next)
		explicit_bzero(item->data, strlen(item->data));
	curl_slist_free_all(list);
}

static int transfer(struct http *http, struct http_response *out)
{
	CURLcode code = curl_easy_perform(http->curl);
	long status = 0;

	if (code == CURLE_ABORTED_BY_CALLBACK)
		return -ECANCELED;
	if (code != CURLE_OK) {
		const char *text = http->error[0] != '\0' ? http->error : curl_easy_strerror(code);

		if (code == CURLE_WRITE_ERROR)
			text = "the answer is too long";
		snprintf(out->error, sizeof(out->error), "%s", text);
		return -EIO;
	}
	curl_easy_getinfo(http->curl, CURLINFO_RESPONSE_CODE, &status);
	http->body[http->len] = '\0';
	out->status = status;
	/* Each answer of SORACOM has the time at which its count of requests restarts. */
	out->wait_ms = status == 429 || status == 503 ? http->wait_ms : 0;
	out->body = http->body;
	out->len = http->len;
	return 0;
}

int http_perform(struct http *http, const struct http_request *request, struct http_response *out)
{
	struct curl_slist *headers = NULL;
	int ret = add_headers(request->headers, &headers);

	memset(out, 0, sizeof(*out));
	http->len = 0;
	http->wait_ms = 0;
	http->error[0] = '\0';
	curl_easy_setopt(http->curl, CURLOPT_XFERINFODATA, request);
	curl_easy_setopt(http->curl, CURLOPT_URL, request->url);
	curl_easy_setopt(http->curl, CURLOPT_HTTPHEADER, headers);
	if (request->body != NULL)
		curl_easy_setopt(http->curl, CURLOPT_POSTFIELDS, request->body);
	else
		curl_easy_setopt(http->curl, CURLOPT_HTTPGET, 1L);
	if (ret == 0)
		ret = transfer(http, out);
	curl_easy_setopt(http->curl, CURLOPT_HTTPHEADER, NULL);
	wipe_headers(headers);
	return ret;
}
