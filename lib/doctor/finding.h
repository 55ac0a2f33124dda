/* finding.h - what the doctor has found, and the table of all that it can find. Pure. */
#ifndef FO_FINDING_H
#define FO_FINDING_H

#include <stdbool.h>
#include <stddef.h>

#include "compiler.h"

enum finding_severity {
	FINDING_ERROR,	 /* the LAN has no Internet, or will have none when a line dies */
	FINDING_WARNING, /* it works, but costs money, time or trust */
};

/* A kind of finding. Its code is part of the interface (fo-status(8), FINDINGS) and is never given
 * to another kind. */
struct finding_kind {
	unsigned code; /* 17 is FO017 */
	enum finding_severity severity;
	const char *title; /* what is wrong, in a few words */
};

/* By code: FO0xx fo.conf, FO1xx keepalived.conf, FO2xx the kernel's network, FO3xx services and
 * other programs, FO4xx pppd, FO5xx the SIM, FO6xx who is told. Ends with a code of 0. */
extern const struct finding_kind finding_kinds[];

/* Returns the kind of a code, which there is. */
const struct finding_kind *finding_kind_of(unsigned code);

/* `error` or `warning`. */
const char *finding_severity_name(enum finding_severity severity);

#define FINDING_PLACE_MAX  192
#define FINDING_REASON_MAX 384
#define FINDING_FIX_MAX	   384

struct finding {
	unsigned code;
	char place[FINDING_PLACE_MAX]; /* such as `/etc/keepalived/keepalived.conf:12` or `ppp0` */
	char reason[FINDING_REASON_MAX]; /* one sentence: what is, and what comes of it */
	char fix[FINDING_FIX_MAX]; /* commands, one a line, that mend it; or what to write where */
};

#define FINDINGS_MAX 128

struct findings {
	size_t count;
	bool more; /* than fit */
	struct finding items[FINDINGS_MAX];
};

/* Writes the place of a line of a file, `line` 0: the whole file. Returns `buf`. */
const char *finding_place(char buf[static FINDING_PLACE_MAX], const char *file, unsigned line);

/* Adds a finding; the reason is made by the format. What is not printable becomes a `?`. The same
 * code with the same reason at the same place is kept once. */
void findings_add(struct findings *findings, unsigned code, const char *place, const char *fix,
		  const char *fmt, ...) FO_PRINTF(5, 6);

/* Puts errors first, and those of a severity in the order of their codes; what has the same code
 * stays as it was found. */
void findings_sort(struct findings *findings);

#endif
