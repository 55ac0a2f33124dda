/* script_call.h - what keepalived.conf lets keepalived run, and when. Pure. */
#ifndef FO_SCRIPT_CALL_H
#define FO_SCRIPT_CALL_H

#include "keepalived_conf.h"
#include "shell_words.h"

/* The programs of ours that it may be. */
enum script_program { SCRIPT_OTHER, SCRIPT_ROUTE, SCRIPT_SPEEDCLASS, SCRIPT_CHECK };

struct script_call {
	const struct keepalived_entry *entry; /* `script`, `notify_master` and so on */
	char path[KEEPALIVED_TEXT_MAX];
	char args[KEEPALIVED_TEXT_MAX]; /* the words behind it, with blanks between them */
	char user[KEEPALIVED_WORD_MAX]; /* that runs it; empty: script_user */
	enum script_program program;
	/* As it is on the disk. */
	bool missing, executable, safe;
	char culprit[KEEPALIVED_PATH_MAX];	  /* what others can change, where it is not safe */
	bool mentions_route, mentions_speedclass; /* it is a script with their names in it */
	bool has_user;				  /* there is such a user */
};

#define SCRIPT_CALLS_MAX 64

struct script_calls {
	struct script_call items[SCRIPT_CALLS_MAX];
	size_t count;
};

/* Takes a line apart: what keepalived would run. Returns false when it is not one that runs a
 * program. */
bool script_call_parse(const struct keepalived_entry *entry, struct script_call *out);

/* Whether the call does what the program of ours does: it is it, or a script that mentions it. */
bool script_call_reaches(const struct script_call *call, enum script_program program);

#endif
