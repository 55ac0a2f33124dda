#include "sim_rule.h"

#include <inttypes.h>
#include <string.h>

#include "num.h"

/* A run that is so late has not been started: the timer comes every 20 minutes. */
#define KEEPALIVE_LATE_S 7200

/* So long after a boot the class has been asked for: the timer comes every 5 minutes. */
#define CLASS_LATE_S 900

static void check_class(const struct conf *conf, const struct sim_facts *facts,
			struct findings *out)
{
	const char *due = facts->due, *known = facts->known;

	if (facts->refused) {
		findings_add(out, 510, conf->speedclass.sim.id, "fo-speedclass login",
			     "SORACOM refuses the login, this SIM or this class: the SIM keeps the "
			     "class that it has, whatever happens");
		return;
	}
	if (!facts->line_up || facts->dead > 0 || strcmp(due, known) == 0)
		return;
	if (known[0] == '\0') {
		if (facts->looked_ago_s == INT64_MAX && facts->up_s >= CLASS_LATE_S)
			findings_add(out, 505, conf->speedclass.sim.id,
				     "fo-speedclass login\nfo-speedclass sync",
				     "SORACOM has not answered once since the boot: whether the "
				     "credentials are right shows only when they are tried");
		return;
	}
	if (facts->master)
		findings_add(out, 503, conf->speedclass.sim.id, "fo-speedclass -v sync",
			     "the LAN uses this line, and the SIM has %s instead of %s", known,
			     due);
	else
		findings_add(out, 504, conf->speedclass.sim.id, "fo-speedclass -v sync",
			     "the other router carries the LAN, and the SIM has %s instead of %s",
			     known, due);
}

static void check_session(const struct conf *conf, const struct sim_facts *facts,
			  struct findings *out)
{
	const char *uplink = conf->router.uplink;

	if (facts->up_s >= KEEPALIVE_LATE_S && facts->kept_ago_s >= KEEPALIVE_LATE_S) {
		findings_add(out, 507, uplink,
			     "fo-keepalive -v\nsystemctl enable --now fo-keepalive.timer",
			     "fo-keepalive has not run for two hours or more: whether the line "
			     "is still alive is not known");
		return;
	}
	if (facts->dead >= conf->keepalive.redial_after && conf->keepalive.redial[0] == '\0')
		findings_add(out, 508, uplink,
			     "write `redial = /usr/bin/systemctl restart lte`, or what dials the "
			     "line, below [keepalive]",
			     "the line was dead in the last %" PRId64 " runs of fo-keepalive, and "
			     "[keepalive] has no `redial` that would bring it back",
			     facts->dead);
}

static void check_bytes(const struct conf *conf, const struct sim_facts *facts,
			struct findings *out)
{
	char used[NUM_TEXT_MAX], limit[NUM_TEXT_MAX];

	if (conf->speedclass.warn_bytes > 0 && facts->month_bytes > conf->speedclass.warn_bytes)
		findings_add(out, 509, conf->router.uplink, "fo-status usage",
			     "%s have passed this month; warn-bytes is %s",
			     num_format_bytes(used, facts->month_bytes),
			     num_format_bytes(limit, conf->speedclass.warn_bytes));
}

void sim_rule_check(const struct conf *conf, const struct sim_facts *facts, struct findings *out)
{
	if (conf->speedclass.present) {
		check_class(conf, facts, out);
		check_bytes(conf, facts, out);
	}
	if (conf->keepalive.present)
		check_session(conf, facts, out);
}
