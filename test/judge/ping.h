/* ping.h - the rules that run `ping -c 1` again and again: keepalived's vrrp_script, mwan3track. */
#ifndef FO_JUDGE_PING_H
#define FO_JUDGE_PING_H

#include "rule.h"

/* Times are microseconds. */
struct ping_settings {
	int64_t interval_us, timeout_us;
	unsigned hosts;	      /* asked one after the other, until */
	unsigned reliability; /* as many have answered */
	unsigned down, up;    /* checks in a row */
	/* Where the interval begins: with the check (keepalived's timer), or after it (`sleep`). */
	bool from_begin;
};

struct rule *ping_begin(const struct ping_settings *settings, struct network *network);

#endif
