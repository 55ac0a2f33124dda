#include "hop.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

bool hop_valid_dev(const char *name)
{
	size_t len = strlen(name);

	if (len == 0 || len >= IFNAMSIZ || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return false;
	for (const char *p = name; *p != '\0'; p++) {
		if (*p == '/' || *p == ':' || isspace((unsigned char)*p) ||
		    iscntrl((unsigned char)*p))
			return false;
	}
	return true;
}

/* The next word of `*text` into `word`. Returns false at the end, or when it is too long. */
static bool next_word(const char **text, char *word, size_t size)
{
	const char *start = *text + strspn(*text, " \t");
	size_t len = strcspn(start, " \t");

	*text = start + len;
	if (len == 0 || len >= size)
		return false;
	memcpy(word, start, len);
	word[len] = '\0';
	return true;
}

int hop_parse(const char *text, sa_family_t family, struct hop *out)
{
	struct hop hop = { .dev = "" };
	char word[ADDR_TEXT_MAX];

	if (!next_word(&text, word, sizeof(word)))
		return -EINVAL;
	if (strcmp(word, "via") == 0) {
		if (!next_word(&text, word, sizeof(word)) ||
		    addr_parse(word, family, &hop.via) != 0)
			return -EINVAL;
		if (!next_word(&text, word, sizeof(word)))
			return -EINVAL;
	}
	if (strcmp(word, "dev") != 0 || !next_word(&text, word, sizeof(word)) ||
	    !hop_valid_dev(word))
		return -EINVAL;
	memcpy(hop.dev, word, strlen(word) + 1);
	if (text[strspn(text, " \t")] != '\0')
		return -EINVAL;
	*out = hop;
	return 0;
}

bool hop_is_set(const struct hop *hop)
{
	return hop->dev[0] != '\0';
}

bool hop_equal(const struct hop *a, const struct hop *b)
{
	return strcmp(a->dev, b->dev) == 0 && addr_equal(&a->via, &b->via);
}

const char *hop_format(char buf[static HOP_TEXT_MAX], const struct hop *hop)
{
	char via[ADDR_TEXT_MAX];

	if (!hop_is_set(hop))
		snprintf(buf, HOP_TEXT_MAX, "none");
	else if (!addr_is_set(&hop->via))
		snprintf(buf, HOP_TEXT_MAX, "dev %s", hop->dev);
	else
		snprintf(buf, HOP_TEXT_MAX, "via %s dev %s", addr_format(via, &hop->via), hop->dev);
	return buf;
}
