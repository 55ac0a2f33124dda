/* schema.h - every section and key of fo.conf(5), in one table. Pure. */
#ifndef FO_SCHEMA_H
#define FO_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "settings.h"

/* How a value is written. */
enum conf_type {
	CONF_INTERFACE,	 /* char[IFNAMSIZ] */
	CONF_INTERFACES, /* struct conf_interfaces: one or more, separated by commas */
	CONF_ADDR4,	 /* struct addr */
	CONF_ADDR6,	 /* struct addr */
	CONF_TARGET,	 /* struct addr: an address, or `peer` for none */
	CONF_ADDRS,	 /* struct conf_addrs: one or more, separated by commas */
	CONF_NEXTHOP4,	 /* struct nexthop */
	CONF_NEXTHOP6,	 /* struct nexthop */
	CONF_NUMBER,	 /* int64_t, min..max */
	CONF_TIME,	 /* int64_t milliseconds, min..max */
	CONF_SHARE,	 /* int64_t per cent, min..max */
	CONF_SIZE,	 /* int64_t bytes, min..max */
	CONF_CHOICE,	 /* enum, by its place in `choices` */
	CONF_YES_NO,	 /* bool */
	CONF_SIM,	 /* struct sim */
	CONF_CLASS,   /* char[SIM_CLASS_MAX]: a speed class; passed on as it is, SORACOM adds some
		       */
	CONF_TEXT,    /* char[CONF_TEXT_MAX] */
	CONF_COMMAND, /* char[CONF_TEXT_MAX]: for shell_words_split, the first word an absolute path
		       */
	CONF_PATH,    /* char[CONF_TEXT_MAX]: an absolute file name */
	CONF_URL,     /* char[CONF_TEXT_MAX]: https, or http to a loopback address */
	CONF_HOOK,    /* char[CONF_TEXT_MAX]: the same with a query, or http to a private address */
	CONF_EVENTS   /* struct conf_events: KIND or KIND:VALUE, separated by commas, all or none */
};

/* A row of the schema: the only list of keys. */
struct conf_key {
	const char *section, *name;
	enum conf_type type;
	size_t offset; /* of the field in struct conf */
	int64_t min, max;
	const char *const *choices; /* CONF_CHOICE: ends with NULL */
	const char *default_text;   /* the default as it would be written; NULL: none */
	bool required;		    /* where its section is present; [router] always is */
	bool is_secret;		    /* its value is in no message */
};

extern const struct conf_key conf_schema[];
extern const size_t conf_schema_len;

/* A row of the table of sections. */
struct conf_section {
	const char *name;
	unsigned bit;	   /* enum conf_section_bit; 0: [router], which each program needs */
	ptrdiff_t present; /* offset of `bool present` in struct conf; -1: there is none */
};

extern const struct conf_section conf_sections[];
extern const size_t conf_sections_len;

/* The section or key of that name; NULL: there is none. */
const struct conf_section *conf_find_section(const char *name);
const struct conf_key *conf_find_key(const char *section, const char *name);

/* The one that a mistyped name probably meant, or NULL. A key may stand in another section. */
const struct conf_section *conf_nearest_section(const char *name);
const struct conf_key *conf_nearest_key(const char *section, const char *name);

#endif
