/* doctor_order.h - what the doctor looks at. Pure. */
#ifndef FO_DOCTOR_ORDER_H
#define FO_DOCTOR_ORDER_H

#include <stdbool.h>

#include "settings.h"

#define DOCTOR_KEEPALIVED_CONF "/etc/keepalived/keepalived.conf"

/* What is looked at. */
struct doctor_order {
	const char *root; /* "": this machine. Else a directory with the files of a router, such as
			     /etc/fo/fo.conf: all names are meant below it, and nothing else of this
			     machine is looked at */
	const char *conf_file;	     /* its name */
	const char *keepalived_conf; /* its name */
	bool listen;		     /* to the adverts on the LAN, for a second or so */
	const struct conf *conf;     /* filled by doctor_examine: what of conf_file is valid */
};

#endif
