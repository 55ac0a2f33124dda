/* A simulated line, and a clock of its own: what probe.c, incoming.c and clock.c are to line.c. Of
 * the targets 192.0.2.0, .1, ... each may answer in its own way. Linked with --wrap
 * (CMakeLists.txt). */
#ifndef FO_TEST_WIRE_H
#define FO_TEST_WIRE_H

#include "incoming.h"
#include "line.h"

#define MS     INT64_C(1000)
#define SECOND INT64_C(1000000)

enum { WIRE_FLYING_MAX = 4096, WIRE_SENT_MAX = 12 };

/* All there is, without a pointer: a copy of it is a point to go back to. */
extern struct wire {
	int64_t now_us;
	int64_t rtt_us[LINE_TARGETS_MAX];
	bool dead[LINE_TARGETS_MAX];
	int64_t queue_us;   /* what is sent now takes so much longer */
	bool refuses;	    /* a router on the way does, at once */
	uint32_t jam_pct;   /* of the sends that find a full queue */
	uint32_t loss_pct;  /* of the echoes that are lost */
	unsigned lost_one;  /* the echo with this number is lost; 0: none */
	uint32_t lost_mask; /* those of the first WIRE_SENT_MAX echoes that are lost */
	unsigned sent;	    /* echoes */
	int64_t others_us;  /* from one other packet that comes in to the next; 0: none does */
	int64_t sent_us[WIRE_SENT_MAX];
	struct wire_answer {
		int64_t at_us; /* when it is here */
		struct addr from;
		uint16_t seq;
		enum probe_kind kind;
	} flying[WIRE_FLYING_MAX];
	size_t flying_count;
} wire;

/* Empties it; its time is 1000 s. */
void wire_begin(void);

/* `next_us`, or when an answer comes, where that is earlier. */
int64_t wire_next_us(int64_t next_us);

/* A rule for `targets` of the hosts of the wire. */
struct line_rule wire_rule(size_t targets, unsigned need, int64_t timeout_ms);

#endif
