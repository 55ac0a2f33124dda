#include "spell.h"

#include <string.h>

static size_t min3(size_t a, size_t b, size_t c)
{
	size_t least = a < b ? a : b;

	return least < c ? least : c;
}

size_t spell_distance(const char *a, const char *b)
{
	size_t row[SPELL_WORD_MAX + 1];
	size_t alen = strlen(a), blen = strlen(b);

	if (alen > SPELL_WORD_MAX || blen > SPELL_WORD_MAX)
		return SPELL_WORD_MAX;
	for (size_t j = 0; j <= blen; j++)
		row[j] = j;
	for (size_t i = 1; i <= alen; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= blen; j++) {
			size_t above = row[j];
			size_t change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);

			row[j] = min3(above + 1, row[j - 1] + 1, change);
			diagonal = above;
		}
	}
	return row[blen];
}

int spell_is_near(const char *typed, size_t distance)
{
	size_t len = strlen(typed);

	return distance <= 1 + len / 4 && distance < len;
}
