/* keepalived_parser.h - reads a keepalived.conf, line by line. Pure. */
#ifndef FO_KEEPALIVED_PARSER_H
#define FO_KEEPALIVED_PARSER_H

#include "keepalived_conf.h"
#include "keepalived_line.h"

#define KEEPALIVED_DEPTH_MAX 8

/* A block that is open. */
struct keepalived_level {
	enum keepalived_context context;
	size_t block;	  /* its lines are of this one */
	const char *list; /* the word of a list */
	struct keepalived_place place;
};

struct keepalived_parser {
	struct keepalived_conf *conf;
	const char *id;	  /* of the option --config-id; "": none */
	unsigned version; /* of keepalived, 20207 is 2.2.7; 0: not known */
	struct keepalived_level levels[KEEPALIVED_DEPTH_MAX];
	size_t depth;
	struct keepalived_level next; /* the block that the line before has announced */
	bool announced, required;     /* there is one; and it must begin now */
	struct keepalived_defs defs;
	bool must_exist; /* what the last line wants to be included, even where it is a pattern */
};

/* Begins; `*conf` is emptied. */
void keepalived_parser_init(struct keepalived_parser *parser, struct keepalived_conf *conf,
			    const char *id, unsigned version);

/* The lines that follow are of this file: ${_PWD} is where it is. */
void keepalived_parser_enter(struct keepalived_parser *parser, const char *path);

/* Takes a line, without its newline, of KEEPALIVED_LINE_MAX bytes, which is worked in. Returns
 * NULL, or the file, in `line`, that it wants to be included here. */
const char *keepalived_parser_line(struct keepalived_parser *parser, struct keepalived_place place,
				   char *line);

/* At the end of it all: what is still open is a fault. */
void keepalived_parser_end(struct keepalived_parser *parser);

#endif
