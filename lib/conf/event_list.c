#include "event_list.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char *add(struct conf_events *list, enum event_kind kind, const char *value)
{
	size_t len = strlen(value);

	if (list->count == ARRAY_LEN(list->items))
		return "has too many items";
	if (len >= EVENT_VALUE_MAX)
		return "has a value that is too long";
	list->items[list->count].kind = kind;
	memcpy(list->items[list->count++].value, value, len + 1);
	return NULL;
}

static const char *add_all(struct conf_events *list)
{
	const char *fault = NULL;

	for (int kind = 0; fault == NULL && kind < EVENT_KINDS; kind++) {
		if (kind != EVENT_ALERT)
			fault = add(list, (enum event_kind)kind, "");
	}
	return fault;
}

/* Cuts the first item off, without the blanks around it. Returns what follows its comma; NULL: it
 * was the last one. */
static char *cut_item(char *text, char **item)
{
	char *comma = strchr(text, ','), *end = comma == NULL ? strchr(text, '\0') : comma;

	*item = text + strspn(text, " \t");
	while (end > *item && isblank((unsigned char)end[-1]))
		end--;
	*end = '\0';
	return comma == NULL ? NULL : comma + 1;
}

/* `KIND` or `KIND:VALUE`. */
static const char *add_item(struct conf_events *list, char *item)
{
	char *colon = strchr(item, ':');
	enum event_kind kind;

	if (colon != NULL)
		*colon = '\0';
	kind = event_kind_of(item);
	if (kind == EVENT_ALERT)
		return "has `alert`: an alert about an alert would never end";
	if (colon != NULL && colon[1] == '\0')
		return "has an item without a value behind its colon";
	return kind == EVENT_KINDS ? "" : add(list, kind, colon == NULL ? "" : colon + 1);
}

int event_list_parse(const char *text, struct conf_events *out, char *why, size_t why_size)
{
	char copy[CONF_TEXT_MAX], *rest = copy, *item = copy;
	struct conf_events list = { .count = 0 };
	const char *fault = NULL;

	if (strlen(text) >= sizeof(copy))
		fault = "is too long";
	else if (strcmp(text, "all") == 0)
		fault = add_all(&list);
	else if (strcmp(text, "none") == 0)
		rest = NULL;
	else
		memcpy(copy, text, strlen(text) + 1);
	while (fault == NULL && rest != NULL && strcmp(text, "all") != 0) {
		rest = cut_item(rest, &item);
		fault = add_item(&list, item);
	}
	if (fault == NULL)
		*out = list;
	else if (fault[0] == '\0')
		snprintf(why, why_size, "has `%.40s`, which is no kind of event, see fo-status(8)",
			 item);
	else
		snprintf(why, why_size, "%s", fault);
	return fault == NULL ? 0 : -EINVAL;
}

bool event_list_has(const struct conf_events *list, const struct event *event)
{
	for (size_t i = 0; event->kind != EVENT_ALERT && i < list->count; i++) {
		if (list->items[i].kind == event->kind &&
		    (list->items[i].value[0] == '\0' ||
		     strcmp(list->items[i].value, event->value) == 0))
			return true;
	}
	return false;
}
