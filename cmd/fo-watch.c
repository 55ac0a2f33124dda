/* fo-watch - judge the main line without a pause. See fo-watch(8). */
#include <errno.h>

#include "cli.h"
#include "loader.h"
#include "log.h"
#include "signals.h"
#include "watch.h"

static int load(const struct cli *cli, struct conf *conf)
{
	int ret = cli_load(cli, conf);

	if (ret != CLI_GO_ON || conf->check.present)
		return ret;
	log_err(0, "%s: [check] is missing", cli->config);
	return CLI_CONFIG;
}

static int reload(const void *data, struct conf *out)
{
	return load(data, out) == CLI_GO_ON ? 0 : -EINVAL;
}

static int run(const struct cli *cli, const struct conf *unused, void *settings)
{
	struct conf conf;
	int ret = load(cli, &conf);

	(void)unused;
	(void)settings;
	if (ret != CLI_GO_ON) {
		watch_withdraw(&conf);
		return ret;
	}
	ret = watch_run(&conf, reload, cli);
	if (ret > 0)
		signals_die(ret);
	return CLI_CANNOT;
}

static const struct cli_verb verbs[] = {
	{ .traits = CLI_LOADS, .run = run },
	{ .run = NULL },
};

static const struct cli_program program = {
	.name = "fo-watch",
	.synopsis = "",
	.about = "Judge the main line without a pause, and keep [check] track-file, which "
		 "keepalived\n"
		 "follows, up to date. Stays until SIGTERM or SIGINT; SIGHUP reads fo.conf again.\n"
		 "Exit status: 2 could not run, 64 usage, 78 configuration.",
	.verbs = verbs,
	.sections = CONF_CHECK,
	.insistent = true,
};

int main(int argc, char *argv[])
{
	return cli_main(&program, argc, argv, NULL);
}
