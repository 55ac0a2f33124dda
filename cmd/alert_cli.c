#include "alert_cli.h"

#include <string.h>

#include "clock.h"
#include "lan_hold.h"
#include "log.h"
#include "speedclass.h"
#include "split_report.h"
#include "vrrp_role.h"

void alert_cli_find_facts(void *data, struct alert_facts *out)
{
	const struct conf *conf = data;
	enum vrrp_state state = VRRP_MASTER;
	struct lan_hold hold = { .there = false };
	struct speedclass now;

	*out = (struct alert_facts){ .is_metered = conf->speedclass.present };
	if (!out->is_metered)
		return;
	if (rtnl_get_index(conf->router.lan.items[0]) ==
	    0) /* said by others, and not each second */
		state = vrrp_role_reported();
	else if (vrrp_role_true_state(conf, vrrp_role_reported(), &state) != 0)
		state = VRRP_MASTER;
	out->is_master = state == VRRP_MASTER;
	speedclass_load(&now);
	out->is_class_set = strcmp(now.known, speedclass_due(&conf->speedclass, out->is_master,
							     split_report_is_split())) == 0;
	if (out->is_master && conf->speedclass.hold_lan_ms > 0 && lan_hold_find(&hold) == 0)
		out->is_held = hold.there && hold.dev[0] != '\0';
}

struct alert_order alert_cli_order(struct conf *conf, int64_t wait_ms)
{
	return (struct alert_order){ .conf = &conf->alert,
				     .wait_ms = wait_ms,
				     .find_facts = alert_cli_find_facts,
				     .data = conf };
}

/* As a person reads it, or another program. */
static void show_time(const struct cli *cli, struct report *report, const char *name,
		      int64_t wall_s)
{
	char text[CLOCK_TEXT_MAX];

	if (wall_s <= 0)
		report_unknown(report, name);
	else if (cli->json)
		report_text(report, name, clock_format_utc(wall_s, text));
	else
		report_text(report, name, clock_format_local(wall_s, text));
}

struct showing {
	const struct cli *cli;
	struct report *report;
	bool fails; /* one of them */
};

static void show_way(const struct alert_view *view, void *data)
{
	struct showing *showing = data;
	const struct cli *cli = showing->cli;
	struct report *report = showing->report;
	const struct alert_memory *memory = &view->state.memory;

	report_row(report, "alerts");
	report_text(report, "way", alert_way_name(view->way));
	report_number(report, "waiting", view->queue.times.waiting);
	show_time(cli, report, "since",
		  view->queue.count > 0 ? view->queue.events[0].wall_ms / 1000 : 0);
	report_text(report, "because", alert_rule_text(view->due.why));
	report_number(report, "wait_s", view->due.wait_ms / 1000);
	show_time(cli, report, "last_told", memory->sent_wall_s);
	report_number(report, "last_events", memory->sent_count);
	report_number(report, "failures", memory->failures);
	if (memory->failures > 0)
		report_text(report, "failure", view->state.why);
	else
		report_unknown(report, "failure");
	report_end_row(report);
	showing->fails = showing->fails || memory->failures > 0;
}

int alert_cli_each(const struct alert_order *order, alert_cli_take *take, void *data)
{
	int ret = 0;

	for (int i = 0; i < ALERT_WAYS && ret == 0; i++) {
		struct alert_view view;

		if (alert_way_value(order->conf, (enum alert_way)i)[0] == '\0')
			continue;
		ret = alert_view_open(order, (enum alert_way)i, &view);
		if (ret == 0)
			take(&view, data);
		alert_view_close(&view);
	}
	return ret;
}

int alert_cli_print(const struct cli *cli, const struct alert_order *order, int status)
{
	struct showing showing = { .cli = cli, .report = report_new() };

	if (alert_cli_each(order, show_way, &showing) != 0) {
		report_free(showing.report);
		return CLI_CANNOT;
	}
	return cli_print(cli, showing.report,
			 status == CLI_GO_ON ? showing.fails ? CLI_NO : CLI_YES : status);
}

bool alert_cli_has_way(const struct cli *cli, const struct conf *conf)
{
	if (alert_way_value(&conf->alert, ALERT_COMMAND)[0] != '\0' ||
	    alert_way_value(&conf->alert, ALERT_URL)[0] != '\0')
		return true;
	log_info("%s has no [alert] with command or url: nobody to tell", cli->config);
	return false;
}
