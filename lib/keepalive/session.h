/* session.h - the session of the metered line: kept alive, and its death noticed. Job: line,
 * rtnl, router, kept. */
#ifndef FO_SESSION_H
#define FO_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "compiler.h"
#include "idle.h"
#include "line.h"
#include "settings.h"

/* What a run has done, and found. */
struct session_run {
	enum idle_verdict verdict, before; /* now, and after the last run */
	bool gone;			   /* there is no such interface at all */
	int64_t quiet_ms;		   /* since there was traffic, at most; -1: not known */
	int64_t dead;			   /* runs in a row */
	struct addr target;		   /* none: not looked for */
	bool asked;			   /* echoes were due */
	unsigned echoes;		   /* sent */
	struct line_target echo;	   /* what became of them, where some were */
	bool redialled;			   /* and the command has ended well */
};

struct session_order {
	const struct conf *conf;
	bool probe;	    /* an echo in any case */
	bool log_unchanged; /* log the outcome also where it is that of the last run */
};

/* Makes a run: an echo where one is needed, or where the watcher (lookout.h) finds the line silent;
 * and a redial where it has been dead for long.
 * Only one run at a time does so. Returns 0 and `*out`; -EWOULDBLOCK, silently, when another one is
 * running; -EADDRNOTAVAIL when there is no host to ask; another -errno when it could not tell for a
 * reason of this machine; logged. What was found is written down for the next run; where that
 * cannot be done, it is logged, and costs an echo. */
int session_keep(const struct session_order *order, struct session_run *out) FO_MUST_CHECK;

/* What session_keep would do: `verdict` is then as before, and `echoes` how many would be sent at
 * most. Sends and changes nothing. Returns as that does. */
int session_plan(const struct session_order *order, struct session_run *out) FO_MUST_CHECK;

#define SESSION_TEXT_MAX 256

/* How a run has found the line, as `silent: 100.127.100.127: silent; echoes sent: 3`. Returns
 * `buf`. */
const char *session_describe(const struct session_run *run, char buf[static SESSION_TEXT_MAX]);

/* What the runs so far have left. Returns 0 and `*out`; -ENOENT, silently, when there was none; or
 * another -errno, logged. */
int session_load(struct idle_memory *out) FO_MUST_CHECK;

/* The same of this boot alone. */
int session_load_run(struct idle_memory *out) FO_MUST_CHECK;

/* The bytes of echoes that a month of 30 days costs, where the line has no other traffic. */
int64_t session_month_bytes(const struct conf_keepalive *conf, const struct idle_memory *memory);

#endif
