#include "http.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "http_socket.h"
#include "num.h"
#include "record.h"
#include "version.h"

/* How many requests a minute SORACOM takes. */
#define QUOTA	  "x-soracom-ratelimit-limit:"
#define QUOTA_MAX 1000000

#define DATE "date:"

/* X509_V_ERR_CERT_NOT_YET_VALID and X509_V_ERR_CERT_HAS_EXPIRED of OpenSSL's x509_vfy.h. */
enum { VERIFY_NOT_YET_VALID = 9, VERIFY_EXPIRED = 10 };

struct http {
	CURL *curl;
	char error[CURL_ERROR_SIZE];
	int64_t wait_ms, quota, date_s;
	struct egress egress; /* of the connection */
	int bind_error;	      /* errno */
	bool opens;	      /* the request needed a connection of its own */
	struct curl_slist *resolve;
	size_t len, enough; /* of the body */
	char body[HTTP_BODY_MAX + 1];
};

static size_t take_body(char *data, size_t size, size_t count, void *user)
{
	struct http *http = user;
	size_t len = size * count;

	/* To take less ends the transfer with CURLE_WRITE_ERROR. */
	if (http->len + len > http->enough && http->enough > 0)
		len = http->enough - http->len;
	else if (len > HTTP_BODY_MAX - http->len)
		return 0;
	memcpy(http->body + http->len, data, len);
	http->len += len;
	return len;
}

/* Whole seconds: Retry-After (RFC 9110, 10.2.3) and SORACOM's own header. A date in Retry-After
 * is not understood, and left to the back-off. */
static const char *const wait_headers[] = { "retry-after:",
					    "x-soracom-ratelimit-seconds-before-refresh:" };

/* Who asks for more waits so long. */
#define WAIT_MAX_S 86400

static void take_date(struct http *http, const char *text, size_t len)
{
	char value[64];
	time_t date;

	if (len >= sizeof(value))
		return;
	memcpy(value, text, len);
	value[len] = '\0';
	date = curl_getdate(value, NULL);
	if (date > 0)
		http->date_s = date;
}

static bool is_header(const char *data, size_t len, const char *name)
{
	return len > strlen(name) && strncasecmp(data, name, strlen(name)) == 0;
}

/* The whole number, up to `max`, of the header `name`. Returns 0 and `*out`, or -EINVAL: it is
 * another one, or no such number. */
static int read_number(const char *data, size_t len, const char *name, int64_t max, int64_t *out)
{
	const char *text, *end = data + len;
	char value[16];

	if (!is_header(data, len, name))
		return -EINVAL;
	text = data + strlen(name);
	while (text < end && (*text == ' ' || *text == '\t'))
		text++;
	while (text < end && (end[-1] == '\r' || end[-1] == '\n' || end[-1] == ' '))
		end--;
	if ((size_t)(end - text) >= sizeof(value))
		return -EINVAL;
	memcpy(value, text, (size_t)(end - text));
	value[end - text] = '\0';
	return num_parse(value, 0, max, out);
}

static size_t take_header(char *data, size_t size, size_t count, void *user)
{
	size_t len = size * count;
	struct http *http = user;
	int64_t number = 0;

	for (size_t i = 0; i < ARRAY_LEN(wait_headers); i++) {
		if (read_number(data, len, wait_headers[i], INT32_MAX, &number) != 0)
			continue;
		number = number < WAIT_MAX_S ? number : WAIT_MAX_S;
		if (number * 1000 > http->wait_ms)
			http->wait_ms = number * 1000;
	}
	if (read_number(data, len, QUOTA, QUOTA_MAX, &number) == 0)
		http->quota = number;
	if (is_header(data, len, DATE))
		take_date(http, data + strlen(DATE), len - strlen(DATE));
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

static int prepare_socket(void *user, curl_socket_t fd, curlsocktype purpose)
{
	struct http *http = user;

	(void)purpose;
	http_socket_prepare(fd);
	http->bind_error = http->egress.iface[0] == '\0' ? 0 : -egress_bind(&http->egress, fd);
	http->opens = http->bind_error == 0;
	return http->bind_error == 0 ? CURL_SOCKOPT_OK : CURL_SOCKOPT_ERROR;
}

/* Called where libcurl would look a name up by itself. */
static int refuse_lookup(void *resolver, void *reserved, void *user)
{
	(void)resolver;
	(void)reserved;
	(void)user;
	return 1;
}

static void set_options(struct http *http, const struct http_options *options)
{
	CURL *curl = http->curl;

	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, http->error);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, http);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(curl, CURLOPT_HEADERDATA, http);
	curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, ask_to_stop);
	curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
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
	if (options->ca_file[0] != '\0') {
		curl_easy_setopt(curl, CURLOPT_CAINFO, options->ca_file);
		curl_easy_setopt(curl, CURLOPT_CAPATH, NULL); /* /etc/ssl/certs counts as well */
	}
	curl_easy_setopt(curl, CURLOPT_SOCKOPTFUNCTION, prepare_socket);
	curl_easy_setopt(curl, CURLOPT_SOCKOPTDATA, http);
}

/* The environment is whoever's that has started keepalived, or a shell's; what it could do to a
 * connection with credentials is decided here and in fo.conf: whom to trust, where to write the
 * keys of TLS, which code to load, where a name leads. */
static void clear_environment(void)
{
	static const char *const names[] = {
		"SSLKEYLOGFILE",   "SSL_CERT_FILE",   "SSL_CERT_DIR",	      "OPENSSL_CONF",
		"OPENSSL_MODULES", "OPENSSL_ENGINES", "OPENSSL_CONF_INCLUDE", "HOSTALIASES",
		"LOCALDOMAIN",	   "RES_OPTIONS",     "CARES_HOSTS",
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		unsetenv(names[i]);
}

int http_open(const struct http_options *options, struct http **out)
{
	struct http *http = calloc(1, sizeof(*http));

	if (http == NULL)
		return -ENOMEM;
	clear_environment();
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
	curl_slist_free_all(http->resolve);
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

/* Tells libcurl where the host is, unless that is numeric: `HOST:PORT:ADDRESS,...`. */
static int set_addrs(struct http *http, const struct http_request *request)
{
	char text[512], addr[ADDR_TEXT_MAX];
	struct record_writer w = { .buf = text, .size = sizeof(text) };
	struct addr numeric;
	bool is_numeric = addr_parse(request->place->host, AF_UNSPEC, &numeric) == 0;

	curl_slist_free_all(http->resolve);
	http->resolve = NULL;
	record_put(&w, "%s:%s:", request->place->host, request->place->port);
	for (size_t i = 0; i < request->addr_count; i++) {
		bool brackets = request->addrs[i].family == AF_INET6;

		record_put(&w, "%s%s%s%s", i == 0 ? "" : ",", brackets ? "[" : "",
			   addr_format(addr, &request->addrs[i]), brackets ? "]" : "");
	}
	if (!is_numeric)
		http->resolve = curl_slist_append(NULL, text);
	curl_easy_setopt(http->curl, CURLOPT_RESOLVE, http->resolve);
	curl_easy_setopt(http->curl, CURLOPT_RESOLVER_START_FUNCTION,
			 is_numeric ? NULL : refuse_lookup);
	return is_numeric || http->resolve != NULL ? 0 : -ENOMEM;
}

/* A connection from an address that the line has no more is left. */
static void set_egress(struct http *http, const struct egress *wanted)
{
	static const struct egress any;
	const struct egress *egress = wanted == NULL ? &any : wanted;
	bool is_same = strcmp(http->egress.iface, egress->iface) == 0 &&
		       addr_equal(&http->egress.ip4, &egress->ip4) &&
		       addr_equal(&http->egress.ip6, &egress->ip6);

	curl_easy_setopt(http->curl, CURLOPT_FRESH_CONNECT, is_same ? 0L : 1L);
	http->egress = *egress;
}

/* Where the transfer has been, whether or not there is an answer. */
static void note_server(struct http *http, bool is_tls, struct http_response *out)
{
	curl_off_t reached_us = 0;
	char *server = NULL;

	curl_easy_getinfo(http->curl, CURLINFO_PRIMARY_IP, &server);
	curl_easy_getinfo(http->curl, is_tls ? CURLINFO_APPCONNECT_TIME_T : CURLINFO_CONNECT_TIME_T,
			  &reached_us);
	out->is_connected = !http->opens || reached_us > 0;
	if (server == NULL || addr_parse(server, AF_UNSPEC, &out->server) != 0)
		out->server = (struct addr){ .family = AF_UNSPEC };
}

static enum certificate doubt_certificate(struct http *http, CURLcode code)
{
	long result = 0;

	if (code != CURLE_PEER_FAILED_VERIFICATION)
		return CERTIFICATE_FINE;
	curl_easy_getinfo(http->curl, CURLINFO_SSL_VERIFYRESULT, &result);
	if (result == VERIFY_NOT_YET_VALID)
		return CERTIFICATE_EARLY;
	return result == VERIFY_EXPIRED ? CERTIFICATE_LATE : CERTIFICATE_FOREIGN;
}

/* What no try can change, other than an interface or a name that may come. */
static bool is_of_this_machine(CURLcode code)
{
	return code == CURLE_SSL_CACERT_BADFILE || code == CURLE_URL_MALFORMAT ||
	       code == CURLE_UNSUPPORTED_PROTOCOL || code == CURLE_SSL_CIPHER ||
	       code == CURLE_NOT_BUILT_IN || code == CURLE_FAILED_INIT;
}

static int explain(struct http *http, CURLcode code, struct http_response *out)
{
	const char *text = http->error[0] != '\0' ? http->error : curl_easy_strerror(code);

	if (http->bind_error != 0) {
		snprintf(out->error, sizeof(out->error), "cannot bind to %s: %s",
			 http->egress.iface, strerror(http->bind_error));
		return -EIO;
	}
	if (code == CURLE_ABORTED_BY_CALLBACK)
		return -ECANCELED;
	if (code == CURLE_WRITE_ERROR)
		text = "the answer is too long";
	snprintf(out->error, sizeof(out->error), "%s", text);
	out->certificate = doubt_certificate(http, code);
	return is_of_this_machine(code) ? -EINVAL : -EIO;
}

/* Whether the answer is as long as was wanted, or has said already that all is well: how it ends
 * does not matter then, but where less came than it had announced. */
static bool is_enough(const struct http *http, CURLcode code, long status)
{
	if (http->enough == 0)
		return false;
	return (code == CURLE_WRITE_ERROR && http->len == http->enough) ||
	       (status >= 200 && status < 300 && code != CURLE_PARTIAL_FILE);
}

static int transfer(struct http *http, bool is_tls, struct http_response *out)
{
	CURLcode code = curl_easy_perform(http->curl);
	long status = 0;

	curl_easy_getinfo(http->curl, CURLINFO_RESPONSE_CODE, &status);
	if (code != CURLE_ABORTED_BY_CALLBACK && is_enough(http, code, status))
		code = CURLE_OK;
	note_server(http, is_tls, out);
	if (code != CURLE_OK)
		return explain(http, code, out);
	http->body[http->len] = '\0';
	out->status = status;
	/* Each answer of SORACOM has the time at which its count of requests restarts. */
	out->wait_ms = status == 429 || status == 503 ? http->wait_ms : 0;
	out->quota = status == 429 ? http->quota : 0;
	out->date_s = http->date_s;
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
	http->enough = request->enough < HTTP_BODY_MAX ? request->enough : HTTP_BODY_MAX;
	http->wait_ms = 0;
	http->quota = 0;
	http->date_s = 0;
	http->error[0] = '\0';
	http->bind_error = 0;
	http->opens = false;
	set_egress(http, request->egress);
	curl_easy_setopt(http->curl, CURLOPT_XFERINFODATA, request);
	curl_easy_setopt(http->curl, CURLOPT_URL, request->url);
	curl_easy_setopt(http->curl, CURLOPT_HTTPHEADER, headers);
	if (request->body != NULL)
		curl_easy_setopt(http->curl, CURLOPT_POSTFIELDS, request->body);
	else
		curl_easy_setopt(http->curl, CURLOPT_HTTPGET, 1L);
	if (ret == 0)
		ret = set_addrs(http, request);
	if (ret == 0)
		ret = transfer(http, request->place->is_tls, out);
	curl_easy_setopt(http->curl, CURLOPT_HTTPHEADER, NULL);
	wipe_headers(headers);
	return ret;
}
