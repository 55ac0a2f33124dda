/* split_report.h - that another machine answers for a VRRP address, as the resident knows it, for
 * others to read. Edge: files. */
#ifndef FO_SPLIT_REPORT_H
#define FO_SPLIT_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "addr.h"
#include "compiler.h"
#include "mac.h"
#include "report.h"

#define SPLIT_ENTRIES_MAX 2 /* an address of each family */

struct split_entry {
	struct addr address; /* the VRRP address that another machine has, too */
	struct mac mac;	     /* its hardware address */
	int64_t since_s;     /* CLOCK_BOOTTIME */
};

struct split_record {
	struct split_entry entries[SPLIT_ENTRIES_MAX];
	int count; /* 0: no split */
};

/* A record that was not confirmed for so long means nothing: who asks has ended. */
#define SPLIT_FRESH_S 30

/* Reads it. Returns 0 and `*out`; -ENOENT, silently, where nobody has asked within SPLIT_FRESH_S;
 * or another -errno, logged. */
int split_report_read(struct split_record *out) FO_MUST_CHECK;

/* Writes it, or removes it where the count is 0. A failure is logged, and costs no more. */
void split_report_write(const struct split_record *record);

/* Writes that it was asked just now, and the record is as it should be. */
void split_report_confirm(void);

/* Nobody asks any more. */
void split_report_forget(void);

/* Whether another machine is known to answer for a VRRP address, too. */
bool split_report_is_split(void);

/* Shows it. Returns false where there is a split. */
bool split_report_show(struct report *report);

/* Room for the sentence of split_report_describe. */
#define SPLIT_TEXT_MAX 256

/* What is wrong, and what to look at. Returns `buf`. */
const char *split_report_describe(char buf[static SPLIT_TEXT_MAX], const struct split_entry *entry);

#endif
