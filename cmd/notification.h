/* notification.h - what keepalived reports to a program, as its operands. Edge: arguments. */
#ifndef FO_NOTIFICATION_H
#define FO_NOTIFICATION_H

#include <stdbool.h>

#include "cli.h"
#include "compiler.h"
#include "vrrp.h"

struct notification {
	enum vrrp_state state;
	bool is_state; /* false: it is about something else, such as a priority */
};

/* Takes a state, or keepalived's four words TYPE NAME STATE PRIORITY. Returns CLI_GO_ON, or
 * CLI_USAGE after a message. */
int notification_parse(const struct cli *cli, int count, char *operands[],
		       struct notification *out) FO_MUST_CHECK;

#endif
