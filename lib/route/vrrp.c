#include "vrrp.h"

#include <errno.h>
#include <stddef.h>
#include <strings.h>

static const char *const names[] = {
	[VRRP_MASTER] = "master",
	[VRRP_BACKUP] = "backup",
	[VRRP_FAULT] = "fault",
	[VRRP_STOP] = "stop",
};

const char *vrrp_state_name(enum vrrp_state state)
{
	return names[state];
}

static int parse_state(const char *word, enum vrrp_state *out)
{
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (strcasecmp(word, names[i]) == 0) {
			*out = (enum vrrp_state)i;
			return 0;
		}
	}
	if (strcasecmp(word, "deleted") != 0)
		return -EINVAL;
	*out = VRRP_STOP;
	return 0;
}

static bool is_priority_event(const char *word)
{
	return strcasecmp(word, "MASTER_RX_LOWER_PRI") == 0 ||
	       strcasecmp(word, "MASTER_PRIORITY") == 0 || strcasecmp(word, "BACKUP_PRIORITY") == 0;
}

int vrrp_parse_args(int argc, char *const argv[], enum vrrp_state *out, bool *is_state)
{
	*is_state = true;
	if (argc == 1)
		return parse_state(argv[0], out);
	if (argc != 4 ||
	    (strcasecmp(argv[0], "INSTANCE") != 0 && strcasecmp(argv[0], "GROUP") != 0))
		return -EINVAL;
	if (is_priority_event(argv[2])) {
		*is_state = false;
		return 0;
	}
	return parse_state(argv[2], out);
}

enum vrrp_state vrrp_true_state(enum vrrp_state reported, bool holds_vip)
{
	if (holds_vip)
		return VRRP_MASTER;
	return reported == VRRP_MASTER ? VRRP_BACKUP : reported;
}
