/* alert_body.h - a message as a hook or a command takes it. Pure.
 *
 *     {"text":"…","title":"…","id":12,"first_id":9,"count":4,"kind":"line","value":"up",
 *      "bad":false,"time":"…Z","first_time":"…Z","host":"…",
 *      "events":[{"id":9,"kind":"line","value":"down","time":"…Z"},…]}
 *
 * Slack and its kind show `text` and heed no other field. */
#ifndef FO_ALERT_BODY_H
#define FO_ALERT_BODY_H

#include <stddef.h>

#include "alert_message.h"

/* Each byte of a text may take two, a newline too. */
#define ALERT_BODY_MAX 8192

/* Variables of the environment. */
#define ALERT_VARIABLES_MAX 12
struct alert_variables {
	char text[2 * ALERT_TEXT_MAX];	      /* holds them */
	char *items[ALERT_VARIABLES_MAX + 1]; /* `NAME=value`, in `text`; NULL after the last one */
};

/* Writes the message as JSON (RFC 8259). Returns `buf`. */
const char *alert_body_json(const struct alert_message *message, char buf[static ALERT_BODY_MAX]);

/* Writes FO_ID, FO_KIND and so on. */
void alert_body_variables(const struct alert_message *message, struct alert_variables *out);

#endif
