/* doctor_conf.h - what is wrong with fo.conf, and in it. Job: loader. */
#ifndef FO_DOCTOR_CONF_H
#define FO_DOCTOR_CONF_H

#include "doctor_order.h"
#include "finding.h"

/* Loads fo.conf. Each of its faults is a finding. `*conf` is filled in every case, with the
 * defaults and what was valid. Returns 0, or -errno, logged, when it is there and cannot be
 * read. */
int doctor_read_conf(const struct doctor_order *order, struct conf *conf,
		     struct findings *out) FO_MUST_CHECK;

/* Adds what is valid, and still contradicts itself. Returns 0. */
int doctor_check_conf(const struct doctor_order *order, struct findings *out) FO_MUST_CHECK;

#endif
