#include "watch_request.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "num.h"
#include "store.h"

#define DRILL_NAME "watch.drill"
#define BACK_NAME  "watch.back"

static int ask(const char *name, int64_t now_us)
{
	char text[NUM_TEXT_MAX];

	snprintf(text, sizeof(text), "%" PRId64 "\n", now_us);
	return store_write(STORE_RUN, name, text, 0644);
}

/* Of a time that lies ahead nothing is believed. */
static enum watch_request_state look(const char *name, int64_t now_us, int64_t fresh_us)
{
	char text[NUM_TEXT_MAX];
	int64_t asked_us;

	int ret = store_read(STORE_RUN, name, text, sizeof(text));

	if (ret == -ENOENT)
		return WATCH_REQUEST_NONE;
	if (ret == 0)
		ret = num_parse(text, 0, now_us, &asked_us);
	return ret == 0 && now_us - asked_us < fresh_us ? WATCH_REQUEST_FRESH : WATCH_REQUEST_OLD;
}

int watch_request_drill(int64_t now_us)
{
	return ask(DRILL_NAME, now_us);
}

void watch_request_end_drill(void)
{
	store_forget(STORE_RUN, DRILL_NAME);
}

enum watch_request_state watch_request_look_drill(int64_t now_us)
{
	return look(DRILL_NAME, now_us, WATCH_REQUEST_DRILL_US);
}

int watch_request_back(int64_t now_us)
{
	return ask(BACK_NAME, now_us);
}

bool watch_request_is_waiting(void)
{
	char text[NUM_TEXT_MAX];

	return store_read(STORE_RUN, BACK_NAME, text, sizeof(text)) != -ENOENT;
}

bool watch_request_wants_back(int64_t now_us)
{
	enum watch_request_state state = look(BACK_NAME, now_us, WATCH_REQUEST_BACK_US);

	if (state == WATCH_REQUEST_OLD)
		watch_request_end_back();
	return state == WATCH_REQUEST_FRESH;
}

void watch_request_end_back(void)
{
	store_forget(STORE_RUN, BACK_NAME);
}
