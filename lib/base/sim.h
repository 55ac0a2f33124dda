/* sim.h - a SIM and its speed class, as SORACOM names them. Pure. */
#ifndef FO_SIM_H
#define FO_SIM_H

#include <stdbool.h>

#define SIM_ID_MAX    64 /* an IMSI has at most 15 digits (ITU-T E.212), an ICCID 20 */
#define SIM_CLASS_MAX 64

enum sim_kind { SIM_IMSI, SIM_SIM_ID };

/* A SIM, by IMSI (subscribers/{imsi}) or SIM ID (sims/{sim_id}) of SORACOM's API. */
struct sim {
	enum sim_kind kind;
	char id[SIM_ID_MAX]; /* digits */
};

/* Whether a text can be a speed class: letters, digits, `.`, `-`, `_`, and a letter first. Which
 * classes exist is SORACOM's decision. */
bool sim_valid_class(const char *text);

#endif
