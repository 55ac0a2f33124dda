/* sim_rule.h - when the class of the SIM, or its session, is not as it should be. Pure. */
#ifndef FO_SIM_RULE_H
#define FO_SIM_RULE_H

#include "finding.h"
#include "settings.h"

/* What is known of the SIM. */
struct sim_facts {
	bool line_up;	      /* the uplink is up, and has an address */
	bool master;	      /* this router is */
	const char *due;      /* the class for that state */
	const char *known;    /* the class that it has, as SORACOM has said; empty: not known */
	bool refused;	      /* SORACOM has refused for good what was asked last */
	int64_t looked_ago_s; /* INT64_MAX: SORACOM has never answered since the boot */
	int64_t up_s;	      /* this suite runs since so long, in this boot */
	int64_t kept_ago_s;   /* since fo-keepalive ran; INT64_MAX: never since the boot */
	int64_t dead;	      /* runs of it in a row that have found the line dead */
	int64_t month_bytes;
};

/* Adds FO503 to FO510 but FO506. */
void sim_rule_check(const struct conf *conf, const struct sim_facts *facts, struct findings *out);

#endif
