#include "conf_rule.h"

#include <string.h>

#include "num.h"

static void check_sections(const struct conf *conf, const char *file, struct findings *out)
{
	if (!conf->route.present && (conf->faulty & CONF_ROUTE) == 0)
		findings_add(
			out, 3, file, "add the section [route] of the sample",
			"without [route] nothing changes the default route: the LAN stays on a "
			"dead line");
	if (!conf->check.present && !conf->keepalive.present &&
	    (conf->faulty & (CONF_CHECK | CONF_KEEPALIVE)) == 0)
		findings_add(out, 4, file,
			     "add [check] on the router with the main line, [keepalive] on the one "
			     "with the metered line",
			     "with neither [check] nor [keepalive] nothing knows when the line of "
			     "%s is dead",
			     conf->router.uplink);
}

static void check_master(const struct conf *conf, const char *file, struct findings *out)
{
	const struct nexthop *master = &conf->route.master;

	if (nexthop_is_set(master) && strcmp(master->dev, conf->router.uplink) != 0)
		findings_add(out, 5, file, "make [route] master and [router] uplink agree",
			     "[route] master leaves by %s, but the line that is judged, translated "
			     "and metered is [router] uplink = %s",
			     master->dev, conf->router.uplink);
	master = &conf->route.master6;
	if (nexthop_is_set(master) && strcmp(master->dev, conf->router.uplink) != 0)
		findings_add(out, 5, file, "make [route] master6 and [router] uplink agree",
			     "[route] master6 leaves by %s, but [router] uplink = %s", master->dev,
			     conf->router.uplink);
}

static bool is_lan(const struct conf_interfaces *lan, const char *name)
{
	for (size_t i = 0; i < lan->count; i++) {
		if (strcmp(lan->items[i], name) == 0)
			return true;
	}
	return false;
}

static void check_backup(const struct conf *conf, const struct nexthop *backup, const char *file,
			 struct findings *out)
{
	if (nexthop_is_set(backup) && !is_lan(&conf->router.lan, backup->dev))
		findings_add(out, 6, file,
			     "let [route] backup leave by an interface of [router] lan",
			     "[route] backup leaves by %s, which is not an interface of [router] "
			     "lan: it does not lead to the other router",
			     backup->dev);
}

static void check_targets(const struct conf *conf, const char *file, struct findings *out)
{
	char text[ADDR_TEXT_MAX];

	for (size_t i = 0; conf->check.present && i < conf->check.targets.count; i++) {
		const struct addr *target = &conf->check.targets.items[i];

		if (addr_equal(target, &conf->router.vip) || addr_equal(target, &conf->router.vip6))
			findings_add(out, 8, file, "ask addresses of the Internet",
				     "[check] targets has %s, the VRRP address: it answers over no "
				     "line",
				     addr_format(text, target));
	}
	if (conf->keepalive.present && addr_equal(&conf->keepalive.target, &conf->router.vip))
		findings_add(out, 8, file, "ask 100.127.100.127, or peer",
			     "[keepalive] target is %s, the VRRP address: it answers over no line",
			     addr_format(text, &conf->keepalive.target));
}

static void check_times(const struct conf *conf, const char *file, struct findings *out)
{
	const struct conf_check *check = &conf->check;
	int64_t silence_ms = check->fall * check->round_timeout_ms;
	char hold[NUM_TEXT_MAX], silence[NUM_TEXT_MAX];

	if (check->present && check->hold_ms < silence_ms)
		findings_add(out, 9, file, "hold = 10s",
			     "[check] hold = %s is shorter than the %s of silence that mean down "
			     "(fall times round-timeout): a line that comes and goes moves the LAN "
			     "each time",
			     num_format_ms(hold, check->hold_ms),
			     num_format_ms(silence, silence_ms));
}

/* From the cheapest on, as SORACOM lists them. */
static const char *const classes[] = { "s1.minimum", "s1.slow", "s1.standard", "s1.fast",
				       "s1.4xfast" };

/* 0: not known. */
static size_t rank_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(classes); i++) {
		if (strcmp(classes[i], name) == 0)
			return i + 1;
	}
	return 0;
}

static void check_classes(const struct conf_speedclass *speedclass, const char *file,
			  struct findings *out)
{
	size_t master = rank_of(speedclass->master), backup = rank_of(speedclass->backup);

	if (!speedclass->present)
		return;
	if (strcmp(speedclass->master, speedclass->backup) == 0)
		findings_add(out, 10, file, "master = s1.fast\nbackup = s1.minimum",
			     "[speedclass] master and backup are both %s: the class never changes",
			     speedclass->master);
	else if (master != 0 && backup != 0 && master < backup)
		findings_add(out, 11, file, "exchange master and backup in [speedclass]",
			     "[speedclass] master = %s is slower than backup = %s: the dear class "
			     "is paid for while nothing passes, and the LAN gets the slow one",
			     speedclass->master, speedclass->backup);
}

static void check_speedclass(const struct conf *conf, const char *file, struct findings *out)
{
	const struct conf_speedclass *speedclass = &conf->speedclass;

	check_classes(speedclass, file, out);
	if (speedclass->present && strcmp(speedclass->interface, conf->router.uplink) != 0)
		findings_add(out, 12, file, "take out [speedclass] interface",
			     "[speedclass] interface = %s, but [router] uplink = %s is the line of "
			     "the SIM: its class is asked for over another line",
			     speedclass->interface, conf->router.uplink);
}

/* fo-watch writes one file. */
static void check_track_files(const struct conf *conf, const char *file, struct findings *out)
{
	if (conf->check.present && conf->keepalive.present &&
	    strcmp(conf->check.track_file, conf->keepalive.track_file) != 0)
		findings_add(out, 13, file, "take out one of both track-file",
			     "[check] track-file = %s and [keepalive] track-file = %s differ: "
			     "fo-watch writes one of them only",
			     conf->check.track_file, conf->keepalive.track_file);
}

void conf_rule_check(const struct conf *conf, const char *file, struct findings *out)
{
	check_sections(conf, file, out);
	if (conf->route.present) {
		check_master(conf, file, out);
		check_backup(conf, &conf->route.backup, file, out);
		check_backup(conf, &conf->route.backup6, file, out);
	}
	check_targets(conf, file, out);
	check_times(conf, file, out);
	check_speedclass(conf, file, out);
	check_track_files(conf, file, out);
}
