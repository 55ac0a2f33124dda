#include "watch_lock.h"

#include <errno.h>

#include "log.h"
#include "store_lock.h"
#include "watch_report.h"

#define LOCK_NAME "watch.lock"

/* A watcher that is just ending is waited for. */
#define LOCK_WAIT_MS 2000

int watch_lock(int *lock)
{
	int ret = store_lock(LOCK_NAME, LOCK_WAIT_MS, lock);

	if (ret == -EWOULDBLOCK)
		log_err(0, "another watcher is already running");
	return ret;
}

void watch_withdraw(const char *track_file)
{
	int lock = -1;

	if (store_lock(LOCK_NAME, 0, &lock) != 0)
		return;
	watch_report_withdraw(track_file);
	store_unlock(lock);
}
