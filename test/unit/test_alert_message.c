#include "alert_message.h"

#include <cjson/cJSON.h>
#include <stdlib.h>

#include "alert_body.h"
#include "support.h"

#define SECOND_MS INT64_C(1000)
#define DAY_S	  INT64_C(86400)

static const char *write_time(int64_t wall_s, char *buf)
{
	snprintf(buf, ALERT_TIME_MAX, "2026-11-%02d %02d:%02d:%02d", (int)(wall_s / DAY_S) % 100,
		 (int)(wall_s / 3600) % 24, (int)(wall_s / 60) % 60, (int)wall_s % 60);
	return buf;
}

static struct event event_of(int64_t id, int64_t wall_s, enum event_kind kind, const char *value,
			     const char *text)
{
	struct event event = { .id = id, .wall_ms = wall_s * SECOND_MS, .kind = kind };

	snprintf(event.value, sizeof(event.value), "%s", value);
	snprintf(event.text, sizeof(event.text), "%s", text);
	return event;
}

static void make(const struct event *events, size_t count, int64_t earlier, bool small,
		 struct alert_message *out)
{
	const struct alert_batch batch = { .host = "sub",
					   .events = events,
					   .count = count,
					   .earlier = earlier,
					   .first_id = events[0].id - earlier,
					   .small = small,
					   .local = write_time,
					   .utc = write_time };

	alert_message_make(&batch, out);
}

static void one_event_is_one_line(void **state)
{
	const struct event event = event_of(7, DAY_S + 3661, EVENT_LINE, "down", "ppp0 is down");
	struct alert_message message;

	(void)state;
	make(&event, 1, 0, false, &message);
	assert_string_equal(message.text, "sub, 2026-11-01 01:01:01: ppp0 is down");
	assert_string_equal(message.title, "sub: line down");
	assert_true(message.is_bad);
	assert_int_equal(message.newest_len, 0);
	assert_int_equal(message.id, 7);
}

static void several_have_a_line_each(void **state)
{
	const struct event events[] = {
		event_of(1, DAY_S, EVENT_LINE, "down", "ppp0 is down"),
		event_of(2, DAY_S + 1, EVENT_STATE, "backup", "now backup"),
		event_of(3, DAY_S + 60, EVENT_LINE, "up", "ppp0 is up"),
	};
	struct alert_message message;

	(void)state;
	make(events, 3, 0, false, &message);
	assert_string_equal(message.text, "sub: 3 events, 2026-11-01 00:00:00 to 00:01:00\n"
					  "- 00:00:00: ppp0 is down\n"
					  "- 00:00:01: now backup\n"
					  "- 00:01:00: ppp0 is up");
	assert_string_equal(message.title, "sub: line up (3 events)");
	assert_false(message.is_bad);
	assert_int_equal(message.newest_len, 3);
	assert_int_equal(message.first_id, 1);
}

static void a_flap_is_one_line(void **state)
{
	struct event events[41];
	struct alert_message message;

	(void)state;
	for (size_t i = 0; i < 40; i++)
		events[i] =
			event_of((int64_t)i + 1, DAY_S + (int64_t)i, EVENT_LINE,
				 i % 2 == 0 ? "down" : "up", i % 2 == 0 ? "it fell" : "it rose");
	events[40] = event_of(41, 2 * DAY_S, EVENT_USAGE, "exceeded", "more than 1 GB");
	make(events, 41, 312, false, &message);
	assert_string_equal(
		message.text,
		"sub: 353 events, 2026-11-01 00:00:00 to 2026-11-02 00:00:00\n"
		"- 312 more are in fo-status history\n"
		"- line: 40 times, 2026-11-01 00:00:00 to 2026-11-01 00:00:39, at last: "
		"it rose\n"
		"- 2026-11-02 00:00:00: more than 1 GB");
	assert_int_equal(message.count, 353);
	assert_int_equal(message.first_id, 1 - 312);
	assert_true(message.is_bad); /* the line is up, the bytes are too many */
	assert_int_equal(message.newest_len, ALERT_NEWEST_MAX);
	assert_int_equal(message.newest[0].id, 32);
}

/* Whatever there is, of whatever length and characters, the newest is in it and it is whole UTF-8.
 */
static void it_is_bounded_and_can_be_read(void **state)
{
	static const char *const parts[] = { "\xe6\x97\xa5", "a", "\"", "\\", "\xc3\xbc", " " };

	(void)state;
	for (int round = 0; round < 300; round++) {
		struct event events[200] = { { .id = 1 } };
		size_t count = 1 + random_below(ARRAY_LEN(events));
		bool small = random_below(2) == 0;
		struct alert_variables variables;
		struct alert_message message;
		char body[ALERT_BODY_MAX];
		cJSON *json;

		for (size_t i = 0; i < count; i++) {
			char text[EVENT_TEXT_MAX] = "";
			size_t most = random_below(EVENT_TEXT_MAX - 8);

			for (size_t len = 0; len < most; len = strlen(text))
				snprintf(text + len, sizeof(text) - len, "%s",
					 parts[random_below(ARRAY_LEN(parts))]);
			events[i] = event_of((int64_t)i + 1, DAY_S + (int64_t)i,
					     (enum event_kind)random_below(EVENT_KINDS),
					     random_below(2) == 0 ? "up" : "d\"own", text);
		}
		make(events, count, random_below(1000), small, &message);
		assert_in_range(strlen(message.text), 10,
				(small ? ALERT_SMALL_MAX : ALERT_TEXT_MAX) - 1);
		json = cJSON_ParseWithOpts(alert_body_json(&message, body), NULL, true);
		CHECK(json != NULL, "%s", body);
		assert_string_equal(cJSON_GetObjectItem(json, "text")->valuestring, message.text);
		assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(json, "events")),
				 message.newest_len);
		assert_int_equal(cJSON_GetObjectItem(json, "count")->valueint, message.count);
		cJSON_Delete(json);
		alert_body_variables(&message, &variables);
		for (size_t i = 0; i < ALERT_VARIABLES_MAX; i++)
			CHECK(variables.items[i] != NULL, "variable %zu", i);
		assert_string_equal(variables.items[ALERT_VARIABLES_MAX - 1] + strlen("FO_TEXT="),
				    message.text);
		assert_null(variables.items[ALERT_VARIABLES_MAX]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_event_is_one_line),
		cmocka_unit_test(several_have_a_line_each),
		cmocka_unit_test(a_flap_is_one_line),
		cmocka_unit_test(it_is_bounded_and_can_be_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
