/* keepalived_daemon.h - the keepalived that is installed, and its options. Edge: files, processes.
 */
#ifndef FO_KEEPALIVED_DAEMON_H
#define FO_KEEPALIVED_DAEMON_H

#include "keepalived_conf.h"

struct keepalived_daemon {
	unsigned version;	      /* 20207 is 2.2.7; 0: not known */
	char id[KEEPALIVED_WORD_MAX]; /* of --config-id; empty: none */
};

/* Asks keepalived itself, or, below a root (tree.h), dpkg's list; and Debian's
 * /etc/default/keepalived. What is not there is not known. */
void keepalived_daemon_look(const char *root, struct keepalived_daemon *out);

/* Its --config-id alone, from Debian's /etc/default/keepalived; empty: none. */
void keepalived_daemon_find_id(const char *root, char out[static KEEPALIVED_WORD_MAX]);

/* The version in a text such as `Keepalived v2.2.7 (01/16,2022)` or `1:2.2.7-1+b2`; 0: there is
 * none. */
unsigned keepalived_daemon_version(const char *text);

#endif
