#include "dns_packet.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>

enum {
	HEADER = 12,
	LABEL_MAX = 63,
	NAME_MAX_BYTES = 255,
	TYPE_A = 1,
	CLASS_IN = 1,
	RECORD = 10, /* type, class, TTL, length */
	POINTER = 0xc0,
	NO_SUCH_NAME = 3
};

static void put16(uint8_t *at, unsigned value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static unsigned get16(const uint8_t *at)
{
	return (unsigned)at[0] << 8 | at[1];
}

/* The length of the label that begins at `name`; 0: there is none. */
static size_t label_length(const char *name)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789-";
	size_t len = strspn(name, letters);

	return len <= LABEL_MAX && (name[len] == '.' || name[len] == '\0') ? len : 0;
}

int dns_packet_ask(uint8_t buf[static DNS_PACKET_MAX], uint16_t id, const char *name, size_t *len)
{
	size_t at = HEADER;

	if (strlen(name) >= NAME_MAX_BYTES - 1)
		return -EINVAL;
	memset(buf, 0, DNS_PACKET_MAX);
	put16(buf, id);
	buf[2] = 1; /* recursion desired */
	buf[5] = 1; /* one question */
	do {
		size_t label = label_length(name);

		if (label == 0)
			return -EINVAL;
		buf[at++] = (uint8_t)label;
		memcpy(buf + at, name, label);
		at += label;
		name += label;
	} while (*name++ == '.');
	at++; /* the root */
	put16(buf + at, TYPE_A);
	put16(buf + at + 2, CLASS_IN);
	*len = at + 4;
	return 0;
}

static bool is_answer(const uint8_t *answer, size_t len, const uint8_t *question,
		      size_t question_len)
{
	return len >= question_len && (answer[2] & 0x80) != 0 && get16(answer + 4) == 1 &&
	       get16(answer) == get16(question) &&
	       memcmp(answer + HEADER, question + HEADER, question_len - HEADER) == 0;
}

/* Moves `*at` behind a name. Returns false where the packet ends in it. */
static bool skip_name(const uint8_t *answer, size_t len, size_t *at)
{
	while (*at < len) {
		uint8_t label = answer[*at];

		if ((label & POINTER) == POINTER) {
			*at += 2;
			return true;
		}
		*at += 1 + (size_t)label;
		if (label == 0)
			return true;
	}
	return false;
}

/* Looks at the record at `*at`, and moves behind it. */
static int take_record(const uint8_t *answer, size_t len, size_t *at, struct addr *out)
{
	const uint8_t *record;
	size_t size;

	if (!skip_name(answer, len, at) || *at > len || len - *at < RECORD)
		return -EPROTO;
	record = answer + *at;
	size = get16(record + 8);
	*at += RECORD;
	if (len - *at < size)
		return -EPROTO;
	*at += size;
	if (get16(record) != TYPE_A || get16(record + 2) != CLASS_IN || size != 4)
		return -ENOENT;
	return addr_from_bytes(AF_INET, record + RECORD, size, out);
}

int dns_packet_read(const uint8_t *answer, size_t len, const uint8_t *question, size_t question_len,
		    struct addr *out)
{
	size_t at = question_len;
	unsigned code, count;
	int ret = -ENOENT;

	if (!is_answer(answer, len, question, question_len))
		return -EAGAIN;
	code = answer[3] & 0x0f;
	count = get16(answer + 6);
	if (code != 0)
		return code == NO_SUCH_NAME ? -ENOENT : -EPROTO;
	for (unsigned i = 0; i < count && ret == -ENOENT; i++)
		ret = take_record(answer, len, &at, out);
	return ret;
}
