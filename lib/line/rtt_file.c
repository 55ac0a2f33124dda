#include "rtt_file.h"

#include <inttypes.h>
#include <string.h>

#include "record.h"
#include "store.h"

#define FILE_NAME "check.rtt"

/* Of other hosts too, so that a run by hand does not push out what the service has learnt. */
enum { HOSTS_MAX = 32, LINE_MAX_BYTES = 96 };

/* The longest round trip worth a line, as the longest time-out in fo.conf(5). */
#define RTT_MAX_US INT64_C(60000000)

struct table {
	size_t count;
	struct row {
		struct addr host;
		struct rtt rtt;
	} rows[HOSTS_MAX];
};

static struct row *find(struct table *table, const struct addr *host)
{
	for (size_t i = 0; i < table->count; i++) {
		if (addr_equal(&table->rows[i].host, host))
			return &table->rows[i];
	}
	return NULL;
}

/* Takes the next line, `HOST SMOOTHED VARIATION`. */
static bool take_row(const char **text, struct row *out)
{
	char host[RECORD_WORD_MAX];

	return record_take_word(text, false, host) == 0 &&
	       addr_parse(host, AF_UNSPEC, &out->host) == 0 &&
	       record_take_number(text, false, RTT_MAX_US, &out->rtt.smoothed_us) == 0 &&
	       out->rtt.smoothed_us > 0 &&
	       record_take_number(text, true, RTT_MAX_US, &out->rtt.variation_us) == 0;
}

static void load(struct table *table)
{
	char text[HOSTS_MAX * LINE_MAX_BYTES];
	const char *rest = text;

	table->count = 0;
	if (store_read(STORE_RUN, FILE_NAME, text, sizeof(text)) != 0)
		return;
	while (*rest != '\0' && table->count < HOSTS_MAX) {
		if (!take_row(&rest, &table->rows[table->count])) {
			table->count = 0;
			return;
		}
		table->count++;
	}
}

static void save(const struct table *table)
{
	char text[HOSTS_MAX * LINE_MAX_BYTES] = "";
	struct record_writer w = { .buf = text, .size = sizeof(text) };
	char addr[ADDR_TEXT_MAX];

	for (size_t i = 0; i < table->count; i++)
		record_put(&w, "%s %" PRId64 " %" PRId64 "\n",
			   addr_format(addr, &table->rows[i].host), table->rows[i].rtt.smoothed_us,
			   table->rows[i].rtt.variation_us);
	store_note(STORE_RUN, FILE_NAME, text, 0644);
}

void rtt_file_load(const struct addr *hosts, size_t count, struct rtt *rtts)
{
	struct table table;

	load(&table);
	for (size_t i = 0; i < count; i++) {
		const struct row *row = find(&table, &hosts[i]);

		if (row != NULL)
			rtts[i] = row->rtt;
	}
}

/* Returns whether the table is another one now. A new host takes the place of the oldest one. */
static bool update(struct table *table, const struct addr *host, const struct rtt *rtt)
{
	struct row *row = find(table, host);

	if (!rtt_is_known(rtt) || rtt->smoothed_us > RTT_MAX_US || rtt->variation_us > RTT_MAX_US ||
	    (row != NULL && !rtt_differs(&row->rtt, rtt)))
		return false;
	if (row == NULL && table->count == HOSTS_MAX) {
		table->count--;
		memmove(table->rows, table->rows + 1, table->count * sizeof(table->rows[0]));
	}
	if (row == NULL)
		row = &table->rows[table->count++];
	*row = (struct row){ .host = *host, .rtt = *rtt };
	return true;
}

void rtt_file_save(const struct addr *hosts, size_t count, const struct rtt *rtts)
{
	struct table table;
	bool changed = false;

	load(&table);
	for (size_t i = 0; i < count; i++)
		changed = update(&table, &hosts[i], &rtts[i]) || changed;
	if (changed)
		save(&table);
}
