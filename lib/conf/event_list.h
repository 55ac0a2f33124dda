/* event_list.h - which events a person is told of: `events` of fo.conf(5). Pure. */
#ifndef FO_EVENT_LIST_H
#define FO_EVENT_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "compiler.h"
#include "event.h"
#include "settings.h"

/* Reads `all`, `none`, or a list of KIND and KIND:VALUE, separated by commas. Returns 0 and `*out`,
 * or -EINVAL with the reason in `why`, the rest of a sentence. */
int event_list_parse(const char *text, struct conf_events *out, char *why,
		     size_t why_size) FO_MUST_CHECK;

/* Whether an event is one of them. One about alerts never is: each would make another one. */
bool event_list_has(const struct conf_events *list, const struct event *event);

#endif
