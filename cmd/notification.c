#include "notification.h"

int notification_parse(const struct cli *cli, int count, char *operands[], struct notification *out)
{
	if (count == 0)
		return cli_misused(cli, "a state or a verb is missing");
	if (vrrp_parse_args(count, operands, &out->state, &out->is_state) != 0)
		return cli_misused(cli, "`%s'%s is neither a state nor a verb", operands[0],
				   count > 1 ? " with these operands" : "");
	return CLI_GO_ON;
}
