#include "month_page.h"

#include <inttypes.h>
#include <stdio.h>

#include "clock.h"
#include "html.h"
#include "month_chart.h"
#include "num.h"
#include "report.h"

/* No script, no picture, font or style from elsewhere: it can be mailed, and kept. */
static const char style[] =
	":root{color-scheme:light dark;--ink:#1c2430;--dim:#5b6675;--paper:#fff;--line:#d5dbe3;"
	"--up:#7fb69a;--down:#c0271b;--unknown:#e4e8ed;--master:#3465a4;--loss:#e2a33c;"
	"--tile:#f4f6f8}\n"
	"@media (prefers-color-scheme:dark){:root{--ink:#e6eaf0;--dim:#9aa6b5;--paper:#14181e;"
	"--line:#303a46;--up:#3f7f62;--down:#ff6b5e;--unknown:#262d36;--master:#7aa7e6;"
	"--loss:#b97f22;--tile:#1c222a}}\n"
	"@media print{:root{color-scheme:light;--ink:#000;--dim:#444;--paper:#fff;--line:#bbb;"
	"--up:#7fb69a;--down:#c0271b;--unknown:#e4e8ed;--master:#3465a4;--loss:#e2a33c;"
	"--tile:#fff}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}"
	"main{padding:0;max-width:none}.tile{border-color:#bbb}tr,svg,.tile{break-inside:avoid}"
	"h2{break-after:avoid}}\n"
	"@page{size:A4;margin:14mm}\n"
	"body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.45 system-ui,"
	"sans-serif}main{max-width:860px;margin:auto;padding:24px 16px}"
	"h1{font-size:24px;margin:0}h2{font-size:17px;margin:26px 0 8px}"
	"p{margin:4px 0}.dim,.key,footer{color:var(--dim)}footer{margin-top:28px;font-size:13px}"
	".tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:10px;"
	"margin:18px 0}.tile{background:var(--tile);border:1px solid var(--line);"
	"border-radius:8px;padding:10px 12px}.tile b{display:block;font-size:21px}"
	".tile span{color:var(--dim);font-size:13px}"
	"svg{width:100%;height:auto;display:block}svg text{fill:var(--dim);font-size:11px}"
	".end{text-anchor:end}.mid{text-anchor:middle}.grid{stroke:var(--line)}"
	".up{fill:var(--up)}.down{fill:var(--down)}.unknown{fill:var(--unknown)}"
	".master{fill:var(--master)}.loss{fill:var(--loss)}.rtt{fill:var(--master)}"
	".range{stroke:var(--master);stroke-width:2}.key{font-size:13px}"
	".box,.dot{display:inline-block;width:18px;height:10px;margin:0 4px 0 14px;"
	"vertical-align:middle}.box:first-child,.dot:first-child{margin-left:0}"
	".dot{width:8px;height:8px;border-radius:4px;background:var(--master)}"
	".box.up{background:var(--up)}.box.down{background:var(--down)}"
	".box.unknown{background:var(--unknown)}.box.loss{background:var(--loss)}"
	".box.master{background:var(--master);height:3px}"
	"table{border-collapse:collapse;width:100%;font-size:14px}"
	"caption{text-align:left;color:var(--dim);padding-bottom:4px}"
	"th,td{text-align:left;padding:4px 10px 4px 0;border-bottom:1px solid var(--line);"
	"vertical-align:top}td.n{white-space:nowrap;font-variant-numeric:tabular-nums}\n";

static const char *const months[] = { "January",   "February", "March",	   "April",
				      "May",	   "June",     "July",	   "August",
				      "September", "October",  "November", "December" };

static void print_head(const struct month_report *month)
{
	const char *name = months[month->month.month - 1];
	char end[CLOCK_TEXT_MAX];

	puts("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	     "<meta name=\"viewport\" content=\"width=device-width\">");
	puts("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
	     "style-src 'unsafe-inline'\">");
	printf("<title>%s %d on ", name, month->month.year);
	html_text(month->host);
	printf("</title>\n<style>\n%s</style>\n</head>\n<body>\n<main>\n<h1>%s %d</h1>\n", style,
	       name, month->month.year);
	fputs("<p class=\"dim\">The router ", stdout);
	html_text(month->host);
	printf(", up to %s.</p>\n", clock_format_local(month_report_to_ms(month) / 1000, end));
}

static void print_tile(const char *value, const char *label, const char *more)
{
	fputs("<div class=\"tile\"><b>", stdout);
	html_text(value);
	fputs("</b><span>", stdout);
	html_text(label);
	html_text(more);
	puts("</span></div>");
}

static void print_line_tiles(const struct month_report *month, enum timeline_topic topic)
{
	const struct timeline_sum sum = month_report_sum(month, topic);
	char text[WHEN_TEXT_MAX], share[MONTH_SHARE_MAX], name[MONTH_NAME_MAX], count[48];

	if (!month_report_knows(month, topic))
		return;
	month_report_line(month, topic, name);
	print_tile(month_report_share(&sum, share), "available: ", name);
	snprintf(count, sizeof(count), "%zu", sum.downs);
	print_tile(count, sum.downs == 1 ? "outage, " : "outages, together ",
		   when_format_lasted(text, sum.down_ms));
	when_format_lasted(text, month_report_to_ms(month) - month_report_from_ms(month) -
					 sum.up_ms - sum.down_ms);
	print_tile(text, "not watched: ", "neither up nor down");
}

static void print_tiles(const struct month_report *month)
{
	const struct timeline_sum master = month_report_sum(month, TIMELINE_MASTER);
	const struct month_usage *usage = &month->usage;
	char text[WHEN_TEXT_MAX], total[NUM_TEXT_MAX], as_master[NUM_TEXT_MAX + 16];

	puts("<div class=\"tiles\">");
	for (unsigned topic = TIMELINE_LINE; topic <= TIMELINE_LTE; topic++)
		print_line_tiles(month, topic);
	print_tile(when_format_lasted(text, master.up_ms), "this router was master",
		   month->metered ? ": so long the LAN went over LTE" : "");
	if (usage->known) {
		num_format_bytes(total, usage->master_rx + usage->master_tx);
		snprintf(as_master, sizeof(as_master), "%s as master", total);
		num_format_bytes(total, usage->master_rx + usage->master_tx + usage->backup_rx +
						usage->backup_tx);
		print_tile(total, "over LTE, ", as_master);
	}
	puts("</div>");
}

static void print_line(const struct month_report *month, enum timeline_topic topic)
{
	char name[MONTH_NAME_MAX];

	if (!month_report_knows(month, topic))
		return;
	fputs("<h2>The line ", stdout);
	html_text(month_report_line(month, topic, name));
	puts(", day by day</h2>");
	month_chart_days(month, topic);
	puts("<p class=\"key\"><span class=\"box up\"></span> up <span class=\"box down\"></span> "
	     "down <span class=\"box unknown\"></span> not watched <span class=\"box "
	     "master\"></span> "
	     "this router was master. On the right: available while it was watched.</p>");
}

static void print_outage(const struct timeline_span *span)
{
	char begin[CLOCK_TEXT_MAX], end[CLOCK_TEXT_MAX], lasted[WHEN_TEXT_MAX];

	printf("<tr><td class=\"n\">%s</td><td class=\"n\">%s</td><td class=\"n\">%s</td><td>",
	       clock_format_local(span->begin_ms / 1000, begin),
	       span->ended ? clock_format_local(span->end_ms / 1000, end) : "not seen",
	       when_format_lasted(lasted, span->end_ms - span->begin_ms));
	html_text(span->reason);
	puts("</td></tr>");
}

static void print_outages(const struct month_report *month, enum timeline_topic topic)
{
	const struct timeline_track *track = &month->timeline.tracks[topic];
	char name[MONTH_NAME_MAX];

	if (month_report_sum(month, topic).downs == 0)
		return;
	fputs("<h2>Outages</h2>\n<table>\n<caption>When the line ", stdout);
	html_text(month_report_line(month, topic, name));
	puts(" was down, in local time</caption>\n<thead><tr><th scope=\"col\">Begin</th>"
	     "<th scope=\"col\">End</th><th scope=\"col\">Duration</th><th "
	     "scope=\"col\">Reason</th>"
	     "</tr></thead>\n<tbody>");
	for (size_t i = 0; i < track->count; i++) {
		if (track->spans[i].state == TIMELINE_DOWN)
			print_outage(&track->spans[i]);
	}
	puts("</tbody>\n</table>");
	if (track->more)
		puts("<p>And more; their time counts as not watched.</p>");
}

int month_page_print(const struct month_report *month)
{

	print_head(month);
	print_tiles(month);
	for (unsigned topic = TIMELINE_LINE; topic <= TIMELINE_LTE; topic++)
		print_line(month, topic);
	month_chart_quality(month);
	for (unsigned topic = TIMELINE_LINE; topic <= TIMELINE_LTE; topic++)
		print_outages(month, topic);
	puts("<footer>");
	if (month->timeline.undated > 0)
		printf("<p>%" PRId64 " events have no date: the clock was not set.</p>\n",
		       month->timeline.undated);
	puts("<p>The share is of the time in which somebody watched the line. Bytes are of a month "
	     "of "
	     "UTC, as SORACOM bills it; all else is in local "
	     "time.</p>\n</footer>\n</main>\n</body>\n"
	     "</html>");
	return report_flush();
}
