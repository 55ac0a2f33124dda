/* keepalived_conf.h - the blocks of a keepalived.conf, and the lines in them. Pure.
 *
 * keepalived.conf(5). Nothing is a number or an address here: who asks for a line judges it. */
#ifndef FO_KEEPALIVED_CONF_H
#define FO_KEEPALIVED_CONF_H

#include <stdbool.h>
#include <stddef.h>

#include "addr.h"

#define KEEPALIVED_FILES_MAX   16
#define KEEPALIVED_PATH_MAX    192
#define KEEPALIVED_BLOCKS_MAX  64
#define KEEPALIVED_ENTRIES_MAX 512
#define KEEPALIVED_TEXT_MAX    256
#define KEEPALIVED_FAULTS_MAX  48
#define KEEPALIVED_WORD_MAX    64

/* Where something stands. */
struct keepalived_place {
	unsigned file; /* of keepalived_conf.files */
	unsigned line;
};

/* What a block is, and where a word is known. */
enum keepalived_context {
	KEEPALIVED_ROOT, /* outside of every block; the block 0 */
	KEEPALIVED_GLOBAL,
	KEEPALIVED_SCRIPT,
	KEEPALIVED_TRACK_FILE,
	KEEPALIVED_INSTANCE,
	KEEPALIVED_GROUP,
	KEEPALIVED_AUTHENTICATION, /* part of its instance */
	KEEPALIVED_LIST,	   /* each line in it is an entry of the block around it */
	KEEPALIVED_OTHER	   /* nothing in it matters here */
};

struct keepalived_block {
	enum keepalived_context context;
	char name[KEEPALIVED_WORD_MAX]; /* VI_1 */
	struct keepalived_place place;
};

/* A line: a word that is known, and what follows. In a list such as virtual_ipaddress the word is
 * that of the list, and each line of it an entry. */
struct keepalived_entry {
	size_t block;
	const char *word; /* of the table of words */
	struct keepalived_place place;
	size_t count;			/* of words that follow */
	char text[KEEPALIVED_TEXT_MAX]; /* they, each ended with NUL */
};

enum keepalived_fault_kind {
	KEEPALIVED_UNKNOWN_WORD, /* `near`: what may have been meant; or NULL */
	KEEPALIVED_TOO_NEW,	 /* the word needs a newer keepalived: `since` */
	KEEPALIVED_NO_BRACE,	 /* a block does not begin with `{` */
	KEEPALIVED_OPEN_BRACE,	 /* a `{` that belongs to nothing, or is never closed */
	KEEPALIVED_CLOSE_BRACE,	 /* a `}` too many */
	KEEPALIVED_OPEN_QUOTE,
	KEEPALIVED_LONG_LINE,
	KEEPALIVED_NO_FILE,  /* no file is there to include */
	KEEPALIVED_NOT_TAKEN /* a file that keepalived skips: executable, or not a file */
};

struct keepalived_fault {
	enum keepalived_fault_kind kind;
	struct keepalived_place place;
	char word[KEEPALIVED_PATH_MAX];
	const char *near;
	unsigned since;
};

struct keepalived_conf {
	char files[KEEPALIVED_FILES_MAX][KEEPALIVED_PATH_MAX];
	size_t file_count;
	struct keepalived_block blocks[KEEPALIVED_BLOCKS_MAX];
	size_t block_count;
	struct keepalived_entry entries[KEEPALIVED_ENTRIES_MAX];
	size_t entry_count;
	struct keepalived_fault faults[KEEPALIVED_FAULTS_MAX];
	size_t fault_count;
	bool partly; /* there is more than is here: too many lines, or made by ~SEQ */
};

/* The block of that context and name, or the first one with a NULL; NULL: there is none. */
const struct keepalived_block *keepalived_find_block(const struct keepalived_conf *conf,
						     enum keepalived_context context,
						     const char *name);

/* The next block of that context behind `block`, or the first one behind a NULL; NULL at the end.
 */
const struct keepalived_block *keepalived_next_block(const struct keepalived_conf *conf,
						     enum keepalived_context context,
						     const struct keepalived_block *block);

/* The next line with that word in `block` behind `entry`, or the first one behind a NULL; NULL at
 * the end. */
const struct keepalived_entry *keepalived_next(const struct keepalived_conf *conf,
					       const struct keepalived_block *block,
					       const char *word,
					       const struct keepalived_entry *entry);

/* The last line with that word, which is the one that counts, or NULL. */
const struct keepalived_entry *keepalived_get(const struct keepalived_conf *conf,
					      const struct keepalived_block *block,
					      const char *word);

/* The word `i` that follows; "" where there are fewer. */
const char *keepalived_param(const struct keepalived_entry *entry, size_t i);

/* The word behind the option `name` of a line such as `192.0.2.1 dev eth0`; "" without it. */
const char *keepalived_option(const struct keepalived_entry *entry, const char *name);

/* The address that follows, as in `192.0.2.1/24 brd + dev eth0`, of `family`, or of either with
 * AF_UNSPEC. Returns whether there is one. */
bool keepalived_address(const struct keepalived_entry *entry, sa_family_t family, struct addr *out);

/* Whether the word `name` follows, anywhere. */
bool keepalived_has(const struct keepalived_entry *entry, const char *name);

/* Whether a line that is on or off is there, and not off. */
bool keepalived_is_on(const struct keepalived_entry *entry);

/* Adds a fault; those that do not fit are left out. Returns it, or NULL. */
struct keepalived_fault *keepalived_add_fault(struct keepalived_conf *conf,
					      enum keepalived_fault_kind kind,
					      struct keepalived_place place, const char *word);

#endif
