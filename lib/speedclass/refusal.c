#include "refusal.h"

#include "log.h"
#include "simapi.h"

void refusal_explain(const struct conf_speedclass *conf, int64_t status, bool update)
{
	if (conf->method == CONF_METHOD_METADATA)
		log_err(0, "the metadata service refused: switch it on in the SIM's group, with "
			   "read-only off");
	else if (status == 401 || status == 403)
		log_err(0,
			"the user of profile %s lacks the permission %s: grant it, then run "
			"fo-speedclass login",
			conf->profile, simapi_permission(&conf->sim, update));
	else if (status == 404)
		log_err(0, "this account has no SIM %s: check [speedclass] sim and coverage",
			conf->sim.id);
	else if (update)
		log_err(0,
			"SIM %s cannot have this speed class: check [speedclass] master and "
			"backup",
			conf->sim.id);
}
