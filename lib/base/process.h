/* process.h - which programs run. Edge: proc(5). */
#ifndef FO_PROCESS_H
#define FO_PROCESS_H

#include <stdbool.h>

/* Whether a process called `name` (proc_pid_comm(5), 15 characters) runs in this network namespace.
 * A process file may be missing, at another place, or name a process of another program by now. */
bool process_runs(const char *name);

#endif
