/* report.h - what a program shows: one tree, printed for a person or as JSON. Edge: stdout.
 *
 * A failed allocation is remembered and told by report_print; calls in between need no check. */
#ifndef FO_REPORT_H
#define FO_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "compiler.h"

struct report; /* an object of names and values, or a row of a table in it */

/* Starts a report. Returns it, owned by the caller (report_free), or NULL without memory, which
 * every function here takes. */
struct report *report_new(void);

void report_free(struct report *report);

/* Add a value. Names are JSON's, in lower case with `_`; units stand in the name. */
void report_text(struct report *report, const char *name, const char *text);
void report_number(struct report *report, const char *name, int64_t value);
void report_flag(struct report *report, const char *name, bool value);
/* A number of thousandths, such as milliseconds from microseconds: 1234 is 1.234. */
void report_thousandths(struct report *report, const char *name, int64_t value);

/* Add a row to the table `name`, which the first row makes. The row is the report's. */
struct report *report_row(struct report *report, const char *name);

/* Prints everything on stdout: as JSON, or as lines `name  value` and tables with a heading.
 * Returns 0, or -errno, logged, when stdout did not take it all. */
int report_print(const struct report *report, bool json) FO_MUST_CHECK;

#endif
