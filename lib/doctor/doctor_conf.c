#include "doctor_conf.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "conf_rule.h"
#include "loader.h"
#include "log.h"
#include "service_user.h"

/* Whom conf_load tells. */
struct listener {
	const char *file;
	struct findings *out;
	unsigned count;
};

static void hear_fault(void *data, unsigned line, const char *text)
{
	struct listener *listener = data;
	char place[FINDING_PLACE_MAX];

	listener->count++;
	finding_place(place, listener->file, line);
	findings_add(listener->out, 2, place, "", "%s", text);
}

int doctor_read_conf(const struct doctor_order *order, struct conf *conf, struct findings *out)
{
	struct listener listener = { .file = order->conf_file, .out = out };
	char path[FINDING_PLACE_MAX];
	const struct conf_source source = { .path = path,
					    .program = "fo-status",
					    .sections = ~0U,
					    .hear = hear_fault,
					    .data = &listener };
	struct conf_router *router = &conf->router;
	int ret;

	snprintf(path, sizeof(path), "%s%s", order->root, order->conf_file);
	ret = conf_load(&source, conf);
	if (ret == -ENOENT) {
		findings_add(out, 1, order->conf_file,
			     "fo-setup\n"
			     "# or the sample in /usr/share/doc/failover-helpers/examples",
			     "there is no such file: no program of failover-helpers does anything");
		return 0;
	}
	if (ret != 0 && ret != -EINVAL)
		log_err(ret, "cannot read %s", path);
	/* What is right in a faulty [router] is compared with nothing: it would be half of the
	 * story. */
	if (router->lan.count == 0 || router->uplink[0] == '\0' || !addr_is_set(&router->vip))
		memset(router, 0, sizeof(*router));
	return ret == -EINVAL ? 0 : ret;
}

int doctor_check_conf(const struct doctor_order *order, struct findings *out)
{
	char fix[FINDING_FIX_MAX], culprit[FINDING_PLACE_MAX];

	/* A file without [router] has nothing to compare with. */
	if (order->conf->router.lan.count > 0)
		conf_rule_check(order->conf, order->conf_file, out);
	if (strcmp(order->conf_file, CONF_DEFAULT_FILE) == 0 &&
	    service_user_is_shut_out(order->root, order->conf_file, S_IROTH, culprit)) {
		if (strcmp(culprit, order->conf_file) == 0)
			service_user_close(order->root, order->conf_file, fix);
		else
			snprintf(fix, sizeof(fix), "chmod o+x %s", culprit);
		findings_add(out, 14, order->conf_file, fix,
			     "the user " SERVICE_USER " cannot read it, as which fo-watch, "
			     "fo-route watch and fo-alert run");
	}
	return 0;
}
