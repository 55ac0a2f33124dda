/* alert_state.h - what a way of telling has come to, kept in STORE_LIB. Edge: store. */
#ifndef FO_ALERT_STATE_H
#define FO_ALERT_STATE_H

#include "alert_rule.h"
#include "compiler.h"
#include "settings.h"

/* In the order in which they are used. */
enum alert_way { ALERT_COMMAND, ALERT_URL, ALERT_WAYS };

#define ALERT_WHY_MAX 200

struct alert_state {
	struct alert_memory memory;
	char why[ALERT_WHY_MAX]; /* the last try failed; no secret */
};

/* `command`, `url`: the key in fo.conf. */
const char *alert_way_name(enum alert_way way);

/* Its value; empty: there is none. */
const char *alert_way_value(const struct conf_alert *conf, enum alert_way way);

/* Reads it. Times of another boot do not count. Returns 0; -ENOENT when there is none, or no sound
 * one, which is logged; another -errno, logged. */
int alert_state_load(enum alert_way way, struct alert_state *out) FO_MUST_CHECK;

/* Writes it. Returns 0 or -errno, logged. */
int alert_state_save(enum alert_way way, const struct alert_state *state) FO_MUST_CHECK;

/* A way that fo.conf does not have: what it has come to means nothing when it comes back. */
void alert_state_forget(enum alert_way way);

/* The text of the file: its lines `boot NAME`, `NAME NUMBER` for each number, and `why TEXT`. */
#define ALERT_STATE_TEXT_MAX 1024
int alert_state_parse(const char *text, const char *boot, struct alert_state *out) FO_MUST_CHECK;
const char *alert_state_format(const struct alert_state *state, const char *boot,
			       char buf[static ALERT_STATE_TEXT_MAX]);

#endif
