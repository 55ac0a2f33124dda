#include "rule.h"

#include <string.h>

#include "peers.h"
#include "watcher.h"

struct rule *rule_begin(const char *name, struct network *network)
{
	if (strcmp(name, "fo") == 0)
		return watcher_begin("", network);
	if (strncmp(name, "fo:", 3) == 0)
		return watcher_begin(name + 3, network);
	return peer_begin(name, network);
}
