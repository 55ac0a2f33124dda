/* sd_notify.h - report the state of a service to systemd, sd_notify(3). Edge.
 *
 * The protocol is one datagram, documented and stable; libsystemd would bring four compression
 * libraries into the process. */
#ifndef FO_SD_NOTIFY_H
#define FO_SD_NOTIFY_H

#include "compiler.h"

/* Sends lines such as `READY=1` or `STATUS=text`, separated by newlines, to the service manager.
 * Without one (no $NOTIFY_SOCKET) does nothing; never waits; a lost message is not reported. More
 * than 511 bytes are cut. */
void sd_notify_send(const char *fmt, ...) FO_PRINTF(1, 2);

#endif
