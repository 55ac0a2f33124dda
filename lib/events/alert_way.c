#include "alert_way.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "alert_body.h"
#include "child.h"
#include "clock.h"
#include "hosts.h"
#include "http.h"
#include "shell_words.h"
#include "utf8.h"
#include "version.h"

#define COMMAND_TIMEOUT_MS 60000
#define LOOKUP_TIMEOUT_MS  15000

/* As for the speed class: at 32 kbit/s the handshake of TLS alone takes seconds. */
#define CONNECT_TIMEOUT_MS 20000
#define REQUEST_TIMEOUT_MS 45000
#define SILENCE_TIMEOUT_S  20

/* What is missing, or may not be run, stays so. */
static enum alert_result result_of_command(int ret)
{
	if (ret == 0)
		return ALERT_SENT;
	return ret == -ENOENT || ret == -EACCES || ret == -ENOEXEC ? ALERT_REFUSED : ALERT_FAILED;
}

static void run_command(const struct conf_alert *conf, const struct alert_message *message,
			struct alert_answer *out)
{
	char body[ALERT_BODY_MAX], why[CHILD_WHY_MAX] = "";
	struct alert_variables variables;
	struct shell_words words;
	const struct child_order order = { .argv = words.argv,
					   .env = variables.items,
					   .in = alert_body_json(message, body),
					   .timeout_ms = COMMAND_TIMEOUT_MS,
					   .why = why };
	const char *fault = shell_words_split(conf->command, &words);

	alert_body_variables(message, &variables);
	if (fault != NULL) {
		out->result = ALERT_REFUSED;
		snprintf(out->why, sizeof(out->why), "command %s", fault);
		return;
	}
	out->result = result_of_command(child_run_order(&order));
	snprintf(out->why, sizeof(out->why), "%s", why);
}

/* 3xx: the hook has moved, and whoever has the key of fo.conf should say where to. */
static void judge_status(const struct http_response *answer, struct alert_answer *out)
{
	int64_t status = answer->status;

	if (status >= 200 && status <= 299) {
		out->result = ALERT_SENT;
		return;
	}
	out->result =
		status >= 500 || status == 408 || status == 429 ? ALERT_FAILED : ALERT_REFUSED;
	out->wait_ms = answer->wait_ms;
	snprintf(out->why, sizeof(out->why), "the hook answered %" PRId64 "%s", status,
		 out->result == ALERT_REFUSED ? ", which needs a person" : "");
	snprintf(out->excerpt, sizeof(out->excerpt), "%.*s", ALERT_WHY_MAX - 1, answer->body);
	utf8_make_printable(out->excerpt);
}

static void judge_failure(int ret, const struct http_response *answer, struct alert_answer *out)
{
	struct clock_facts facts = { .now_s = clock_wall_s(),
				     .made_s = FO_MADE_S,
				     .server_s = answer->date_s,
				     .certificate = answer->certificate };
	char text[CLOCK_DOUBT_TEXT_MAX];
	const char *doubt = clock_doubt(&facts, text);

	out->result = ret == -EINVAL ? ALERT_REFUSED : ALERT_FAILED;
	if (ret == -EIO && !answer->is_connected && answer->certificate == CERTIFICATE_FINE)
		out->result = ALERT_OFFLINE;
	snprintf(out->why, sizeof(out->why), "no answer of the hook: %.150s",
		 ret == -ENOMEM	 ? strerror(ENOMEM)
		 : doubt != NULL ? doubt
				 : answer->error);
}

/* What ntfy makes of a text: its title, how loud the phone is, and a picture. */
static void fill_headers(const struct conf_alert *conf, const struct alert_message *message,
			 char title[static ALERT_TITLE_MAX + 16], const char *headers[static 5])
{
	if (conf->format == CONF_FORMAT_JSON) {
		headers[0] = "Content-Type: application/json";
		return;
	}
	snprintf(title, ALERT_TITLE_MAX + 16, "Title: %s", message->title);
	for (char *p = title; *p != '\0'; p++) {
		if ((unsigned char)*p < 0x20 || (unsigned char)*p > 0x7e)
			*p = '?';
	}
	headers[0] = "Content-Type: text/plain; charset=utf-8";
	headers[1] = title;
	headers[2] = message->is_bad ? "Priority: high" : "Priority: default";
	headers[3] = message->is_bad ? "Tags: warning" : "Tags: white_check_mark";
}

static void post_to(const struct conf_alert *conf, const struct alert_message *message,
		    struct http *http, struct alert_answer *out)
{
	char body[ALERT_BODY_MAX], title[ALERT_TITLE_MAX + 16];
	const char *headers[5] = { NULL };
	struct hosts_answer hosts;
	struct http_response answer;
	struct url_place place;
	/* Of the answer its status counts, and how it begins. */
	struct http_request request = {
		.url = conf->url, .place = &place, .headers = headers, .enough = ALERT_WHY_MAX
	};
	int ret = url_parse_place(conf->url, &place);

	if (ret == 0 && hosts_find(place.host, LOOKUP_TIMEOUT_MS, &hosts) != 0) {
		out->result = ALERT_OFFLINE;
		snprintf(out->why, sizeof(out->why), "%s", hosts.why);
		return;
	}
	fill_headers(conf, message, title, headers);
	request.body =
		conf->format == CONF_FORMAT_JSON ? alert_body_json(message, body) : message->text;
	memset(&answer, 0, sizeof(answer));
	if (ret == 0) {
		request.addrs = hosts.addrs;
		request.addr_count = hosts.count;
		ret = http_perform(http, &request, &answer);
	}
	if (ret == 0)
		judge_status(&answer, out);
	else
		judge_failure(ret, &answer, out);
}

static void post(const struct conf_alert *conf, const struct alert_message *message,
		 struct alert_answer *out)
{
	const struct http_options options = { .ca_file = "",
					      .connect_timeout_ms = CONNECT_TIMEOUT_MS,
					      .timeout_ms = REQUEST_TIMEOUT_MS,
					      .silence_s = SILENCE_TIMEOUT_S };
	struct http *http = NULL;

	if (http_open(&options, &http) != 0) {
		out->result = ALERT_FAILED;
		snprintf(out->why, sizeof(out->why), "%s", strerror(ENOMEM));
		return;
	}
	post_to(conf, message, http, out);
	http_close(http);
}

void alert_way_send(const struct conf_alert *conf, enum alert_way way,
		    const struct alert_message *message, struct alert_answer *out)
{
	memset(out, 0, sizeof(*out));
	if (way == ALERT_COMMAND)
		run_command(conf, message, out);
	else
		post(conf, message, out);
}
