/* faults.h - what is wrong with fo.conf, and whom that concerns. Edge: log, store.
 *
 * A fault stops a program only where it concerns it: in [router], or in a section that the program
 * uses; others are warnings. Where messages go to a log and not to a person, the complaints about
 * the same file come once an hour. Each run in between names the first one that stops it, so that a
 * unit's status has the reason; but not that of a program that runs every second. */
#ifndef FO_FAULTS_H
#define FO_FAULTS_H

#include <stdbool.h>
#include <sys/stat.h>

#include "compiler.h"

/* Who reads which file. */
struct conf_source {
	const char *path;
	const char *program;
	unsigned sections; /* that it uses, enum conf_section_bit */
	bool insistent;	   /* complains each time: a person asked for the file to be read */
	bool frequent;	   /* runs every second, below keepalived: complains once an hour */
	/* Where set it is told the faults, and nothing is logged; `line` 0: of no line. */
	void (*hear)(void *data, unsigned line, const char *text);
	void *data; /* its own */
};

enum faults_hearing {
	FAULTS_NEW, /* not found out yet */
	FAULTS_LOGGED,
	FAULTS_BRIEF, /* one, the first that is grave */
	FAULTS_MUTED
};

struct conf_faults {
	const struct conf_source *source;
	char identity[96]; /* of the file, for the memory of what was complained about */
	unsigned count;	   /* of faults */
	unsigned faulty;   /* sections with a fault, enum conf_section_bit */
	bool unknown;	   /* there is a section, or a line outside of one, that may mean any */
	bool grave;	   /* one concerns this program */
	enum faults_hearing hearing;
};

void conf_faults_init(struct conf_faults *faults, const struct conf_source *source);

/* Which file it is; from then on a complaint about it is one about this version of it. NULL: there
 * is none that could be read. */
void conf_faults_of_file(struct conf_faults *faults, const struct stat *st);

/* A fault of the section of that name, "" where it is in none; a mistyped name stands for the
 * section that it probably meant. `line` 0: of no line. */
void conf_fault(struct conf_faults *faults, const char *section, unsigned line, const char *fmt,
		...) FO_PRINTF(4, 5);

/* The whole file cannot be used; the text names it. `err` is an -errno, or 0. */
void conf_fault_file(struct conf_faults *faults, int err, const char *fmt, ...) FO_PRINTF(3, 4);

#endif
