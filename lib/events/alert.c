#include "alert.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "clock.h"
#include "history.h"
#include "log.h"
#include "num.h"
#include "store_lock.h"

/* Of a run, also while that waits; and of whoever reads and writes what is known of a way. */
#define LOCK_NAME      "alert.lock"
#define WORK_LOCK_NAME "alert.work.lock"

/* Longer than a delivery takes. */
#define WORK_WAIT_MS 60000

/* A test does not wait for one. */
#define TEST_WAIT_MS 2000

/* How often it is looked whether something has changed that is waited for. */
#define LOOK_MS INT64_C(1000)

/* Any value does where the kernel gives none. */
static uint32_t random_number(void)
{
	uint32_t value = 0;

	if (getrandom(&value, sizeof(value), GRND_NONBLOCK) != sizeof(value))
		value = (uint32_t)clock_mono_us();
	return value;
}

static void note_sent(struct alert_view *view, const struct alert_message *message, int64_t took_us)
{
	struct alert_memory *memory = &view->state.memory;

	if (memory->failures > 0)
		log_info("alert by %s: works again, after %" PRId64 " failures",
			 alert_way_name(view->way), memory->failures);
	log_info("alert by %s: told of %" PRId64 " event%s, up to %" PRId64 ", in %" PRId64 " ms",
		 alert_way_name(view->way), message->count, message->count == 1 ? "" : "s",
		 message->id, took_us / 1000);
	alert_rule_sent(memory, message->id, message->count, clock_boottime_ms());
	memory->sent_wall_s = clock_wall_s() > 0 ? clock_wall_s() : 1;
	view->state.why[0] = '\0';
}

static void report_failure(const struct alert_view *view)
{
	const char *way = alert_way_name(view->way);

	history_add(&(struct history_news){ "fo-alert", EVENT_ALERT, "failed", 0 },
		    "alert by %s failed %" PRId64 " times: %s", way, view->state.memory.failures,
		    view->state.why);
}

/* Of a time that is random anyway, what a person reads. */
static int64_t rounded_ms(int64_t ms)
{
	int64_t unit_ms = ms >= 2 * ALERT_HOUR_MS     ? ALERT_HOUR_MS
			  : ms >= 2 * ALERT_MINUTE_MS ? ALERT_MINUTE_MS
						      : 1000;

	return ms / unit_ms * unit_ms;
}

/* One line when it begins to fail, or fails in another way. */
static void note_failure(struct alert_view *view, const struct alert_answer *answer)
{
	struct alert_memory *memory = &view->state.memory;
	bool is_known = memory->failures > 0 && strcmp(view->state.why, answer->why) == 0;
	char text[NUM_TEXT_MAX];
	int64_t wait_ms;
	bool is_event = alert_rule_failed(memory, answer->result, answer->wait_ms,
					  clock_boottime_ms(), random_number());

	memcpy(view->state.why, answer->why, sizeof(view->state.why));
	wait_ms = rounded_ms(memory->retry_ms - memory->tried_ms);
	if (is_known)
		log_debug("alert by %s: %s", alert_way_name(view->way), answer->why);
	else
		log_warn(0, "alert by %s: %s; trying again in %s", alert_way_name(view->way),
			 answer->why, num_format_ms(text, wait_ms));
	if (is_event)
		report_failure(view);
}

static int deliver(const struct alert_order *order, struct alert_view *view)
{
	struct alert_message message;
	struct alert_answer answer;
	int64_t start_us = clock_mono_us();

	alert_view_message(view, &message);
	alert_way_send(order->conf, view->way, &message, &answer);
	if (answer.result == ALERT_SENT)
		note_sent(view, &message, clock_mono_us() - start_us);
	else
		note_failure(view, &answer);
	return alert_state_save(view->way, &view->state);
}

/* The first run ever: what is old is not told. */
static int begin(struct alert_view *view)
{
	view->state.memory.cursor = view->queue.last_id;
	return alert_state_save(view->way, &view->state);
}

static int look(const struct alert_order *order, struct alert_view *view)
{
	int ret = alert_view_open(order, view->way, view);

	if (ret != 0)
		return ret;
	if (view->is_new)
		ret = begin(view);
	else if (view->is_changed)
		ret = alert_state_save(view->way, &view->state);
	return ret;
}

/* Delivers by a way all that is due now. Returns 0 and `*wait_ms` until the next look, -1: nothing
 * waits; or -errno, logged. */
static int work_off(const struct alert_order *order, enum alert_way way, int64_t *wait_ms)
{
	struct alert_view view = { .way = way };
	int ret = look(order, &view);

	while (ret == 0 && view.due.why == ALERT_NOW) {
		ret = deliver(order, &view);
		alert_view_close(&view);
		if (ret == 0)
			ret = look(order, &view);
	}
	*wait_ms = view.due.why == ALERT_NOTHING ? -1 : view.due.wait_ms;
	alert_view_close(&view);
	return ret;
}

/* The same by each way that there is. */
static int work_off_all(const struct alert_order *order, int64_t *wait_ms)
{
	int ret = 0;

	*wait_ms = -1;
	for (int i = 0; i < ALERT_WAYS; i++) {
		enum alert_way way = (enum alert_way)i;
		int64_t way_ms = -1;
		int failed = 0;

		if (alert_way_value(order->conf, way)[0] == '\0')
			alert_state_forget(way);
		else
			failed = work_off(order, way, &way_ms);
		ret = ret != 0 ? ret : failed;
		if (way_ms >= 0 && (*wait_ms < 0 || way_ms < *wait_ms))
			*wait_ms = way_ms;
	}
	return ret;
}

static int work_off_locked(const struct alert_order *order, int64_t *wait_ms)
{
	int lock = -1;
	int ret = store_lock(WORK_LOCK_NAME, WORK_WAIT_MS, &lock);

	if (ret == 0)
		ret = work_off_all(order, wait_ms);
	store_unlock(lock);
	return ret;
}

/* What a delivery goes by, but for the time. */
struct scene {
	int64_t mark;
	struct alert_facts facts;
};

static struct scene look_around(const struct alert_order *order)
{
	struct scene scene = { .mark = history_mark() };

	order->find_facts(order->data, &scene.facts);
	return scene;
}

static bool is_same(const struct scene *a, const struct scene *b)
{
	return a->mark == b->mark && a->facts.is_metered == b->facts.is_metered &&
	       a->facts.is_master == b->facts.is_master &&
	       a->facts.is_class_set == b->facts.is_class_set &&
	       a->facts.is_held == b->facts.is_held;
}

/* Until `until_us`, or something is not as it was. */
static void wait_until(const struct alert_order *order, int64_t until_us, const struct scene *was)
{
	for (;;) {
		struct scene now = look_around(order);
		int64_t next_us = clock_mono_us() + LOOK_MS * 1000;

		if (!is_same(&now, was) || clock_mono_us() >= until_us)
			return;
		clock_sleep_until_us(next_us < until_us ? next_us : until_us);
	}
}

static int run(const struct alert_order *order)
{
	int64_t end_us = clock_mono_us() + order->wait_ms * 1000;

	for (;;) {
		struct scene scene = look_around(order);
		int64_t wait_ms = -1, until_us;
		int ret = work_off_locked(order, &wait_ms);

		if (ret != 0 || wait_ms < 0)
			return ret;
		until_us = clock_mono_us() + wait_ms * 1000;
		if (clock_mono_us() >= end_us)
			return -ETIMEDOUT;
		wait_until(order, until_us < end_us ? until_us : end_us, &scene);
	}
}

int alert_run(const struct alert_order *order)
{
	int lock = -1;
	int ret = store_lock(LOCK_NAME, 0, &lock);

	if (ret != 0)
		return ret;
	ret = run(order);
	store_unlock(lock);
	return ret;
}

/* A run that waits sees by the history that something has changed; one that works at this moment
 * writes down what it finds. */
static void end_pause(const struct alert_order *order, enum alert_way way)
{
	struct alert_view view = { .way = way };
	int lock = -1;

	if (store_lock(WORK_LOCK_NAME, TEST_WAIT_MS, &lock) != 0)
		return;
	if (alert_view_open(order, way, &view) == 0 && view.state.memory.failures > 0) {
		view.state.memory.retry_ms = 0;
		if (alert_state_save(way, &view.state) != 0)
			log_debug("the next try is when it was due");
	}
	alert_view_close(&view);
	store_unlock(lock);
}

void alert_test(const struct alert_order *order, enum alert_way way, struct alert_answer *out)
{
	struct alert_message message;

	alert_view_test_message(&message);
	alert_way_send(order->conf, way, &message, out);
	if (out->result == ALERT_SENT)
		end_pause(order, way);
	history_add(&(struct history_news){ "fo-alert", EVENT_ALERT, "test", 0 },
		    "test of the alert by %s: %s", alert_way_name(way),
		    out->result == ALERT_SENT ? "delivered" : out->why);
}
