/* alert.h - tells a person what has happened, as soon as a line works. Job: alert_view, alert_way.
 *
 * The history is the queue. A way, the command or the URL, has a cursor in it, which is moved after
 * the delivery only: what was told and not noted, by a loss of power in between, is told again. */
#ifndef FO_ALERT_H
#define FO_ALERT_H

#include "alert_view.h"
#include "alert_way.h"
#include "compiler.h"

/* Delivers what waits, and waits, up to `order->wait_ms`, for what is not due yet. Returns 0 when
 * nothing waits any more; -ETIMEDOUT when something does; -EWOULDBLOCK when another run has the
 * work; another -errno; logged, but for -EWOULDBLOCK. */
int alert_run(const struct alert_order *order) FO_MUST_CHECK;

/* Sends a test by a way at once, whatever waits. A good answer ends the pause after a failure. */
void alert_test(const struct alert_order *order, enum alert_way way, struct alert_answer *out);

#endif
