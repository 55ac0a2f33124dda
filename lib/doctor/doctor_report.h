/* doctor_report.h - what the doctor has found, for a person or a program. Edge: stdout. */
#ifndef FO_DOCTOR_REPORT_H
#define FO_DOCTOR_REPORT_H

#include <stdbool.h>

#include "compiler.h"
#include "finding.h"

struct doctor_form {
	bool hints;    /* with what mends it */
	bool json;     /* see fo-status(8) */
	bool complete; /* all could be looked at */
	bool live;     /* of the machine that runs, which may have troubles that no set-up makes */
};

/* Prints a paragraph for each, and one line that counts them; or JSON. Returns 0, or -errno,
 * logged, when stdout did not take it. */
int doctor_report_show(const struct findings *findings,
		       const struct doctor_form *form) FO_MUST_CHECK;

#endif
