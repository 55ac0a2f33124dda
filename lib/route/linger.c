#include "linger.h"

#include <inttypes.h>
#include <stdio.h>

#include "clock.h"
#include "num.h"
#include "store.h"

#define LINGER_NAME "route.linger"

/* The longest that fo.conf(5) allows: a time further ahead is none of ours. */
#define LONGEST_MS 30000

int64_t linger_left_ms(void)
{
	char text[32];
	int64_t end_ms = 0, left_ms;

	if (store_read(STORE_RUN, LINGER_NAME, text, sizeof(text)) != 0 ||
	    num_parse(text, 1, INT64_MAX, &end_ms) != 0)
		return 0;
	left_ms = end_ms - clock_boottime_ms();
	return left_ms > 0 && left_ms <= LONGEST_MS ? left_ms : 0;
}

void linger_begin(int64_t ms)
{
	int64_t left_ms = linger_left_ms();
	char text[32];

	if (left_ms > 0 && left_ms <= ms)
		return;
	snprintf(text, sizeof(text), "%" PRId64 "\n", clock_boottime_ms() + ms);
	store_note(STORE_RUN, LINGER_NAME, text, 0644);
}

void linger_end(void)
{
	store_forget(STORE_RUN, LINGER_NAME);
}
