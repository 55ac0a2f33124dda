/* doctor_report.h - what the doctor has found, for a person or a program. Edge: stdout. */
#ifndef FO_DOCTOR_REPORT_H
#define FO_DOCTOR_REPORT_H

#include <stdbool.h>

#include "compiler.h"
#include "finding.h"

/* Prints a paragraph for each, `hints` with what mends it, and one line that counts them; or all of
 * it as JSON, see fo-status(8). Returns 0, or -errno, logged, when stdout did not take it. */
int doctor_report_show(const struct findings *findings, bool hints, bool json) FO_MUST_CHECK;

#endif
