/* ruleset_note.h - what nft(8) has printed, while the rules are those of then. Edge: nfnetlink,
 * store.
 *
 * It takes 15 ms and more, each time, and rules change once a month. Each change of them gives the
 * kernel's tables another generation (NFT_MSG_GETGEN in linux/netfilter/nf_tables.h). */
#ifndef FO_RULESET_NOTE_H
#define FO_RULESET_NOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "compiler.h"

/* Which rules. */
struct ruleset_stamp {
	uint32_t generation;
	uint64_t space; /* the network namespace that they are of */
};

/* Asks the kernel for the stamp of the rules as they are now. Returns 0 and `*out`, or -errno, not
 * logged: -EPERM without privilege. */
int ruleset_stamp_ask(struct ruleset_stamp *out) FO_MUST_CHECK;

/* Reads what was printed of the rules with that stamp into `text` of `size` bytes. Returns false
 * where nothing was noted, or about others; `text` is spoilt then. */
bool ruleset_note_read(const struct ruleset_stamp *stamp, char *text, size_t size);

/* Notes what was printed of them, in place of what was noted before; where that cannot be kept, it
 * is not. */
void ruleset_note_write(const struct ruleset_stamp *stamp, const char *text);

#endif
