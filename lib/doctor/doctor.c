#include "doctor.h"

#include <string.h>

#include "doctor_alert.h"
#include "doctor_conf.h"
#include "doctor_household.h"
#include "doctor_keepalived.h"
#include "doctor_kernel.h"
#include "doctor_ppp.h"
#include "doctor_rivals.h"
#include "doctor_services.h"
#include "doctor_sim.h"

/* Each adds what it finds, and returns 0, or -errno, logged, for what it could not look at. */
static int (*const looks[])(const struct doctor_order *order, struct findings *out) = {
	doctor_check_conf,     doctor_read_keepalived, doctor_check_kernel,
	doctor_check_services, doctor_check_rivals,    doctor_check_household,
	doctor_check_ppp,      doctor_check_sim,       doctor_check_alert,
};

int doctor_examine(const struct doctor_order *order, struct findings *out)
{
	struct doctor_order filled = *order;
	struct conf conf;
	int ret;

	memset(out, 0, sizeof(*out));
	filled.conf = &conf;
	ret = doctor_read_conf(order, &conf, out);
	for (size_t i = 0; i < ARRAY_LEN(looks); i++) {
		int err = looks[i](&filled, out);

		ret = ret == 0 ? err : ret;
	}
	findings_sort(out);
	return ret;
}
