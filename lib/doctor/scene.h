/* scene.h - all that the rules about keepalived.conf look at, and where they write. Pure. */
#ifndef FO_SCENE_H
#define FO_SCENE_H

#include <stdint.h>

#include "finding.h"
#include "keepalived_conf.h"
#include "script_call.h"
#include "settings.h"

struct scene {
	const char *conf_file;	 /* its name */
	const struct conf *conf; /* fo.conf; its section [router] may be faulty, and then empty */
	const struct keepalived_conf *keepalived;
	const struct script_calls *calls;
	unsigned version; /* of keepalived, 20207 is 2.2.7; 0: not known */
	struct findings *out;
};

/* Adds a finding at a place of keepalived.conf. */
void scene_add(const struct scene *scene, unsigned code, struct keepalived_place place,
	       const char *fix, const char *fmt, ...) FO_PRINTF(5, 6);

/* The place of the first instance, or the beginning of the file: for what is missing. */
struct keepalived_place scene_instance_place(const struct scene *scene);

/* Reads the whole of `text`, such as `-60` or `0.5`, up to three decimals, as thousandths. Returns
 * whether it is such a number. */
bool scene_parse_thousandths(const char *text, int64_t *out);

/* The number that is the word `i` of the last line `word` of a block, in thousandths; `missing`
 * where there is none or it is not a number. */
int64_t scene_get_thousandths(const struct scene *scene, const struct keepalived_block *block,
			      const char *word, int64_t missing);

#endif
