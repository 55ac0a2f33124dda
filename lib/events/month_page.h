/* month_page.h - a month of this router as a page. Job: month_report, month_chart, html. */
#ifndef FO_MONTH_PAGE_H
#define FO_MONTH_PAGE_H

#include "compiler.h"
#include "month_report.h"

/* Prints it on stdout: HTML that needs nothing else. Returns 0, or -errno, logged. */
int month_page_print(const struct month_report *month) FO_MUST_CHECK;

#endif
