#include "status_alert.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "alert_cli.h"
#include "log.h"

/* The same file, for the program that may send. */
static int test_alerts(const struct cli *cli)
{
	char name[] = "fo-alert", option[] = "-c", test[] = "--test", json[] = "--json";
	char path[PATH_MAX], config[PATH_MAX];
	char *const argv[] = { name, option, config, test, cli->json ? json : NULL, NULL };
	ssize_t len = readlink("/proc/self/exe", path, sizeof(path) - sizeof(name));
	char *slash;

	snprintf(config, sizeof(config), "%s", cli->config);
	path[len > 0 ? len : 0] = '\0';
	slash = strrchr(path, '/');
	if (slash != NULL) {
		memcpy(slash + 1, name, sizeof(name));
		execv(path, argv);
	}
	log_err(errno, "cannot run fo-alert");
	return CLI_CANNOT;
}

int status_alert(const struct cli *cli, const struct conf *conf, bool test)
{
	struct conf copy = *conf;
	const struct alert_order order = alert_cli_order(&copy, 0);

	if ((conf->faulty & CONF_ALERT) != 0)
		return CLI_CONFIG;
	if (!alert_cli_has_way(cli, conf))
		return test ? CLI_NO : CLI_YES;
	return test ? test_alerts(cli) : alert_cli_print(cli, &order, CLI_GO_ON);
}
