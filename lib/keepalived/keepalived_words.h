/* keepalived_words.h - the words of keepalived.conf(5), where each is known. Pure. */
#ifndef FO_KEEPALIVED_WORDS_H
#define FO_KEEPALIVED_WORDS_H

#include "keepalived_conf.h"

/* A row of the table. */
struct keepalived_word {
	enum keepalived_context context; /* where it may stand */
	const char *name;
	enum keepalived_context opens; /* the block that must follow; KEEPALIVED_ROOT: none */
	unsigned since; /* the version that has it first, 20208 is 2.2.8; 0: an old one */
};

/* The newest keepalived of which the table has every word. */
#define KEEPALIVED_WORDS_VERSION 20207

/* NULL: the word is not known there. */
const struct keepalived_word *keepalived_find_word(enum keepalived_context context,
						   const char *name);

/* The one that a mistyped word probably meant; NULL: none is like it. */
const char *keepalived_near_word(enum keepalived_context context, const char *name);

#endif
