/* alert_way.h - a message, handed to the command or to the hook. Job: child, hosts, http. */
#ifndef FO_ALERT_WAY_H
#define FO_ALERT_WAY_H

#include <stdint.h>

#include "alert_message.h"
#include "alert_rule.h"
#include "alert_state.h"
#include "compiler.h"
#include "settings.h"

struct alert_answer {
	enum alert_result result;
	int64_t wait_ms;	 /* the hook asks for this pause; 0: it does not */
	char why[ALERT_WHY_MAX]; /* it was not taken: neither the URL nor an argument is in it */
	char excerpt[ALERT_WHY_MAX]; /* how the hook's answer begins: it may repeat the URL */
};

/* Hands a message out and waits for what comes of it, at most some two minutes. */
void alert_way_send(const struct conf_alert *conf, enum alert_way way,
		    const struct alert_message *message, struct alert_answer *out);

#endif
