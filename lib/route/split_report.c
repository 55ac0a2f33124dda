#include "split_report.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "clock.h"
#include "log.h"
#include "num.h"
#include "record.h"
#include "store.h"

/* Two files: what is new in the first one is an event, for which a unit of systemd may wait. */
#define RECORD_NAME "split"
#define ASKED_NAME  "split.asked"

static bool is_fresh(void)
{
	char text[32];
	int64_t now_s = clock_boottime_s(), asked_s = 0;

	return store_read(STORE_RUN, ASKED_NAME, text, sizeof(text)) == 0 &&
	       num_parse(text, 0, now_s, &asked_s) == 0 && now_s - asked_s <= SPLIT_FRESH_S;
}

static int take_entry(const char **text, int64_t now_s, struct split_entry *out)
{
	char address[RECORD_WORD_MAX], mac[RECORD_WORD_MAX];

	if (record_take_word(text, false, address) != 0 ||
	    addr_parse(address, AF_UNSPEC, &out->address) != 0 ||
	    record_take_word(text, false, mac) != 0 || mac_parse(mac, &out->mac) != 0)
		return -EINVAL;
	return record_take_number(text, true, now_s, &out->since_s);
}

int split_report_read(struct split_record *out)
{
	struct split_record record = { .count = 0 };
	int64_t now_s = clock_boottime_s();
	char text[256];
	const char *rest = text;
	int ret;

	if (!is_fresh())
		return -ENOENT;
	ret = store_read(STORE_RUN, RECORD_NAME, text, sizeof(text));
	if (ret == -ENOENT)
		text[0] = '\0';
	else if (ret != 0)
		return ret;
	while (*rest != '\0' && record.count < SPLIT_ENTRIES_MAX) {
		if (take_entry(&rest, now_s, &record.entries[record.count]) != 0) {
			log_err(0, "ignoring the record of a split: it is corrupt");
			return -EINVAL;
		}
		record.count++;
	}
	*out = record;
	return 0;
}

void split_report_write(const struct split_record *record)
{
	char text[256], address[ADDR_TEXT_MAX], mac[MAC_TEXT_MAX];
	struct record_writer w = { .buf = text, .size = sizeof(text) };

	if (record->count == 0) {
		store_forget(STORE_RUN, RECORD_NAME);
		return;
	}
	for (int i = 0; i < record->count; i++) {
		const struct split_entry *entry = &record->entries[i];

		record_put(&w, "%s %s %" PRId64 "\n", addr_format(address, &entry->address),
			   mac_format(mac, &entry->mac), entry->since_s);
	}
	store_note(STORE_RUN, RECORD_NAME, text, 0644);
}

void split_report_confirm(void)
{
	char text[32];

	snprintf(text, sizeof(text), "%" PRId64 "\n", clock_boottime_s());
	store_note(STORE_RUN, ASKED_NAME, text, 0644);
}

void split_report_forget(void)
{
	store_forget(STORE_RUN, ASKED_NAME);
	store_forget(STORE_RUN, RECORD_NAME);
}

bool split_report_is_split(void)
{
	struct split_record record;

	return split_report_read(&record) == 0 && record.count > 0;
}

bool split_report_show(struct report *report)
{
	char text[SPLIT_TEXT_MAX];
	struct split_record record = { .count = 0 };
	const struct split_entry *first = &record.entries[0];

	if (split_report_read(&record) != 0) {
		report_unknown(report, "split");
		return true;
	}
	report_flag(report, "split", record.count > 0);
	if (record.count == 0)
		return true;
	report_number(report, "split_s", clock_boottime_s() - first->since_s);
	report_text(report, "split_mac", mac_format(text, &first->mac));
	report_text(report, "split_hint", split_report_describe(text, first));
	return false;
}

const char *split_report_describe(char buf[static SPLIT_TEXT_MAX], const struct split_entry *entry)
{
	char address[ADDR_TEXT_MAX], mac[MAC_TEXT_MAX];

	snprintf(
		buf, SPLIT_TEXT_MAX,
		"another machine (MAC %s) also answers for %s: two masters; check that VRRP passes "
		"between the routers (firewall, unicast_peer, virtual_router_id)",
		mac_format(mac, &entry->mac), addr_format(address, &entry->address));
	return buf;
}
