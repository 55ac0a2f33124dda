#include "rp_filter.h"

#include <stdio.h>

#include "sysctl.h"

const char *rp_filter_name(const char *dev, char buf[static PLAN_SYSCTL_MAX])
{
	snprintf(buf, PLAN_SYSCTL_MAX, "net/ipv4/conf/%s/rp_filter", dev);
	return buf;
}

bool rp_filter_is_strict(const char *dev)
{
	char name[PLAN_SYSCTL_MAX];
	int all = 0, own = 0;

	return sysctl_get(rp_filter_name("all", name), &all) == 0 &&
	       sysctl_get(rp_filter_name(dev, name), &own) == 0 &&
	       (all > own ? all : own) == RP_FILTER_STRICT;
}
