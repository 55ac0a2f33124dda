#include "line_text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "icmp.h"
#include "log.h"

void line_log_trouble(const struct line *line, int error)
{
	if (error == -EPERM || error == -EACCES)
		log_err(error,
			"may not send ICMP echoes on %s: run as root, or give the program the "
			"capability (setcap cap_net_raw+ep FILE), or allow datagram sockets "
			"(sysctl net.ipv4.ping_group_range='0 2147483647'), and let no firewall "
			"drop them",
			line->rule.iface);
	else
		log_err(error, "cannot send ICMP echoes on %s", line->rule.iface);
}

const char *line_describe(const struct line_target *target, char *buf, size_t size)
{
	char from[ADDR_TEXT_MAX];

	switch (target->answer) {
	case LINE_UNASKED:
		snprintf(buf, size, "not asked");
		break;
	case LINE_SILENT:
		snprintf(buf, size, "silent");
		break;
	case LINE_ANSWERED:
		snprintf(buf, size, "%s %" PRId64 ".%03" PRId64 " ms",
			 target->late ? "slow: answered after" : "answered in",
			 target->rtt_us / 1000, target->rtt_us % 1000);
		break;
	case LINE_UNREACHABLE:
		snprintf(buf, size, "%s, says %s",
			 icmp_error_text(target->addr.family, target->type, target->code),
			 addr_format(from, &target->reporter));
		break;
	case LINE_UNSENT:
		snprintf(buf, size, "not sent: %s",
			 target->error == -EADDRNOTAVAIL ? "no address" : strerror(-target->error));
		break;
	}
	return buf;
}

const char *line_describe_round(const struct line_round *round,
				char buf[static LINE_ROUND_TEXT_MAX])
{
	char addr[ADDR_TEXT_MAX], text[128];
	size_t used = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < round->count && used < LINE_ROUND_TEXT_MAX; i++) {
		const struct line_target *target = &round->targets[i];

		if (target->answer != LINE_UNASKED)
			used += (size_t)snprintf(buf + used, LINE_ROUND_TEXT_MAX - used, "; %s: %s",
						 addr_format(addr, &target->addr),
						 line_describe(target, text, sizeof(text)));
	}
	return buf;
}

void line_log_quality(struct line *line)
{
	char addr[ADDR_TEXT_MAX], text[QUALITY_TEXT_MAX];

	for (size_t i = 0; i < line->rule.count; i++) {
		struct quality_sum sum = quality_sum(&line->qualities[i], clock_mono_us());

		log_info("%s: %s: %s", line->rule.iface, addr_format(addr, &line->rule.targets[i]),
			 quality_format(text, &sum));
	}
}
