#include "converge.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "clock.h"
#include "log.h"
#include "num.h"
#include "retry.h"
#include "soracom.h"
#include "speedclass.h"
#include "store.h"

#define LOCK_NAME "speedclass.lock"

/* How often a waiting worker looks whether another class is wanted. */
#define LOOK_US 250000

/* The work on one wanted class. */
struct work {
	const struct conf_speedclass *conf;
	struct soracom *soracom; /* opened when the first request is due */
	char target[SIMAPI_WORD_MAX];
	struct retry retry;
	unsigned tries;
	int64_t start_us;
};

/* Whether another class is wanted by now than the one at work. */
static bool is_obsolete(void *data)
{
	const struct work *work = data;
	struct speedclass now;

	speedclass_load(&now);
	return strcmp(now.wanted, work->target) != 0;
}

static enum soracom_result request(struct work *work, int64_t *wait_ms)
{
	const struct soracom_stop stop = { .wanted_no_more = is_obsolete, .data = work };

	if (work->soracom == NULL && soracom_open(work->conf, &stop, &work->soracom) != 0)
		return SORACOM_LOCAL;
	work->tries++;
	speedclass_learn("");
	return soracom_set_class(work->soracom, work->target, wait_ms);
}

/* Returns false, at once, when the pause would last beyond the deadline. */
static bool pause_before_next(struct work *work, int64_t server_ms, int64_t deadline_us)
{
	char text[NUM_TEXT_MAX];
	uint32_t random = 0;
	int64_t wait_ms, until_us;

	if (getrandom(&random, sizeof(random), GRND_NONBLOCK) < 0)
		random = (uint32_t)clock_mono_us();
	wait_ms = retry_wait_ms(&work->retry, server_ms, random);
	until_us = clock_mono_us() + wait_ms * 1000;
	if (until_us > deadline_us)
		return false;
	log_info("speed class %s: next try in %s", work->target,
		 num_format_ms(text, (wait_ms + 999) / 1000 * 1000));
	while (clock_mono_us() < until_us && !is_obsolete(work)) {
		int64_t look_us = clock_mono_us() + LOOK_US;

		clock_sleep_until_us(look_us < until_us ? look_us : until_us);
	}
	return true;
}

static int give_up(const struct work *work)
{
	char text[NUM_TEXT_MAX];

	log_err(0, "speed class %s: giving up after %s and %u tries; fo-speedclass sync goes on",
		work->target, num_format_ms(text, work->conf->give_up_ms), work->tries);
	return -ETIMEDOUT;
}

/* Until the SIM has the target class, or another one is wanted: both are 0. */
static int reach(struct work *work)
{
	int64_t deadline_us = work->start_us + work->conf->give_up_ms * 1000;
	enum soracom_result result = SORACOM_RETRY;

	while (!is_obsolete(work)) {
		int64_t server_ms = 0;

		result = request(work, &server_ms);
		if (result == SORACOM_DONE) {
			speedclass_learn(work->target);
			log_info("speed class %s set, %u %s, %" PRId64 " ms", work->target,
				 work->tries, work->tries == 1 ? "try" : "tries",
				 (clock_mono_us() - work->start_us) / 1000);
			return 0;
		}
		if (result == SORACOM_LOCAL)
			return -EIO;
		if (is_obsolete(work))
			break;
		if (result == SORACOM_REFUSED)
			return -EPERM;
		if (!pause_before_next(work, server_ms, deadline_us))
			return give_up(work);
	}
	log_info("speed class %s is wanted no more", work->target);
	return 0;
}

/* Reads the class back where the user may; where not, the last answer is believed. */
static int look(struct work *work)
{
	const struct soracom_stop stop = { .wanted_no_more = is_obsolete, .data = work };
	char speed_class[SIMAPI_WORD_MAX];
	int64_t wait_ms = 0;

	if (soracom_open(work->conf, &stop, &work->soracom) != 0)
		return -EIO;
	if (soracom_get_class(work->soracom, speed_class, &wait_ms) == SORACOM_DONE)
		speedclass_learn(speed_class);
	return 0;
}

/* Under the lock: until nothing differs. `tried` is the class that was at work last. */
static int work_off(const struct conf_speedclass *conf, bool read_back,
		    char tried[static SIMAPI_WORD_MAX])
{
	struct work work = { .conf = conf };
	struct speedclass now;
	int ret = 0;

	speedclass_load(&now);
	memcpy(work.target, now.wanted, sizeof(work.target));
	if (read_back)
		ret = look(&work);
	speedclass_load(&now);
	while (ret == 0 && now.wanted[0] != '\0' && strcmp(now.wanted, now.known) != 0) {
		memcpy(work.target, now.wanted, sizeof(work.target));
		work.retry = (struct retry){ .failures = 0 };
		work.tries = 0;
		work.start_us = clock_mono_us();
		ret = reach(&work);
		speedclass_load(&now);
	}
	memcpy(tried, work.target, sizeof(work.target));
	soracom_close(work.soracom);
	return ret;
}

int converge_speedclass(const struct conf_speedclass *conf, bool read_back)
{
	char tried[SIMAPI_WORD_MAX] = "";
	struct speedclass now;
	int ret = 0;

	speedclass_load(&now);
	if (strcmp(now.wanted, now.known) == 0 && !read_back)
		log_info("speed class %s: already so", now.wanted);
	/* What is written down between the worker's last look and its release of the lock would
	 * be nobody's: look again after it. */
	while (ret == 0 && (read_back || strcmp(now.wanted, now.known) != 0)) {
		int lock = -1;

		ret = store_lock(LOCK_NAME, 0, &lock);
		if (ret == -EWOULDBLOCK) {
			log_info("speed class %s: left to the fo-speedclass that is at work",
				 now.wanted);
			return 0;
		}
		if (ret != 0)
			return ret;
		ret = work_off(conf, read_back, tried);
		read_back = false;
		store_unlock(lock);
		speedclass_load(&now);
		if (strcmp(now.wanted, tried) != 0)
			ret = 0; /* it failed with a class that is wanted no more */
	}
	return ret;
}
