/* sysctl.h - the kernel's switches below /proc/sys. Edge. */
#ifndef FO_SYSCTL_H
#define FO_SYSCTL_H

#include "compiler.h"
#include "plan.h"

/* Reads the whole number that `name`, such as net/ipv4/ip_forward, has. Returns 0 and `*out`;
 * -ENOENT, silently, when there is no such switch (the interface is gone); another -errno,
 * logged. */
int sysctl_get(const char *name, int *out) FO_MUST_CHECK;

/* Sets it. Returns as sysctl_get does. Needs CAP_NET_ADMIN for net/. */
int sysctl_set(const char *name, int value) FO_MUST_CHECK;

/* Remembers in STORE_RUN what a switch had before it was changed for the first time. A failure is
 * logged, and costs no more than the memory. */
void sysctl_save(const char *name, int value);

/* Reads what is remembered: everything, or nothing where the file is not wholly as written here. */
void sysctl_load_saved(struct plan_saved *out);

/* Forgets it. */
void sysctl_forget_saved(void);

#endif
