#include "doctor_alert.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "machine.h"
#include "service_user.h"
#include "shell_words.h"
#include "tree.h"

static void check_command(struct machine *machine, const char *command, struct findings *out)
{
	struct shell_words words;
	char fix[FINDING_FIX_MAX], culprit[FINDING_PLACE_MAX];

	/* What cannot be split is a fault of fo.conf; a copy of the configuration alone has no
	 * programs. */
	if (shell_words_split(command, &words) != NULL || words.argv[0] == NULL ||
	    (machine_is_files(machine) && !machine_has(machine, "/usr/bin")))
		return;
	if (!machine_has_program(machine, words.argv[0])) {
		findings_add(out, 601, words.argv[0], "correct `command` below [alert] in fo.conf",
			     "[alert] command names a program that is not there, or cannot be "
			     "executed: nobody is told");
	} else if (service_user_is_shut_out(machine->root, words.argv[0], S_IXOTH, culprit)) {
		if (strcmp(culprit, words.argv[0]) == 0)
			snprintf(fix, sizeof(fix),
				 "chgrp " SERVICE_USER " %.150s\nchmod 750 %.150s", culprit,
				 culprit);
		else
			snprintf(fix, sizeof(fix),
				 "put it where that user can go, such as into /usr/local/sbin: %s "
				 "is "
				 "closed to it",
				 culprit);
		findings_add(out, 601, words.argv[0], fix,
			     "the user " SERVICE_USER ", as which fo-alert runs, cannot execute "
			     "[alert] command: nobody is told");
	}
}

static void check_secret(const struct doctor_order *order, struct findings *out)
{
	char fix[FINDING_FIX_MAX];
	struct stat st;

	if (tree_stat(order->root, order->conf_file, &st) != 0 || (st.st_mode & S_IROTH) == 0)
		return;
	service_user_close(order->root, order->conf_file, fix);
	findings_add(out, 602, order->conf_file, fix,
		     "each user of this machine can read it, and with it [alert] url: whoever has "
		     "that can write to you in this router's name");
}

static void check_ways(const struct conf_alert *conf, const char *file, struct findings *out)
{
	if (conf->command[0] == '\0' && conf->url[0] == '\0')
		findings_add(out, 603, file, "write `command` or `url` below [alert] in fo.conf",
			     "[alert] has neither `command` nor `url`: nobody is told");
}

int doctor_check_alert(const struct doctor_order *order, struct findings *out)
{
	const struct conf_alert *conf = &order->conf->alert;
	struct machine machine = { .root = order->root };

	if (!conf->present)
		return 0;
	if (conf->command[0] != '\0')
		check_command(&machine, conf->command, out);
	if (conf->url[0] != '\0')
		check_secret(order, out);
	if ((order->conf->faulty & CONF_ALERT) == 0)
		check_ways(conf, order->conf_file, out);
	return machine.failure;
}
