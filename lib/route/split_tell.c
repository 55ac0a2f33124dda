#include "split_tell.h"

#include <inttypes.h>

#include "clock.h"
#include "history.h"
#include "log.h"

#define PROGRAM "fo-route"

void split_tell_begin(const struct split_entry *entry, struct history_aside *aside)
{
	char text[SPLIT_TEXT_MAX], address[ADDR_TEXT_MAX], mac[MAC_TEXT_MAX];

	log_warn(0, "%s", split_report_describe(text, entry));
	history_aside_add(aside, &(struct history_news){ PROGRAM, EVENT_SPLIT, "begin", 0 },
			  "two masters: MAC %s also answers for %s", mac_format(mac, &entry->mac),
			  addr_format(address, &entry->address));
}

void split_tell_end(const struct split_entry *entry, bool given_up, struct history_aside *aside)
{
	int64_t took_s = clock_boottime_s() - entry->since_s;
	char address[ADDR_TEXT_MAX], mac[MAC_TEXT_MAX];

	mac_format(mac, &entry->mac);
	addr_format(address, &entry->address);
	if (given_up)
		log_info("this router gave up %s; MAC %s had answered, too, for %" PRId64 " s",
			 address, mac, took_s);
	else
		log_info("no other machine answers any more for %s; MAC %s had answered, too, for "
			 "%" PRId64 " s",
			 address, mac, took_s);
	history_aside_add(
		aside, &(struct history_news){ PROGRAM, EVENT_SPLIT, "end", took_s * 1000 },
		"one master again: %s %s (MAC %s, %" PRId64 " s)",
		given_up ? "this router gave up" : "no other machine answers any more for", address,
		mac, took_s);
}

void split_tell_announced(const struct addr *address, const struct mac *claimant)
{
	char address_text[ADDR_TEXT_MAX], mac[MAC_TEXT_MAX];

	log_info("the LAN was told that %s is here: MAC %s had claimed it",
		 addr_format(address_text, address), mac_format(mac, claimant));
}
