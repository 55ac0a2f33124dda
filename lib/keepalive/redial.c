#include "redial.h"

#include <errno.h>
#include <inttypes.h>
#include <unistd.h>

#include "child.h"
#include "clock.h"
#include "history.h"
#include "log.h"
#include "shell_words.h"

#define PROGRAM "fo-keepalive"

int redial_check(const struct conf_keepalive *conf)
{
	struct shell_words words;
	int ret;

	if (conf->redial[0] == '\0' || shell_words_split(conf->redial, &words) != NULL ||
	    access(words.argv[0], X_OK) == 0)
		return 0;
	ret = -errno;
	log_err(ret, "[keepalive] redial: %s", words.argv[0]);
	return ret;
}

bool redial_run(const char *uplink, const struct conf_keepalive *conf, int64_t dead)
{
	static const struct history_news begins = { PROGRAM, EVENT_REDIAL, "begin", 0 };
	static const struct history_news fails = { PROGRAM, EVENT_REDIAL, "failed", 0 };
	int64_t begin_us = clock_mono_us();
	struct shell_words words;

	if (shell_words_split(conf->redial, &words) != NULL) /* checked when fo.conf was read */
		return false;
	log_warn(0, "%s: redialling with %s; failed runs in a row: %" PRId64, uplink, words.argv[0],
		 dead);
	history_add(&begins, "%s: redialling with %s", uplink, words.argv[0]);
	if (child_run(words.argv, REDIAL_MS, NULL, 0) != 0) {
		history_add(&fails, "%s: the command has failed", uplink);
		return false;
	}
	log_info("%s: redialled, %" PRId64 " ms; the next run will show whether it helped", uplink,
		 (clock_mono_us() - begin_us) / 1000);
	return true;
}
