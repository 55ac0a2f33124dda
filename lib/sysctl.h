/* sysctl.h - the kernel's switches below /proc/sys. Edge. */
#ifndef FO_SYSCTL_H
#define FO_SYSCTL_H

#include "compiler.h"

/* Reads the whole number that `name`, such as net/ipv4/ip_forward, has. Returns 0 and `*out`;
 * -ENOENT, silently, when there is no such switch (the interface is gone); another -errno,
 * logged. */
int sysctl_get(const char *name, int *out) FO_MUST_CHECK;

/* Sets it. Returns as sysctl_get does. Needs CAP_NET_ADMIN for net/. */
int sysctl_set(const char *name, int value) FO_MUST_CHECK;

#endif
