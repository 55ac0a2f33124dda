#include "drill_verb.h"

#include <unistd.h>

#include "drill.h"
#include "log.h"
#include "num.h"
#include "signals.h"

int drill_verb_parse(const struct cli *cli, int count, char *operands[], int64_t *for_ms)
{
	char low[NUM_TEXT_MAX], top[NUM_TEXT_MAX];

	if (count == 0)
		return cli_misused(cli, "drill: for how long? A time such as 30s is missing");
	if (count > 1)
		return cli_misused(cli, "`%s': drill takes one time", operands[1]);
	if (num_parse_ms(operands[0], DRILL_MIN_MS, DRILL_MAX_MS, for_ms) == 0)
		return CLI_GO_ON;
	return cli_misused(cli, "drill: `%s' is not a time from %s to %s", operands[0],
			   num_format_ms(low, DRILL_MIN_MS), num_format_ms(top, DRILL_MAX_MS));
}

int drill_verb_run(const struct cli *cli, const struct conf *conf, int64_t for_ms)
{
	static const int exits[] = {
		[DRILL_WELL] = CLI_YES, [DRILL_FAILED] = CLI_NO, [DRILL_REFUSED] = CLI_CANNOT
	};
	enum drill_result result;
	int signal;

	if (geteuid() != 0) {
		log_err(0, "no drill: only root may have one");
		return CLI_CANNOT;
	}
	/* What a person has asked for is shown, whatever fo.conf says. */
	if (!cli->quiet && !cli->verbose)
		log_set_level(LOG_LEVEL_INFO);
	result = drill_run(conf, for_ms, &signal);
	if (signal != 0)
		signals_die(signal);
	return exits[result];
}
