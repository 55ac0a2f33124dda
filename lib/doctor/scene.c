#include "scene.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void scene_add(const struct scene *scene, unsigned code, struct keepalived_place place,
	       const char *fix, const char *fmt, ...)
{
	char where[FINDING_PLACE_MAX], reason[FINDING_REASON_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(reason, sizeof(reason), fmt, ap);
	va_end(ap);
	finding_place(where, scene->keepalived->files[place.file], place.line);
	findings_add(scene->out, code, where, fix, "%s", reason);
}

struct keepalived_place scene_instance_place(const struct scene *scene)
{
	const struct keepalived_block *block =
		keepalived_find_block(scene->keepalived, KEEPALIVED_INSTANCE, NULL);

	return block != NULL ? block->place : (struct keepalived_place){ .line = 0 };
}

bool scene_parse_thousandths(const char *text, int64_t *out)
{
	bool negative = *text == '-';
	int64_t value = 0, unit = 1000;
	size_t digits = 0;

	text += *text == '-' || *text == '+' ? 1 : 0;
	for (; *text >= '0' && *text <= '9' && digits < 9; text++, digits++)
		value = value * 10 + (*text - '0') * INT64_C(1000);
	if (*text == '.') {
		for (text++; *text >= '0' && *text <= '9' && digits < 12; text++, digits++) {
			unit /= 10;
			value += (*text - '0') * unit;
		}
	}
	if (digits == 0 || *text != '\0')
		return false;
	*out = negative ? -value : value;
	return true;
}

int64_t scene_get_thousandths(const struct scene *scene, const struct keepalived_block *block,
			      const char *word, int64_t missing)
{
	const struct keepalived_entry *entry = keepalived_get(scene->keepalived, block, word);
	int64_t value = missing;

	if (entry != NULL && scene_parse_thousandths(keepalived_param(entry, 0), &value))
		return value;
	return missing;
}
