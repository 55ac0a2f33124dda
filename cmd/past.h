/* past.h - what fo-status shows of the past: the verbs history and report. Edge: stdout. */
#ifndef FO_PAST_H
#define FO_PAST_H

#include "cli.h"
#include "when.h"

/* The settings of fo-status begin with it. */
struct past {
	const char *since, *month_name; /* as they were given; or NULL */
	bool html;
	int64_t since_s;
	struct when_month month;
};

/* For struct cli_verb. */
int past_parse_history(const struct cli *cli, int count, char *operands[], void *settings);
int past_show_history(const struct cli *cli, const struct conf *conf, void *settings);
int past_parse_report(const struct cli *cli, int count, char *operands[], void *settings);
int past_show_report(const struct cli *cli, const struct conf *conf, void *settings);

#endif
