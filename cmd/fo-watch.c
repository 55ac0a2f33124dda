/* fo-watch - judge this router's line without a pause. See fo-watch(8). */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "log.h"
#include "lookout.h"
#include "signals.h"
#include "watch.h"
#include "watch_back.h"
#include "watch_lock.h"

/* A line that may be judged by many echoes is; otherwise it is a metered one. */
static int load(const struct cli *cli, struct conf *conf)
{
	int ret = cli_load(cli, conf);

	if (ret != CLI_GO_ON || conf->check.present || conf->keepalive.present)
		return ret;
	if ((conf->faulty & CONF_KEEPALIVE) == 0)
		log_err(0, "%s: neither [check] nor [keepalive] is there", cli->config);
	return CLI_CONFIG;
}

/* The kind of judge stays: what it has found so far is of no use to the other one. */
static int reload(const struct cli *cli, bool check, struct conf *out)
{
	if (load(cli, out) != CLI_GO_ON)
		return -EINVAL;
	if (out->check.present == check)
		return 0;
	log_err(0, "%s: [check] was %s: restart fo-watch", cli->config,
		check ? "removed" : "added");
	return -EINVAL;
}

static int reload_check(const void *data, struct conf *out)
{
	return reload(data, true, out);
}

static int reload_keepalive(const void *data, struct conf *out)
{
	return reload(data, false, out);
}

static void withdraw(const struct conf *conf)
{
	watch_withdraw(conf->check.track_file);
	if (strcmp(conf->check.track_file, conf->keepalive.track_file) != 0)
		watch_withdraw(conf->keepalive.track_file);
}

static int run(const struct cli *cli, const struct conf *unused, void *settings)
{
	struct conf conf;
	int ret = load(cli, &conf);

	(void)unused;
	(void)settings;
	if (ret != CLI_GO_ON) {
		withdraw(&conf);
		return ret;
	}
	ret = conf.check.present ? watch_run(&conf, reload_check, cli)
				 : lookout_run(&conf, reload_keepalive, cli);
	if (ret > 0)
		signals_die(ret);
	return CLI_CANNOT;
}

/* What a person has asked for is shown, whatever fo.conf says. */
static void show_messages(const struct cli *cli)
{
	if (!cli->quiet && !cli->verbose)
		log_set_level(LOG_LEVEL_INFO);
}

static int run_back(const struct cli *cli, const struct conf *conf, void *settings)
{
	static const int exits[] = { [WATCH_BACK_DONE] = CLI_YES,
				     [WATCH_BACK_NO] = CLI_NO,
				     [WATCH_BACK_CANNOT] = CLI_CANNOT };

	(void)settings;
	if (!conf->check.present) {
		log_err(0, "%s has no [check]: a metered line is never held", cli->config);
		return CLI_CANNOT;
	}
	if (geteuid() != 0) {
		log_err(0, "only root may end the hold");
		return CLI_CANNOT;
	}
	show_messages(cli);
	return exits[watch_back_ask(conf)];
}

static const struct cli_verb verbs[] = {
	{ "back", "back", "use the line again now: end the wait after a fault, where it is good", 0,
	  NULL, run_back },
	{ .traits = CLI_LOADS, .run = run },
	{ .run = NULL },
};

static const struct cli_program program = {
	.name = "fo-watch",
	.synopsis = "[VERB]",
	.about = "Judge this router's line without a pause, and keep up to date the track-file of "
		 "[check],\n"
		 "or else of [keepalive], which keepalived follows. Stays until SIGTERM or "
		 "SIGINT;\n"
		 "SIGHUP reads fo.conf again.\n"
		 "Exit status: 2 could not run, 64 usage, 78 configuration; of back: 0 the line is "
		 "up,\n"
		 "1 it is not good.",
	.example = "fo-watch back",
	.verbs = verbs,
	.sections = CONF_CHECK,
	.insistent = true,
};

int main(int argc, char *argv[])
{
	return cli_main(&program, argc, argv, NULL);
}
