#include "kept.h"

#include <errno.h>

#include "log.h"
#include "store.h"

static int load_from(enum store_area area, const char *name, const char *what, kept_parse *parse,
		     void *out)
{
	char text[KEPT_TEXT_MAX];
	int ret = store_read(area, name, text, sizeof(text));

	if (ret == 0 && parse(text, out) != 0) {
		log_warn(0, "ignoring the saved %s: it is corrupt", what);
		ret = -EINVAL;
	}
	return ret;
}

int kept_load(const char *name, const char *what, kept_parse *parse, void *out)
{
	int ret = load_from(STORE_RUN, name, what, parse, out);

	return ret == 0 ? 0 : load_from(STORE_LIB, name, what, parse, out);
}

int kept_save(const char *name, const char *text, bool lasting)
{
	int ret = store_write(STORE_RUN, name, text, 0644);
	int disk = lasting || ret != 0 ? store_write(STORE_LIB, name, text, 0644) : 0;

	if (ret == 0)
		return 0;
	ret = store_remove(STORE_RUN, name);
	return ret == 0 ? disk : ret;
}
