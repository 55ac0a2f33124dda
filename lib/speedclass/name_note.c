#include "name_note.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "record.h"
#include "store.h"

#define FILE_NAME "name"
#define FILE_MAX  (NAME_HOST_MAX + 2 * ADDR_TEXT_MAX + 128)

static bool take_name(const char **text, const char *name)
{
	char word[RECORD_WORD_MAX];

	return record_take_word(text, false, word) == 0 && strcmp(word, name) == 0;
}

static bool take_addr(const char **text, const char *name, struct addr *out)
{
	char word[RECORD_WORD_MAX];

	return take_name(text, name) && record_take_word(text, true, word) == 0 &&
	       addr_parse(word, AF_UNSPEC, out) == 0 && addr_is_host(out);
}

static bool take_note(const char *text, struct name_note *out)
{
	return take_name(&text, "host") &&
	       record_take_rest(&text, out->host, sizeof(out->host)) == 0 &&
	       take_addr(&text, "address", &out->addr) &&
	       take_addr(&text, "server", &out->server) && take_name(&text, "until") &&
	       record_take_number(&text, true, INT64_MAX, &out->until_s) == 0 && text[0] == '\0';
}

int name_note_load(struct name_note *out)
{
	struct name_note note = { .until_s = 0 };
	char text[FILE_MAX];

	if (store_read(STORE_RUN, FILE_NAME, text, sizeof(text)) != 0 || !take_note(text, &note))
		return -ENOENT;
	*out = note;
	return 0;
}

void name_note_save(const struct name_note *note)
{
	char text[FILE_MAX], addr[ADDR_TEXT_MAX], server[ADDR_TEXT_MAX];
	struct record_writer w = { .buf = text, .size = sizeof(text) };

	record_put(&w, "host %s\naddress %s\nserver %s\nuntil %" PRId64 "\n", note->host,
		   addr_format(addr, &note->addr), addr_format(server, &note->server),
		   note->until_s);
	store_note(STORE_RUN, FILE_NAME, text, 0644);
}
