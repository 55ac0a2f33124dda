/* process_list.h - the processes of a router that matter to a failover. Edge: proc(5). */
#ifndef FO_PROCESS_LIST_H
#define FO_PROCESS_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "machine.h"

#define PROCESS_LIST_MAX 64
#define PROCESS_NAME_MAX 16 /* the kernel keeps 15 characters of a name */

struct process {
	int pid;
	char name[PROCESS_NAME_MAX];
	bool is_old;	   /* its file was replaced or deleted since it was started */
	char command[512]; /* its words, with a blank between them */
};

struct process_list {
	bool known; /* else there is no /proc to look at */
	size_t count;
	struct process items[PROCESS_LIST_MAX];
};

/* Finds those of our programs, and of others that keep lines, addresses and routes; of this network
 * namespace alone. Needs root, to see which file each one runs from. */
void process_list_find(struct machine *machine, struct process_list *out);

/* The first process of that name from `after` (NULL: the beginning) on that has `word` as one of
 * its words (NULL: any). Returns it, or NULL. */
const struct process *process_list_next(const struct process_list *list, const char *name,
					const char *word, const struct process *after);

/* Whether there is one. */
bool process_list_has(const struct process_list *list, const char *name, const char *word);

#endif
