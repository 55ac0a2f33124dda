#include "class_worker.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "clock.h"
#include "history.h"
#include "log.h"
#include "num.h"
#include "retry.h"
#include "soracom.h"
#include "speedclass.h"
#include "store_lock.h"

#define LOCK_NAME "speedclass.lock"

/* How often a waiting worker looks whether another class is wanted. */
#define LOOK_US 250000

/* The work on one wanted class after another. */
struct work {
	const struct conf_speedclass *conf;
	bool written;		    /* what is wanted is in a file, where others may change it */
	struct soracom *soracom;    /* opened when the first request is due */
	char wanted[SIM_CLASS_MAX]; /* when that file could be read last */
	char target[SIM_CLASS_MAX];
	char known[SIM_CLASS_MAX]; /* what the SIM has; the file may be out of reach */
	struct retry retry;
	unsigned tries;
	int64_t start_us, deadline_us;
};

/* The class that is wanted now; empty: none was asked for yet. A file that cannot be read changes
 * nothing: the class in hand is still due. */
static const char *load_wanted(struct work *work)
{
	char wanted[SIM_CLASS_MAX] = "";

	if (work->written)
		speedclass_load_wanted(wanted);
	if (wanted[0] != '\0')
		memcpy(work->wanted, wanted, sizeof(wanted));
	return work->wanted;
}

/* Whether another class is wanted by now. */
static bool is_obsolete(void *data)
{
	struct work *work = data;

	return strcmp(load_wanted(work), work->target) != 0;
}

static void load_known(struct work *work)
{
	struct speedclass now;

	speedclass_load(&now);
	memcpy(work->known, now.known, sizeof(work->known));
}

static void learn(struct work *work, const char *speed_class)
{
	snprintf(work->known, sizeof(work->known), "%s", speed_class);
	speedclass_learn(speed_class);
}

static int connect_soracom(struct work *work)
{
	const struct soracom_stop stop = { .is_obsolete = is_obsolete, .data = work };

	return work->soracom != NULL ? 0 : soracom_open(work->conf, &stop, &work->soracom);
}

static bool is_answered(enum soracom_result result, const struct retry_hint *hint)
{
	return result == SORACOM_DONE || result == SORACOM_REFUSED || result == SORACOM_OFFLINE ||
	       (result == SORACOM_RETRY && hint->quota != 0);
}

static enum soracom_result request(struct work *work, struct retry_hint *hint)
{
	bool was_looked = speedclass_looked_ago_s() != INT64_MAX;
	enum soracom_result result;

	if (connect_soracom(work) != 0)
		return SORACOM_LOCAL;
	work->tries++;
	learn(work, "");
	/* Without an answer, or when this process is killed, it may be on its way, and arrive
	 * after the next one. */
	speedclass_forget_look();
	result = soracom_set_class(work->soracom, work->target, hint);
	if (was_looked && is_answered(result, hint))
		speedclass_note_look();
	return result;
}

/* Returns false, at once, when the pause would last beyond the deadline; not that of a fleet for
 * which the quota is too small: it has its turn, and would be one of all again after giving up. */
static bool pause_before_next(struct work *work, const struct retry_hint *hint)
{
	bool was_spread = work->retry.is_spread;
	char text[NUM_TEXT_MAX];
	uint32_t random = 0;
	int64_t wait_ms, until_us;

	if (getrandom(&random, sizeof(random), GRND_NONBLOCK) < 0)
		random = (uint32_t)clock_mono_us();
	wait_ms = retry_wait_ms(&work->retry, hint, random);
	until_us = clock_mono_us() + wait_ms * 1000;
	if (!was_spread && work->retry.is_spread)
		work->deadline_us += wait_ms * 1000;
	if (until_us > work->deadline_us)
		return false;
	log_info("speed class %s: next try in %s", work->target,
		 num_format_ms(text, (wait_ms + 999) / 1000 * 1000));
	while (clock_mono_us() < until_us && !is_obsolete(work)) {
		int64_t look_us = clock_mono_us() + LOOK_US;

		clock_sleep_until_us(look_us < until_us ? look_us : until_us);
	}
	return true;
}

static void tell_success(const struct work *work)
{
	log_info("speed class %s set, %u %s, %" PRId64 " ms", work->target, work->tries,
		 work->tries == 1 ? "try" : "tries", (clock_mono_us() - work->start_us) / 1000);
	history_add(&(struct history_news){ "fo-speedclass", EVENT_CLASS, work->target, 0 },
		    "speed class %s set", work->target);
}

static int give_up(const struct work *work)
{
	int64_t took_ms = (clock_mono_us() - work->start_us) / 1000;
	char text[NUM_TEXT_MAX];

	log_err(0,
		"speed class %s: giving up after %s and %u tries; the next fo-speedclass sync will "
		"try again",
		work->target, num_format_ms(text, (took_ms + 999) / 1000 * 1000), work->tries);
	history_add(&(struct history_news){ "fo-speedclass", EVENT_CLASS_FAILED, work->target, 0 },
		    "speed class %s not set: gave up", work->target);
	return -ETIMEDOUT;
}

static void begin(struct work *work)
{
	work->retry = (struct retry){ .fleet = work->conf->fleet };
	work->tries = 0;
	work->start_us = clock_mono_us();
	work->deadline_us = work->start_us + work->conf->give_up_ms * 1000;
}

/* Told once; the unit of the timer fails each time. */
static int give_in(const char *speed_class)
{
	if (speedclass_note_refusal(speed_class))
		history_add(&(struct history_news){ "fo-speedclass", EVENT_CLASS_FAILED,
						    speed_class, 0 },
			    "speed class %s: SORACOM refuses", speed_class);
	return -EPERM;
}

/* The same for a reason of this router: a profile that is gone, no memory. */
static int fail_here(const char *speed_class)
{
	if (speedclass_note_failure(speed_class))
		history_add(&(struct history_news){ "fo-speedclass", EVENT_CLASS_FAILED,
						    speed_class, 0 },
			    "speed class %s not set, for a reason of this router: fo-speedclass "
			    "login says which",
			    speed_class);
	return -EIO;
}

/* Until the SIM has the target class, or another one is wanted: both are 0. */
static int reach(struct work *work)
{
	enum soracom_result result = SORACOM_RETRY;

	while (!is_obsolete(work)) {
		struct retry_hint hint = { .wait_ms = 0 };

		result = request(work, &hint);
		if (result == SORACOM_DONE) {
			learn(work, work->target);
			speedclass_note_refusal(NULL);
			speedclass_note_failure(NULL);
			tell_success(work);
			return 0;
		}
		if (result == SORACOM_LOCAL)
			return fail_here(work->target);
		if (is_obsolete(work))
			break;
		if (result == SORACOM_REFUSED)
			return give_in(work->target);
		/* The wait for an address was the pause, and goes on where it ended. */
		if (result == SORACOM_OFFLINE && clock_mono_us() < work->deadline_us)
			continue;
		if (!pause_before_next(work, &hint))
			return give_up(work);
	}
	log_info("speed class %s is no longer wanted", work->target);
	return 0;
}

/* Reads the class back. Where the user may not, the last answer is believed; where SORACOM cannot
 * be asked, the class is unknown, and to be set with the usual retries. Refused it is only where
 * setting would be, too: that is asked again by the next run, and fails as well. */
static int look(struct work *work)
{
	struct retry_hint hint = { .wait_ms = 0 };
	char speed_class[SIM_CLASS_MAX];
	enum soracom_result result;

	begin(work);
	if (connect_soracom(work) != 0)
		return fail_here(work->target);
	work->tries = 1;
	result = soracom_get_class(work->soracom, speed_class, &hint);
	if (result == SORACOM_LOCAL)
		return fail_here(work->target);
	if (result == SORACOM_STOPPED) /* nothing was answered */
		return 0;
	if (result == SORACOM_RETRY || result == SORACOM_OFFLINE) {
		learn(work, "");
		return pause_before_next(work, &hint) ? 0 : give_up(work);
	}
	if (result == SORACOM_REFUSED)
		return give_in(work->target);
	if (result == SORACOM_DONE) {
		learn(work, speed_class);
		result = soracom_renew(work->soracom);
	} else if (result == SORACOM_HIDDEN) {
		log_debug("the class is not read back: this user may not, and need not");
	}
	/* A user who may not read is not asked again at once, either. */
	speedclass_note_look();
	/* The login that is left lasts for hours: then nothing could be set. */
	return result == SORACOM_REFUSED ? give_in(work->target) : 0;
}

/* Whether the SIM is not known to have the class that is wanted. */
static bool differs(struct work *work)
{
	const char *wanted = load_wanted(work);

	return wanted[0] != '\0' && strcmp(wanted, work->known) != 0;
}

/* Under the lock: until nothing differs. */
static int work_until_done(struct work *work, bool read_back)
{
	bool goes_on;
	int ret = 0;

	load_known(work);
	memcpy(work->target, load_wanted(work), sizeof(work->target));
	if (read_back)
		ret = look(work);
	if (read_back && ret == 0 && !differs(work)) {
		speedclass_note_refusal(NULL);
		speedclass_note_failure(NULL);
	}
	goes_on = ret == 0 || ret == -EPERM;
	while (goes_on && differs(work)) {
		memcpy(work->target, work->wanted, sizeof(work->target));
		begin(work);
		ret = reach(work);
		goes_on = ret == 0;
	}
	soracom_close(work->soracom);
	work->soracom = NULL;
	return ret;
}

/* Takes the lock. Where it cannot be had for a reason of this machine, such as a full disk, the
 * class matters more than the order: two workers cost a request, none costs the LAN its speed. */
static int lock_work(int *lock)
{
	int ret = store_lock(LOCK_NAME, 0, lock);

	if (ret == 0 || ret == -EWOULDBLOCK)
		return ret;
	log_warn(0, "going on without the lock %s", LOCK_NAME);
	return 0;
}

int class_worker_run(const struct conf_speedclass *conf, const struct class_order *order)
{
	struct work work = { .conf = conf, .written = order->written };
	bool read_back = order->read_back;
	int ret;

	snprintf(work.wanted, sizeof(work.wanted), "%s", order->speed_class);
	load_known(&work);
	if (!read_back && !differs(&work)) {
		if (work.wanted[0] != '\0')
			log_info("speed class %s: already set", work.wanted);
		return 0;
	}
	/* What is written down between the worker's last look and its release of the lock would
	 * be lost: look again after it. */
	do {
		int lock = -1;

		ret = lock_work(&lock);
		if (ret == -EWOULDBLOCK) {
			log_info(
				"speed class %s: left to the fo-speedclass that is already running",
				work.wanted);
			return 0;
		}
		ret = work_until_done(&work, read_back);
		read_back = false;
		store_unlock(lock);
	} while (is_obsolete(&work));
	return ret;
}

int class_worker_try(struct soracom *soracom, char out[static SIM_CLASS_MAX],
		     enum soracom_result *result)
{
	struct speedclass before, after;
	struct retry_hint hint = { .wait_ms = 0 };
	bool is_stale;
	int lock = -1;
	int ret = lock_work(&lock);

	if (ret != 0)
		return ret;
	speedclass_load(&before);
	*result = soracom_get_class(soracom, out, &hint);
	if (*result == SORACOM_HIDDEN && before.known[0] != '\0') {
		memcpy(out, before.known, SIM_CLASS_MAX);
		*result = SORACOM_DONE;
	}
	if (*result == SORACOM_HIDDEN)
		ret = -ENODATA;
	else if (*result == SORACOM_DONE)
		*result = soracom_set_class(soracom, out, &hint);
	if (ret == 0 && *result == SORACOM_DONE)
		speedclass_learn(out);
	store_unlock(lock);
	speedclass_load(&after);
	is_stale = after.wanted[0] != '\0' && strcmp(before.wanted, after.wanted) != 0;
	return ret == 0 && is_stale ? -ESTALE : ret;
}
