/* spell.h - the known word that a mistyped one probably meant. Pure. */
#ifndef FO_SPELL_H
#define FO_SPELL_H

#include <stddef.h>

/* Longest word that is compared; a longer one is like nothing. */
#define SPELL_WORD_MAX 64

/* Edits (letters added, left out or changed) that make `a` into `b`; SPELL_WORD_MAX when either
 * is too long to compare. (Levenshtein's distance.) */
size_t spell_distance(const char *a, const char *b);

/* Whether a word `distance` edits away from `typed` is near enough to be suggested. */
int spell_is_near(const char *typed, size_t distance);

#endif
