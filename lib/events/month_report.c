#include "month_report.h"

#include <inttypes.h>
#include <stdio.h>

#include "clock.h"
#include "num.h"
#include "report.h"
#include "utf8.h"

int64_t month_report_from_ms(const struct month_report *month)
{
	return month->month.days[0] * 1000;
}

int64_t month_report_to_ms(const struct month_report *month)
{
	int64_t end_s = month->month.days[month->month.count];

	return (end_s < month->now_s ? end_s : month->now_s) * 1000;
}

struct timeline_sum month_report_sum(const struct month_report *month, enum timeline_topic topic)
{
	return timeline_sum_of(&month->timeline.tracks[topic], month_report_from_ms(month),
			       month_report_to_ms(month));
}

bool month_report_knows(const struct month_report *month, enum timeline_topic topic)
{
	const struct timeline_sum sum = month_report_sum(month, topic);

	return sum.up_ms + sum.down_ms > 0;
}

const char *month_report_line(const struct month_report *month, enum timeline_topic topic,
			      char buf[static MONTH_NAME_MAX])
{
	snprintf(buf, MONTH_NAME_MAX, "%s%s", month->uplink, topic == TIMELINE_LTE ? " (LTE)" : "");
	return buf;
}

const char *month_report_share(const struct timeline_sum *sum, char buf[static MONTH_SHARE_MAX])
{
	int64_t share = timeline_sum_up(sum);

	if (share < 0)
		snprintf(buf, MONTH_SHARE_MAX, "not known");
	else
		snprintf(buf, MONTH_SHARE_MAX, "%d.%03d %%", (int)(share / 1000),
			 (int)(share % 1000));
	return buf;
}

/* For a person */

static int64_t unknown_ms(const struct month_report *month, const struct timeline_sum *sum)
{
	return month_report_to_ms(month) - month_report_from_ms(month) - sum->up_ms - sum->down_ms;
}

static void print_line(const struct month_report *month, enum timeline_topic topic)
{
	const struct timeline_sum sum = month_report_sum(month, topic);
	char name[MONTH_NAME_MAX], share[MONTH_SHARE_MAX], text[WHEN_TEXT_MAX];

	printf("line %s\n", month_report_line(month, topic, name));
	printf("  available     %s", month_report_share(&sum, share));
	printf(" of the %s in which it was watched\n",
	       when_format_lasted(text, sum.up_ms + sum.down_ms));
	printf("  outages       %zu", sum.downs);
	if (sum.downs > 0)
		printf(", %s together", when_format_lasted(text, sum.down_ms));
	printf("\n  not watched   %s\n", when_format_lasted(text, unknown_ms(month, &sum)));
}

static void print_outage(const struct timeline_span *span)
{
	char begin[CLOCK_TEXT_MAX], end[CLOCK_TEXT_MAX], lasted[WHEN_TEXT_MAX];
	char reason[TIMELINE_REASON_MAX];

	snprintf(reason, sizeof(reason), "%s", span->reason);
	utf8_make_printable(reason);
	printf("  %s  %s  %-12s  %s%s\n", clock_format_local(span->begin_ms / 1000, begin),
	       span->ended ? clock_format_local(span->end_ms / 1000, end) : "-                  ",
	       when_format_lasted(lasted, span->end_ms - span->begin_ms), reason,
	       span->ended ? "" : " (its end was not seen)");
}

static void print_outages(const struct month_report *month, enum timeline_topic topic)
{
	const struct timeline_track *track = &month->timeline.tracks[topic];

	if (month_report_sum(month, topic).downs == 0)
		return;
	printf("  %-19s  %-19s  %-12s  %s\n", "begin", "end", "duration", "reason");
	for (size_t i = 0; i < track->count; i++) {
		if (track->spans[i].state == TIMELINE_DOWN)
			print_outage(&track->spans[i]);
	}
	if (track->more)
		puts("  and more; their time counts as not watched");
}

static void print_usage(const struct month_report *month)
{
	const struct timeline_sum sum = month_report_sum(month, TIMELINE_MASTER);
	const struct month_usage *usage = &month->usage;
	char lasted[WHEN_TEXT_MAX], master[NUM_TEXT_MAX], total[NUM_TEXT_MAX];

	printf("master          %s%s\n", when_format_lasted(lasted, sum.up_ms),
	       month->metered ? ": so long the LAN went over LTE" : "");
	if (!usage->known)
		return;
	printf("over LTE        %s, %s of it as master (a month of UTC, as SORACOM bills it)\n",
	       num_format_bytes(total, usage->master_rx + usage->master_tx + usage->backup_rx +
					       usage->backup_tx),
	       num_format_bytes(master, usage->master_rx + usage->master_tx));
}

int month_report_print(const struct month_report *month)
{
	bool any = false;

	printf("%04d-%02d on %s\n", month->month.year, month->month.month, month->host);
	for (unsigned topic = TIMELINE_LINE; topic <= TIMELINE_LTE; topic++) {
		if (!month_report_knows(month, topic))
			continue;
		any = true;
		print_line(month, topic);
		print_outages(month, topic);
	}
	if (!any)
		puts("no line was watched in this month, or nothing of it is kept");
	print_usage(month);
	if (month->timeline.undated > 0)
		printf("%" PRId64 " events have no date: the clock was not set\n",
		       month->timeline.undated);
	return report_flush();
}

/* As JSON */

static void fill_time(struct report *report, const char *name, int64_t ms)
{
	char text[CLOCK_TEXT_MAX];

	report_text(report, name, clock_format_utc(ms / 1000, text));
}

static void fill_line(struct report *report, const struct month_report *month,
		      enum timeline_topic topic)
{
	const struct timeline_sum sum = month_report_sum(month, topic);
	int64_t share = timeline_sum_up(&sum);

	report_row(report, "lines");
	report_text(report, "line", topic == TIMELINE_LTE ? "lte" : "line");
	report_text(report, "interface", month->uplink);
	if (share < 0)
		report_unknown(report, "available_pct");
	else
		report_thousandths(report, "available_pct", share);
	report_thousandths(report, "up_s", sum.up_ms);
	report_thousandths(report, "down_s", sum.down_ms);
	report_thousandths(report, "unknown_s", unknown_ms(month, &sum));
	report_number(report, "outages", (int64_t)sum.downs);
	report_end_row(report);
}

static void fill_outages(struct report *report, const struct month_report *month,
			 enum timeline_topic topic)
{
	const struct timeline_track *track = &month->timeline.tracks[topic];

	for (size_t i = 0; i < track->count; i++) {
		const struct timeline_span *span = &track->spans[i];

		if (span->state != TIMELINE_DOWN)
			continue;
		report_row(report, "outages");
		report_text(report, "line", topic == TIMELINE_LTE ? "lte" : "line");
		fill_time(report, "begin", span->begin_ms);
		if (span->ended)
			fill_time(report, "end", span->end_ms);
		else
			report_unknown(report, "end");
		report_thousandths(report, "duration_s", span->end_ms - span->begin_ms);
		report_text(report, "reason", span->reason);
		report_end_row(report);
	}
}

static void fill_day(struct report *report, const struct month_report *month, size_t index)
{
	const struct month_day *day = &month->days[index];
	char date[16];

	if (day->echoes == 0)
		return;
	snprintf(date, sizeof(date), "%04d-%02d-%02d", month->month.year, month->month.month,
		 (int)index + 1);
	report_row(report, "days");
	report_text(report, "date", date);
	report_number(report, "echoes", day->echoes);
	report_thousandths(report, "loss_pct", day->lost * 100000 / day->echoes);
	if (day->lost == day->echoes)
		report_unknown(report, "rtt_ms");
	else
		report_thousandths(report, "rtt_ms", day->rtt_us);
	report_thousandths(report, "rtt_max_ms", day->rtt_max_us);
	report_end_row(report);
}

static void fill_usage(struct report *report, const struct month_usage *usage)
{
	report_bytes(report, "master_received_bytes", usage->master_rx);
	report_bytes(report, "master_sent_bytes", usage->master_tx);
	report_bytes(report, "backup_received_bytes", usage->backup_rx);
	report_bytes(report, "backup_sent_bytes", usage->backup_tx);
}

int month_report_print_json(const struct month_report *month)
{
	const struct timeline_sum master = month_report_sum(month, TIMELINE_MASTER);
	struct report *report = report_new();
	char text[16];
	int ret;

	snprintf(text, sizeof(text), "%04d-%02d", month->month.year, month->month.month);
	report_text(report, "month", text);
	report_text(report, "host", month->host);
	fill_time(report, "from", month_report_from_ms(month));
	fill_time(report, "to", month_report_to_ms(month));
	report_thousandths(report, "master_s", master.up_ms);
	report_flag(report, "metered", month->metered);
	if (month->usage.known)
		fill_usage(report, &month->usage);
	report_number(report, "undated_events", month->timeline.undated);
	for (unsigned topic = TIMELINE_LINE; topic <= TIMELINE_LTE; topic++) {
		if (month_report_knows(month, topic))
			fill_line(report, month, topic);
	}
	for (unsigned topic = TIMELINE_LINE; topic <= TIMELINE_LTE; topic++)
		fill_outages(report, month, topic);
	for (size_t i = 0; i < month->month.count; i++)
		fill_day(report, month, i);
	ret = report_print(report, true);
	report_free(report);
	return ret;
}
