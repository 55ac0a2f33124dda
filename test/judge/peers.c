#include "peers.h"

#include <stddef.h>
#include <string.h>

#include "dpinger.h"
#include "ping.h"

#define MS     NETWORK_MS
#define SECOND NETWORK_SECOND

/* dpinger.c (github.com/dennypage/dpinger): a ring of `-t` / `-s` echoes, report() for loss and
 * mean, alert_thread() with ALARM_DECAY_PERIODS 10.
 *
 * pfSense: return_dpinger_defaults() in src/etc/inc/gwlb.inc: interval 500, loss_interval 2000,
 * time_period 60000, alert_interval 1000, latencyhigh 500, losshigh 20, and the alarm is dpinger's.
 *
 * OPNsense: getDpingerDefaults() in models/OPNsense/Routing/FieldTypes/GatewayField.php: interval
 * 1, loss_interval 4, time_period 60, latencyhigh 500, losshigh 20; "down" is dpinger_status() in
 * plugins.inc.d/dpinger.inc, read every second by scripts/routes/gateway_watcher.php, which waits
 * 10 s after an alarm. Its gateway groups go by "member down" unless told otherwise. */
static const struct {
	const char *name;
	struct dpinger_settings settings;
} dpingers[] = {
	{ "pfsense",
	  { .send_us = 500 * MS,
	    .loss_us = 2 * SECOND,
	    .period_us = 60 * SECOND,
	    .look_us = SECOND,
	    .latency_us = 500 * MS,
	    .loss_pct = 20,
	    .decay = 10,
	    .after_alarm_us = SECOND } },
	{ "opnsense",
	  { .send_us = SECOND,
	    .loss_us = 4 * SECOND,
	    .period_us = 60 * SECOND,
	    .look_us = SECOND,
	    .latency_us = 500 * MS,
	    .loss_pct = 20,
	    .decay = 1,
	    .after_alarm_us = 10 * SECOND } },
};

/* keepalived: vrrp_script with weight 0. A script is started every `interval` and, with no
 * `timeout` given, killed as failed when it takes as long (check_track_script in vrrp_track.c);
 * `fall` and `rise` in a row.
 *
 * article: `ping -n -s 0 -c 1 -I ppp0 HOST`, interval 1, fall 3, and `raise 3`, which keepalived
 * does not know: rise is 1. ping alone would wait 10 s. keepalived: what most guides have: `ping -c
 * 1 -W 1 HOST`, interval 2, fall 3, rise 2.
 *
 * mwan3: main() in net/mwan3/files/usr/sbin/mwan3track (github.com/openwrt/packages): hosts one
 * after the other until `reliability` have answered, then `sleep`; `down` bad checks in a row, `up`
 * good ones.
 *
 * mwan3: its defaults (timeout 4, interval 10, down 5, up 5), hosts and reliability of the
 * configuration it is installed with (etc/config/mwan3: four, 2).
 * mwan3-quick: what that configuration had in earlier versions, and what is copied since: timeout
 * 2, interval 5, down 3, up 8. mwan3's page advises against a timeout below 2 s. */
static const struct {
	const char *name;
	struct ping_settings settings;
} pings[] = {
	{ "article",
	  { .interval_us = SECOND,
	    .timeout_us = SECOND,
	    .hosts = 1,
	    .reliability = 1,
	    .down = 3,
	    .up = 1,
	    .from_begin = true } },
	{ "keepalived",
	  { .interval_us = 2 * SECOND,
	    .timeout_us = SECOND,
	    .hosts = 1,
	    .reliability = 1,
	    .down = 3,
	    .up = 2,
	    .from_begin = true } },
	{ "mwan3",
	  { .interval_us = 10 * SECOND,
	    .timeout_us = 4 * SECOND,
	    .hosts = 4,
	    .reliability = 2,
	    .down = 5,
	    .up = 5 } },
	{ "mwan3-quick",
	  { .interval_us = 5 * SECOND,
	    .timeout_us = 2 * SECOND,
	    .hosts = 4,
	    .reliability = 2,
	    .down = 3,
	    .up = 8 } },
};

struct rule *peer_begin(const char *name, struct network *network)
{
	for (size_t i = 0; i < sizeof(dpingers) / sizeof(dpingers[0]); i++) {
		if (strcmp(dpingers[i].name, name) == 0)
			return dpinger_begin(&dpingers[i].settings, network);
	}
	for (size_t i = 0; i < sizeof(pings) / sizeof(pings[0]); i++) {
		if (strcmp(pings[i].name, name) == 0)
			return ping_begin(&pings[i].settings, network);
	}
	return NULL;
}
