#include "clock_doubt.h"

#include <stdbool.h>
#include <stdio.h>

#include "num.h"

/* What a clock may be wrong by before it is told: certificates begin and end on other days. */
#define TOLERATED_S 86400

static bool differs_from_server(const struct clock_facts *facts)
{
	int64_t ahead_s = facts->now_s - facts->server_s;

	return facts->server_s > 0 && (ahead_s > TOLERATED_S || ahead_s < -TOLERATED_S);
}

const char *clock_doubt(const struct clock_facts *facts, char buf[static CLOCK_DOUBT_TEXT_MAX])
{
	char now[NUM_TEXT_MAX], date[NUM_TEXT_MAX];
	bool refused = facts->certificate != CERTIFICATE_FINE;

	num_format_date(now, facts->now_s);
	if (differs_from_server(facts))
		snprintf(buf, CLOCK_DOUBT_TEXT_MAX,
			 "the clock says %s, but the server says %s: let NTP set it, or "
			 "timedatectl(1)",
			 now, num_format_date(date, facts->server_s));
	else if (refused && facts->now_s < facts->made_s)
		snprintf(
			buf, CLOCK_DOUBT_TEXT_MAX,
			"the clock says %s, but this program was made on %s, and no certificate is "
			"valid at a wrong time: let NTP set it, or timedatectl(1)",
			now, num_format_date(date, facts->made_s));
	else if (facts->certificate == CERTIFICATE_EARLY || facts->certificate == CERTIFICATE_LATE)
		snprintf(buf, CLOCK_DOUBT_TEXT_MAX,
			 "the clock says %s, when the server's certificate is %s valid: where that "
			 "is not "
			 "the date, let NTP set it, or timedatectl(1)",
			 now, facts->certificate == CERTIFICATE_EARLY ? "not yet" : "no longer");
	else
		return NULL;
	return buf;
}
