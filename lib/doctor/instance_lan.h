/* instance_lan.h - the addresses and interfaces of fo.conf and of keepalived.conf. Pure. */
#ifndef FO_INSTANCE_LAN_H
#define FO_INSTANCE_LAN_H

#include "scene.h"

/* Adds FO141 to FO143, and FO007, of a fo.conf with a section [router]. */
void instance_lan_check(const struct scene *scene);

#endif
