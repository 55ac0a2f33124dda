/* rp_filter.h - reverse path filtering, RFC 3704: what the kernel drops because an answer would
 * leave elsewhere. Edge: sysctl. */
#ifndef FO_RP_FILTER_H
#define FO_RP_FILTER_H

#include <stdbool.h>

#include "plan.h"

/* Values of net.ipv4.conf.DEV.rp_filter; the kernel goes by the larger one of DEV and `all`. */
enum { RP_FILTER_OFF, RP_FILTER_STRICT, RP_FILTER_LOOSE };

/* The name of the switch of `dev`. Returns `buf`. */
const char *rp_filter_name(const char *dev, char buf[static PLAN_SYSCTL_MAX]);

/* Whether the kernel drops what comes in by `dev` and would not be answered there. A switch that
 * cannot be read does not. */
bool rp_filter_is_strict(const char *dev);

#endif
