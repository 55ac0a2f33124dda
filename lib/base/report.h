/* report.h - what a program shows: one tree, printed for a person or as JSON. Edge: stdout.
 *
 * A failed allocation is remembered and reported by report_print; calls in between need no check.
 */
#ifndef FO_REPORT_H
#define FO_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "compiler.h"

struct report;

/* Starts a report. Returns it, owned by the caller (report_free), or NULL without memory, which
 * every function here takes; report_print returns it. */
struct report *report_new(void);

void report_free(struct report *report);

/* Add a value, to the row where one is open. Names are JSON's, in lower case with `_`, and string
 * literals: they are not copied. Units stand in the name. */
void report_text(struct report *report, const char *name, const char *text);
void report_number(struct report *report, const char *name, int64_t value);
void report_flag(struct report *report, const char *name, bool value);
/* A number of thousandths, such as milliseconds from microseconds: 1234 is 1.234. */
void report_thousandths(struct report *report, const char *name, int64_t value);

/* A number of bytes: for a person with a unit, as num_format_bytes writes it. */
void report_bytes(struct report *report, const char *name, int64_t value);

/* A value that is not known: null in JSON, `-` for a person. */
void report_unknown(struct report *report, const char *name);

/* Opens a row of the table `name`, which the first row makes; values go there until
 * report_end_row. Rows of one table have the same names in the same order;
 * the last ones may be left out. */
void report_row(struct report *report, const char *name);
void report_end_row(struct report *report);

/* Prints everything on stdout: as JSON, or as lines `name  value` and tables with a heading.
 * Returns 0, or -errno, logged, when stdout did not take it all. */
int report_print(const struct report *report, bool json) FO_MUST_CHECK;

/* Gives to stdout what was printed. Returns 0, or -errno, logged, when it did not take it all.
 * Where its reader has gone, as in `| head`, this process ends silently, by SIGPIPE. */
int report_flush(void) FO_MUST_CHECK;

#endif
