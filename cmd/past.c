#include "past.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "history.h"
#include "history_show.h"
#include "log.h"
#include "meter.h"
#include "month_page.h"
#include "month_report.h"
#include "watch_log.h"
#include "watch_report.h"

static int refuse_operands(const struct cli *cli, int count, char *operands[])
{
	if (count == 0)
		return CLI_GO_ON;
	return cli_misused(cli, "`%s': %s takes no operands", operands[0], cli->verb->name);
}

int past_parse_history(const struct cli *cli, int count, char *operands[], void *settings)
{
	struct past *past = settings;
	int ret = refuse_operands(cli, count, operands);

	if (ret == CLI_GO_ON && past->since != NULL &&
	    when_parse(past->since, clock_wall_s(), &past->since_s) != 0)
		return cli_misused(cli,
				   "--since: `%s' is not a time such as 2h, 3d, 2026-11-27 or "
				   "'2026-11-27 14:00'",
				   past->since);
	return ret;
}

int past_show_history(const struct cli *cli, const struct conf *conf, void *settings)
{
	const struct past *past = settings;

	(void)conf;
	return history_show(past->since_s * 1000, cli->json) == 0 ? CLI_YES : CLI_CANNOT;
}

int past_parse_report(const struct cli *cli, int count, char *operands[], void *settings)
{
	struct past *past = settings;
	int ret = refuse_operands(cli, count, operands);

	if (ret == CLI_GO_ON && past->html && cli->json)
		return cli_misused(cli, "--html and --json do not go together");
	if (ret == CLI_GO_ON &&
	    when_parse_month(past->month_name, clock_wall_s(), &past->month) != 0)
		return cli_misused(cli, "--month: `%s' is not a month such as 2026-11",
				   past->month_name == NULL ? "" : past->month_name);
	return ret;
}

static bool take(const struct event *event, void *data)
{
	struct month_report *month = data;

	timeline_take(&month->timeline, event);
	return true;
}

static int64_t month_number(const struct when_month *month)
{
	return month->year * INT64_C(100) + month->month;
}

static void take_usage(const struct conf *conf, struct month_report *out)
{
	struct usage usage;
	struct usage_bytes bytes;
	int64_t now = 0;

	out->metered = conf->speedclass.present || conf->keepalive.present;
	if (!out->metered || meter_show(conf, &usage, &now) != 0)
		return;
	bytes = usage_of(&usage, month_number(&out->month));
	out->usage = (struct month_usage){ true, bytes.master_rx, bytes.master_tx, bytes.backup_rx,
					   bytes.backup_tx };
}

static void take_days(const struct watch_days *days, struct month_report *out)
{
	for (size_t i = 0; i < days->count; i++) {
		const struct watch_day *day = &days->days[i];
		size_t index = (size_t)(day->day % 100) - 1;

		if (day->day / 100 == month_number(&out->month) && index < WHEN_DAYS_MAX)
			out->days[index] = (struct month_day){ day->echoes, day->lost, day->rtt_us,
							       day->rtt_max_us };
	}
}

/* The events, and what else tells until when somebody watched. */
static int take_events(const struct watch_days *days, struct month_report *out)
{
	struct timeline_sign signs[TIMELINE_SIGNS_MAX];
	char boot[CLOCK_BOOT_MAX];
	struct timeline_now now = { .boot = clock_boot(boot), .wall_ms = out->now_s * 1000 };
	struct heartbeat beat;
	size_t count = 0;
	int ret;

	for (; count < days->boots && count < TIMELINE_SIGNS_MAX; count++) {
		signs[count].wall_ms = days->seen[count].wall_ms;
		memcpy(signs[count].boot, days->seen[count].boot, sizeof(signs[count].boot));
	}
	timeline_begin(&out->timeline, month_report_from_ms(out), month_report_to_ms(out), signs,
		       count);
	ret = history_read(take, out);
	if (watch_report_read(&beat) == 0 && beat.written_us <= clock_mono_us())
		now.watched_ms = beat.written_us + HEARTBEAT_FRESH_US >= clock_mono_us()
					 ? now.wall_ms
					 : now.wall_ms - (clock_mono_us() - beat.written_us) / 1000;
	timeline_end(&out->timeline, &now);
	return ret;
}

static int fill(const struct conf *conf, struct watch_days *days, struct month_report *out)
{
	if (gethostname(out->host, sizeof(out->host) - 1) != 0)
		out->host[0] = '\0';
	memcpy(out->uplink, conf->router.uplink, sizeof(out->uplink));
	out->now_s = clock_wall_s();
	if (watch_log_read(days) != 0)
		return -1;
	take_days(days, out);
	take_usage(conf, out);
	return take_events(days, out);
}

static int print(const struct cli *cli, const struct past *past, const struct month_report *month)
{
	if (cli->json)
		return month_report_print_json(month);
	return past->html ? month_page_print(month) : month_report_print(month);
}

int past_show_report(const struct cli *cli, const struct conf *conf, void *settings)
{
	const struct past *past = settings;
	struct month_report *month = calloc(1, sizeof(*month));
	struct watch_days *days = calloc(1, sizeof(*days));
	int status = CLI_CANNOT;

	if (month == NULL || days == NULL)
		log_err(0, "out of memory");
	else {
		month->month = past->month;
		if (fill(conf, days, month) == 0 && print(cli, past, month) == 0)
			status = CLI_YES;
	}
	free(month);
	free(days);
	return status;
}
