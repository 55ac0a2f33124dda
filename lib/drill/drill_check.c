#include "drill_check.h"

#include <stdarg.h>
#include <stdio.h>

#include "clock.h"
#include "split_report.h"
#include "vrrp_role.h"
#include "watch_report.h"

static bool refuse(char why[static DRILL_TEXT_MAX], const char *fmt, ...) FO_PRINTF(2, 3);

static bool refuse(char why[static DRILL_TEXT_MAX], const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, DRILL_TEXT_MAX, fmt, ap);
	va_end(ap);
	return false;
}

static bool check_line(const struct conf *conf, char why[static DRILL_TEXT_MAX])
{
	const char *uplink = conf->router.uplink;
	int64_t now_us = clock_mono_us();
	struct heartbeat beat;
	bool there = watch_report_read(&beat) == 0;

	if (there && heartbeat_is_mute(&beat, uplink, now_us))
		return refuse(why, "fo-watch has just ended, or cannot send: see its log");
	if (!there || !heartbeat_is_fresh(&beat, uplink, now_us))
		return refuse(why, "fo-watch is not running: start it with "
				   "`systemctl start fo-watch'");
	if (beat.state.verdict == VERDICT_DOWN)
		return refuse(why, "%s is down already: %s", uplink,
			      verdict_reason_text(beat.state.reason));
	if (beat.state.verdict != VERDICT_UP)
		return refuse(why, "fo-watch does not know yet whether %s is up", uplink);
	return true;
}

bool drill_check(struct netlink *nl, const struct conf *conf, char why[static DRILL_TEXT_MAX])
{
	char vip[ADDR_TEXT_MAX];
	struct vrrp_role_held held;

	if (!conf->check.present)
		return refuse(why, "fo.conf has no [check]: a drill is for the router with the "
				   "main line");
	if (vrrp_role_get_held(nl, conf, &held) != 0)
		return refuse(why, "cannot see who has the VRRP address");
	if (!held.vip)
		return refuse(why, "this router is not master: it does not have %s",
			      addr_format(vip, &conf->router.vip));
	if (split_report_is_split())
		return refuse(why, "another machine answers for %s, too: see fo-route show",
			      addr_format(vip, &conf->router.vip));
	return check_line(conf, why);
}
