/* watch_back.h - the line is used again now, and not after the rest of the hold. Job: watch_report,
 * watch_request, history. */
#ifndef FO_WATCH_BACK_H
#define FO_WATCH_BACK_H

#include "settings.h"

enum watch_back {
	WATCH_BACK_DONE,   /* the line is up: it was asked for, or nothing held it */
	WATCH_BACK_NO,	   /* it is not good, so that it stays down */
	WATCH_BACK_CANNOT, /* no watcher, or one that does not listen */
};

/* Asks the watcher of the line of `conf`, which has a [check] section, and waits for what comes of
 * it; logged. */
enum watch_back watch_back_ask(const struct conf *conf);

#endif
