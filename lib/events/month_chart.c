#include "month_chart.h"

#include <inttypes.h>
#include <stdio.h>

#include "clock.h"
#include "html.h"

/* In units of the picture. */
enum { LEFT = 56, WIDTH = 720, ROW = 17, TOP = 22, BAR = 10, QUALITY = 120 };

/* Days */

static double x_of(const struct month_report *month, size_t day, int64_t ms)
{
	int64_t begin_ms = month->month.days[day] * 1000;
	int64_t end_ms = month->month.days[day + 1] * 1000;
	int64_t in_ms = ms < begin_ms ? begin_ms : ms > end_ms ? end_ms : ms;

	return LEFT + (double)(in_ms - begin_ms) * WIDTH / (double)(end_ms - begin_ms);
}

/* An outage is to be seen also where it is shorter than a point. */
static void print_down(const struct timeline_span *span, double x, double width, double y)
{
	char begin[CLOCK_TEXT_MAX], end[CLOCK_TEXT_MAX], lasted[WHEN_TEXT_MAX];

	printf("<rect class=\"down\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%d\"><title>", x,
	       y - 2, width < 1.5 ? 1.5 : width, BAR + 4);
	printf("down %s to %s, %s: ", clock_format_local(span->begin_ms / 1000, begin),
	       span->ended ? clock_format_local(span->end_ms / 1000, end) : "not known",
	       when_format_lasted(lasted, span->end_ms - span->begin_ms));
	html_text(span->reason);
	puts("</title></rect>");
}

static void print_spans(const struct month_report *month, enum timeline_topic topic, size_t day,
			enum timeline_state state, double y)
{
	const struct timeline_track *track = &month->timeline.tracks[topic];
	int64_t begin_ms = month->month.days[day] * 1000;
	int64_t end_ms = month->month.days[day + 1] * 1000;

	for (size_t i = 0; i < track->count; i++) {
		const struct timeline_span *span = &track->spans[i];
		double x = x_of(month, day, span->begin_ms);
		double width = x_of(month, day, span->end_ms) - x;

		if (span->state != state || span->end_ms <= begin_ms || span->begin_ms >= end_ms)
			continue;
		if (state == TIMELINE_DOWN)
			print_down(span, x, width, y);
		else
			printf("<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
			       "height=\"%d\"/>\n",
			       topic == TIMELINE_MASTER ? "master" : "up", x, y, width,
			       topic == TIMELINE_MASTER ? 3 : BAR);
	}
}

static void print_day(const struct month_report *month, enum timeline_topic topic, size_t day)
{
	const struct timeline_sum sum =
		timeline_sum_of(&month->timeline.tracks[topic], month->month.days[day] * 1000,
				month->month.days[day + 1] * 1000);
	double y = TOP + (double)day * ROW;
	int64_t left_s = month_report_to_ms(month) / 1000;
	char share[MONTH_SHARE_MAX];

	printf("<text x=\"%d\" y=\"%.1f\" class=\"end\">%d</text>\n", LEFT - 8, y + BAR - 1,
	       (int)day + 1);
	if (month->month.days[day] >= left_s)
		return;
	printf("<rect class=\"unknown\" x=\"%d\" y=\"%.1f\" width=\"%.1f\" height=\"%d\"/>\n", LEFT,
	       y, x_of(month, day, left_s * 1000) - LEFT, BAR);
	print_spans(month, topic, day, TIMELINE_UP, y);
	print_spans(month, TIMELINE_MASTER, day, TIMELINE_UP, y + BAR);
	print_spans(month, topic, day, TIMELINE_DOWN, y);
	printf("<text x=\"%d\" y=\"%.1f\">%s</text>\n", LEFT + WIDTH + 8, y + BAR - 1,
	       timeline_sum_up(&sum) < 0 ? "-" : month_report_share(&sum, share));
}

void month_chart_days(const struct month_report *month, enum timeline_topic topic)
{
	int bottom = TOP + (int)month->month.count * ROW;
	char name[MONTH_NAME_MAX];

	printf("<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-labelledby=\"d%dt d%dd\">\n",
	       LEFT + WIDTH + 74, bottom + 4, (int)topic, (int)topic);
	printf("<title id=\"d%dt\">The line ", (int)topic);
	html_text(month_report_line(month, topic, name));
	printf(", day by day</title>\n<desc id=\"d%dd\">A bar for each day from midnight to "
	       "midnight. The table of outages has the same in words.</desc>\n",
	       (int)topic);
	for (int hour = 0; hour <= 24; hour += 6) {
		double x = LEFT + hour * WIDTH / 24.0;

		printf("<line class=\"grid\" x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\"/>"
		       "<text x=\"%.1f\" y=\"12\" class=\"mid\">%02d:00</text>\n",
		       x, TOP - 4, x, bottom, x, hour);
	}
	for (size_t day = 0; day < month->month.count; day++)
		print_day(month, topic, day);
	puts("</svg>");
}

/* Quality */

struct scale {
	double x, width;  /* of the first day; of each */
	int64_t top_us;	  /* of the round trip */
	int64_t top_loss; /* in thousandths of a per cent */
};

static int64_t loss_of(const struct month_day *day)
{
	return day->echoes == 0 ? 0 : day->lost * 100000 / day->echoes;
}

/* 1, 2 or 5 times a power of ten. */
static int64_t round_up(int64_t value, int64_t least)
{
	int64_t top = least;

	for (int i = 0; top < value; i++)
		top = i % 3 == 1 ? top / 2 * 5 : top * 2;
	return top;
}

static struct scale find_scale(const struct month_report *month)
{
	struct scale scale = { .x = LEFT, .width = (double)WIDTH / (double)month->month.count };
	int64_t rtt_us = 0, loss = 0;

	for (size_t i = 0; i < month->month.count; i++) {
		const struct month_day *day = &month->days[i];

		rtt_us = day->rtt_max_us > rtt_us ? day->rtt_max_us : rtt_us;
		loss = loss_of(day) > loss ? loss_of(day) : loss;
	}
	scale.top_us = round_up(rtt_us, 10000);
	scale.top_loss = round_up(loss, 1000);
	return scale;
}

static double y_of(int64_t value, int64_t top)
{
	return TOP + QUALITY - (double)value * QUALITY / (double)top;
}

static void print_quality_day(const struct month_report *month, const struct scale *scale,
			      size_t index)
{
	const struct month_day *day = &month->days[index];
	double x = scale->x + (double)index * scale->width;
	double loss_y = y_of(loss_of(day), scale->top_loss);

	printf("<text x=\"%.1f\" y=\"%d\" class=\"mid\">%d</text>\n", x + scale->width / 2,
	       TOP + QUALITY + 14, (int)index + 1);
	if (day->echoes == 0)
		return;
	printf("<g><title>%d: loss %" PRId64 ".%03" PRId64 " %%, round trip %" PRId64 ".%" PRId64
	       " ms, at most %" PRId64 ".%" PRId64 " ms</title>\n",
	       (int)index + 1, loss_of(day) / 1000, loss_of(day) % 1000, day->rtt_us / 1000,
	       day->rtt_us % 1000 / 100, day->rtt_max_us / 1000, day->rtt_max_us % 1000 / 100);
	printf("<rect class=\"loss\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>", x + 2,
	       loss_y, scale->width - 4, TOP + QUALITY - loss_y);
	if (day->lost < day->echoes)
		printf("<line class=\"range\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>"
		       "<circle class=\"rtt\" cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\"/>",
		       x + scale->width / 2, y_of(day->rtt_max_us, scale->top_us),
		       x + scale->width / 2, y_of(day->rtt_us, scale->top_us), x + scale->width / 2,
		       y_of(day->rtt_us, scale->top_us));
	puts("</g>");
}

static bool has_quality(const struct month_report *month)
{
	for (size_t i = 0; i < month->month.count; i++) {
		if (month->days[i].echoes > 0)
			return true;
	}
	return false;
}

void month_chart_quality(const struct month_report *month)
{
	const struct scale scale = find_scale(month);

	if (!has_quality(month))
		return;
	puts("<h2>Round trip and loss</h2>");
	printf("<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-labelledby=\"qt qd\">\n",
	       LEFT + WIDTH + 74, TOP + QUALITY + 20);
	puts("<title id=\"qt\">Round trip and loss, day by day</title>\n<desc id=\"qd\">A dot is "
	     "the mean round trip of a day, the stroke above it reaches to the longest mean of "
	     "half "
	     "a minute. A bar is the share of echoes that were lost.</desc>");
	for (int i = 0; i <= 2; i++) {
		double y = TOP + QUALITY - QUALITY * i / 2.0;

		printf("<line class=\"grid\" x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\"/>"
		       "<text x=\"%d\" y=\"%.1f\" class=\"end\">%" PRId64 " ms</text>"
		       "<text x=\"%d\" y=\"%.1f\">%.1f %%</text>\n",
		       LEFT, y, LEFT + WIDTH, y, LEFT - 8, y + 4, scale.top_us * i / 2000,
		       LEFT + WIDTH + 8, y + 4, (double)scale.top_loss * i / 2000);
	}
	for (size_t i = 0; i < month->month.count; i++)
		print_quality_day(month, &scale, i);
	puts("</svg>\n<p class=\"key\"><span class=\"dot\"></span> round trip, mean of the day, "
	     "and "
	     "the longest mean of half a minute <span class=\"box loss\"></span> echoes lost</p>");
}
