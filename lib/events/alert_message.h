/* alert_message.h - what a person is told of a number of events, in words. Pure.
 *
 * A message has one line for each event, and one for all of a kind of which there are many: a line
 * that flaps is told once, with how often. However much there is, it fits into what chats and
 * phones show (Discord takes 2000 characters). */
#ifndef FO_ALERT_MESSAGE_H
#define FO_ALERT_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event.h"

#define ALERT_TEXT_MAX	 1800
#define ALERT_SMALL_MAX	 480 /* of a small message */
#define ALERT_TITLE_MAX	 160
#define ALERT_HOST_MAX	 65
#define ALERT_TIME_MAX	 40
#define ALERT_NEWEST_MAX 10 /* events that the fields of a message name */

/* Writes a time since 1970 into ALERT_TIME_MAX bytes; returns `buf`. Local time begins with the ten
 * characters of a date, and a blank. */
typedef const char *alert_time(int64_t wall_s, char *buf);

/* What is to be told. */
struct alert_batch {
	const char *host;
	const struct event *events; /* one at least, the oldest first */
	size_t count;
	int64_t earlier;  /* others before them, of which only the number is told */
	int64_t first_id; /* of all */
	bool small;	  /* it goes over a line of 32 kbit/s */
	alert_time *local, *utc;
};

struct alert_message {
	int64_t id, first_id; /* of the last event and of the first one */
	int64_t count;
	char host[ALERT_HOST_MAX];
	enum event_kind kind; /* of the last one */
	char value[EVENT_VALUE_MAX];
	char time[ALERT_TIME_MAX], first_time[ALERT_TIME_MAX]; /* UTC */
	bool is_bad;	   /* the last event of some kind is bad news */
	size_t newest_len; /* none of a small message, nor of a single event */
	struct {
		int64_t id;
		enum event_kind kind;
		char value[EVENT_VALUE_MAX];
		char time[ALERT_TIME_MAX];
	} newest[ALERT_NEWEST_MAX]; /* in order */
	char title[ALERT_TITLE_MAX];
	char text[ALERT_TEXT_MAX]; /* lines, the last one without a newline */
};

void alert_message_make(const struct alert_batch *batch, struct alert_message *out);

#endif
