#include "class_due.h"

#include <string.h>

#include "history.h"
#include "log.h"
#include "num.h"
#include "speedclass.h"

/* How often the class is read back when all is well: it may have been changed by hand. A little
 * less than an hour, for a timer that is never quite on time. */
#define READ_BACK_EVERY_S 3300

/* A state that changes this often while it is written down brings another notification. */
#define LOOKS_MAX 5

int class_due_find(const struct class_due *due, const char **speed_class)
{
	bool master = false;
	int ret = due->is_master(due->data, &master);

	if (ret == 0)
		*speed_class = speedclass_due(due->conf, master, due->is_split());
	return ret;
}

/* The same, with a note of since when the router has been master. */
static int note_and_find(const struct class_due *due, bool *master, const char **speed_class)
{
	int ret = due->is_master(due->data, master);

	if (ret != 0)
		return ret;
	speedclass_note_raised(*master && due->conf->max_raised_ms > 0);
	*speed_class = speedclass_due(due->conf, *master, due->is_split());
	return 0;
}

/* Logs once why a master has not the raised class: when the other one becomes wanted. */
static void log_lowered(const struct class_due *due, bool master, const char *speed_class)
{
	const struct conf_speedclass *conf = due->conf;
	char text[NUM_TEXT_MAX], wanted[SIM_CLASS_MAX];
	bool capped = speedclass_is_capped(conf->max_raised_ms);

	speedclass_load_wanted(wanted);
	if (!master || speed_class == conf->master || strcmp(wanted, conf->backup) == 0)
		return;
	if (capped)
		log_warn(0,
			 "master for more than %s: speed class %s, because of [speedclass] "
			 "max-raised",
			 num_format_ms(text, conf->max_raised_ms), conf->backup);
	else
		log_warn(0,
			 "another machine is master, too: speed class %s, because of [speedclass] "
			 "split",
			 conf->backup);
	history_add(&(struct history_news){ "fo-speedclass", EVENT_CLASS_WANTED, conf->backup, 0 },
		    "speed class %s wanted, by %s", conf->backup, capped ? "max-raised" : "split");
}

int class_due_want(const struct class_due *due, const char **speed_class, bool *written)
{
	const char *again = NULL;
	bool master = false;
	int ret = note_and_find(due, &master, speed_class);

	for (int look = 0; ret == 0 && look < LOOKS_MAX; look++) {
		log_lowered(due, master, *speed_class);
		*written = speedclass_want(*speed_class) == 0;
		ret = note_and_find(due, &master, &again);
		if (ret == 0 && again == *speed_class)
			return 0;
		*speed_class = again;
	}
	return ret;
}

bool class_due_is_overdue(const struct class_due *due)
{
	const char *speed_class = NULL;
	struct speedclass now;

	if (class_due_find(due, &speed_class) != 0)
		return true;
	speedclass_load(&now);
	return strcmp(now.known, speed_class) != 0 || now.refused ||
	       speedclass_looked_ago_s() >= READ_BACK_EVERY_S;
}
