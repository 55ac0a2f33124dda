/* hosts.h - where a host is, as this machine looks names up. Edge: getent(1). */
#ifndef FO_HOSTS_H
#define FO_HOSTS_H

#include <stddef.h>
#include <stdint.h>

#include "addr.h"
#include "child.h"
#include "compiler.h"

#define HOSTS_ADDRS_MAX 8

struct hosts_answer {
	struct addr addrs[HOSTS_ADDRS_MAX]; /* in the order in which they are to be tried */
	size_t count;
	char why[CHILD_WHY_MAX]; /* there is none */
};

/* Looks `name` up: /etc/hosts, resolv.conf(5), whatever nsswitch.conf(5) has; in a process of its
 * own, which is ended after `timeout_ms`: no call of a resolver has an end that can be set. A
 * numeric address is its own. Returns 0 and `*out`, or -ENOENT with `out->why`. Not logged. */
int hosts_find(const char *name, int64_t timeout_ms, struct hosts_answer *out) FO_MUST_CHECK;

#endif
