/* watch_request.h - what is asked of the watcher that runs. Edge: files of STORE_RUN.
 *
 * Who asks may be killed at any moment, and the watcher, too: a request means nothing once it is
 * old. Times are microseconds of the monotonic clock. */
#ifndef FO_WATCH_REQUEST_H
#define FO_WATCH_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "compiler.h"

/* A drill ends so long after it was last asked for. */
#define WATCH_REQUEST_DRILL_US 3000000

/* An end of the hold that the watcher has not seen by then is none. */
#define WATCH_REQUEST_BACK_US 3000000

/* Asks for a drill, or for it to go on. Returns 0 or -errno, logged. */
int watch_request_drill(int64_t now_us) FO_MUST_CHECK;

/* The drill is over. A failure is logged: the drill then ends by its age. */
void watch_request_end_drill(void);

enum watch_request_state {
	WATCH_REQUEST_NONE,
	WATCH_REQUEST_FRESH,
	WATCH_REQUEST_OLD /* who asked has ended without a word, or hangs */
};

/* Whether a drill is asked for. */
enum watch_request_state watch_request_look_drill(int64_t now_us);

/* Asks for the line to be used again, without the rest of the hold. Returns 0 or -errno, logged. */
int watch_request_back(int64_t now_us) FO_MUST_CHECK;

/* Whether the watcher has not ended that yet. */
bool watch_request_is_waiting(void);

/* Whether that is asked for, and has not become old. */
bool watch_request_wants_back(int64_t now_us);

/* It is done, or refused. */
void watch_request_end_back(void);

#endif
