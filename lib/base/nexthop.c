#include "nexthop.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

bool nexthop_valid_dev(const char *name)
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

int nexthop_parse(const char *text, sa_family_t family, struct nexthop *out)
{
	struct nexthop hop = { .dev = "" };
	char word[ADDR_TEXT_MAX];

	if (!next_word(&text, word, sizeof(word)))
		return -EINVAL;
	if (strcmp(word, "via") == 0) {
		if (!next_word(&text, word, sizeof(word)) ||
		    addr_parse(word, family, &hop.via) != 0)
			return -EINVAL;
		if (!next_word(&text, word, sizeof(word)))
			return -EINVAL;
	} else if (strcmp(word, "dhcp") == 0) {
		hop.learned = true;
		if (!next_word(&text, word, sizeof(word)))
			return -EINVAL;
	}
	if (strcmp(word, "dev") != 0 || !next_word(&text, word, sizeof(word)) ||
	    !nexthop_valid_dev(word))
		return -EINVAL;
	memcpy(hop.dev, word, strlen(word) + 1);
	if (text[strspn(text, " \t")] != '\0')
		return -EINVAL;
	*out = hop;
	return 0;
}

bool nexthop_is_set(const struct nexthop *hop)
{
	return hop->dev[0] != '\0';
}

bool nexthop_equal(const struct nexthop *a, const struct nexthop *b)
{
	return strcmp(a->dev, b->dev) == 0 && addr_equal(&a->via, &b->via);
}

const char *nexthop_format(char buf[static NEXTHOP_TEXT_MAX], const struct nexthop *hop)
{
	char via[ADDR_TEXT_MAX];

	if (!nexthop_is_set(hop))
		snprintf(buf, NEXTHOP_TEXT_MAX, "none");
	else if (!addr_is_set(&hop->via))
		snprintf(buf, NEXTHOP_TEXT_MAX, "%sdev %s", hop->learned ? "dhcp " : "", hop->dev);
	else
		snprintf(buf, NEXTHOP_TEXT_MAX, "via %s dev %s", addr_format(via, &hop->via),
			 hop->dev);
	return buf;
}
