/* month_chart.h - pictures of a month, as SVG within a page. Job: month_report, html. */
#ifndef FO_MONTH_CHART_H
#define FO_MONTH_CHART_H

#include "month_report.h"

/* A bar for each day, with its outages to scale, and when this router was master. */
void month_chart_days(const struct month_report *month, enum timeline_topic topic);

/* Round trip and loss by day; nothing where neither is known. */
void month_chart_quality(const struct month_report *month);

#endif
