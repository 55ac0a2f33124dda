/* names.h - where SORACOM's server is: /etc/hosts, else name servers that are asked over the line
 * itself. Job: resolver, name_note, line_dns, name_rule.
 *
 * An answer is used until its TTL is over; an address that has worked outlives it, for when no
 * server answers (serving stale data, RFC 8767); and one at which the right server was not found
 * gives way to all others, for a server may lie. */
#ifndef FO_NAMES_H
#define FO_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "addr.h"
#include "compiler.h"
#include "egress.h"
#include "name_note.h"
#include "resolver.h"
#include "settings.h"

/* How long is waited for an answer where no address is known; and where one is (RFC 8767, 5). */
#define NAMES_WAIT_MS  5000
#define NAMES_STALE_MS 1800

#define NAMES_BLAMED_MAX 16

struct names {
	char host[NAME_HOST_MAX];
	bool is_fixed;		       /* numeric, or localhost */
	bool is_inside;		       /* the host is in the provider's network: never public */
	const struct conf_addrs *dns;  /* none: those of the line */
	struct resolver_answer answer; /* the last one, and the noted address behind it */
	size_t named;		       /* how many of these the server itself has named */
	bool is_stale;		       /* no server has answered: it is the noted address */
	int64_t until_s;	       /* it is used so long, clock_boottime_s */
	struct name_note note;	       /* the host is empty: none */
	struct addr blamed[NAMES_BLAMED_MAX];
	size_t blamed_count;
};

struct names_wish {
	const struct egress *egress;
	unsigned families;
	bool untried;		  /* only what was not tried in vain */
	bool (*stop)(void *data); /* may be NULL */
	void *stop_data;
};

/* Begins with `host`, a name or a numeric address. `dns` is kept, not copied. */
void names_init(struct names *names, const char *host, bool is_inside,
		const struct conf_addrs *dns);

/* Finds the addresses, the best one first. Returns 0 and `*out`; -ENOENT when there is none,
 * logged but with `untried`; -ECANCELED; -ENOMEM. */
int names_find(struct names *names, const struct names_wish *wish,
	       struct resolver_answer *out) FO_MUST_CHECK;

/* The right server has answered at `addr`: writes it down. */
void names_confirm(struct names *names, const struct addr *addr);

/* The right server was not found at `addr`, or at any address so far (not set). */
void names_blame(struct names *names, const struct addr *addr);

/* Who named the address that was used last, for a person. Returns `buf` or a constant text. */
const char *names_source(const struct names *names, char buf[static ADDR_TEXT_MAX]);

#endif
