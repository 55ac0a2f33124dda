/* world.h - stands in for clock.h, probe.h and incoming.h in what lib/line does: time is virtual,
 * and echoes go over a simulated network, which nothing else uses. One at a time. */
#ifndef FO_JUDGE_WORLD_H
#define FO_JUDGE_WORLD_H

#include <stdint.h>

#include "network.h"

/* Begins at time 0, with nothing on its way. */
void world_begin(struct network *network);

/* It is `now_us` from here on. */
void world_set_time(int64_t now_us);

/* When the next answer arrives; INT64_MAX: there is none on its way. */
int64_t world_next_us(void);

#endif
