/* alert_cli.h - what fo-alert and fo-status share about alerts. Job: vrrp_role, speedclass,
 * lan_hold. */
#ifndef FO_ALERT_CLI_H
#define FO_ALERT_CLI_H

#include "alert_view.h"
#include "cli.h"
#include "compiler.h"
#include "report.h"
#include "settings.h"

/* Finds what a delivery has to go by; `data` is the struct conf. Of what cannot be found out the
 * worst is taken: the line of this router is in use, and its class is not set. */
void alert_cli_find_facts(void *data, struct alert_facts *out);

/* The order for a configuration. */
struct alert_order alert_cli_order(struct conf *conf, int64_t wait_ms);

typedef void alert_cli_take(const struct alert_view *view, void *data);

/* Calls `take` with what waits for each way that fo.conf has. Returns 0 or -errno, logged. */
int alert_cli_each(const struct alert_order *order, alert_cli_take *take, void *data) FO_MUST_CHECK;

/* Prints what each way has told, and what waits. Returns `status`, with CLI_GO_ON CLI_NO where one
 * of them fails and else CLI_YES; or CLI_CANNOT. */
int alert_cli_print(const struct cli *cli, const struct alert_order *order, int status);

/* Says so where there is nobody to tell. */
bool alert_cli_has_way(const struct cli *cli, const struct conf *conf);

#endif
