#include "finding.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "utf8.h"

#define ERROR(number, text)                                                                        \
	{                                                                                          \
		(number), FINDING_ERROR, (text)                                                    \
	}
#define WARNING(number, text)                                                                      \
	{                                                                                          \
		(number), FINDING_WARNING, (text)                                                  \
	}

const struct finding_kind finding_kinds[] = {
	/* fo.conf */
	ERROR(1, "fo.conf is missing"),
	ERROR(2, "a fault in fo.conf"),
	ERROR(3, "no section for the default route"),
	WARNING(4, "nothing judges the line"),
	ERROR(5, "the route of a master does not leave by the uplink"),
	ERROR(6, "the route of a backup does not leave by the LAN"),
	WARNING(7, "the route of a backup does not lead to the VRRP address"),
	ERROR(8, "the VRRP address as a target of echoes"),
	WARNING(9, "a hold that is shorter than the silence before it"),
	WARNING(10, "one speed class for both states"),
	ERROR(11, "speed classes the wrong way round"),
	WARNING(12, "the speed class is asked for over another line"),
	WARNING(13, "two track files, of which one is written"),
	ERROR(14, "a user that cannot read fo.conf"),

	/* keepalived.conf */
	ERROR(101, "keepalived.conf is missing"),
	ERROR(102, "keepalived skips the file"),
	ERROR(103, "a word that keepalived does not know"),
	ERROR(104, "a word for a newer keepalived"),
	ERROR(105, "a brace or a quote that does not match"),
	WARNING(106, "a line that is too long"),
	ERROR(107, "a file to include is missing"),
	ERROR(110, "a script is missing"),
	ERROR(111, "a script is not executable"),
	ERROR(112, "a script that others can change"),
	WARNING(113, "scripts without the check for security"),
	ERROR(114, "scripts that no user can run"),
	WARNING(115, "no script_user"),
	ERROR(116, "arguments outside of the quotes"),
	ERROR(117, "a script of an unknown user"),
	WARNING(118, "fo-route is not run by root"),
	ERROR(120, "no number of seconds for this keepalived"),
	ERROR(121, "keepalived does not wait for the check"),
	WARNING(122, "a check that is longer than its interval"),
	ERROR(130, "keepalived does not learn of a dead line"),
	ERROR(131, "tracking of something that is not defined"),
	WARNING(132, "something that nobody tracks"),
	ERROR(133, "keepalived looks at another file than fo-watch writes"),
	WARNING(134, "a dead line means FAULT"),
	ERROR(135, "a dead line raises the priority"),
	ERROR(140, "no vrrp_instance"),
	ERROR(141, "keepalived has another VRRP address than fo.conf"),
	ERROR(142, "the VRRP address is on another interface"),
	ERROR(143, "VRRP on another interface than the LAN"),
	ERROR(144, "one virtual_router_id for two instances"),
	WARNING(145, "instances that can go different ways"),
	WARNING(146, "nopreempt without effect"),
	WARNING(147, "preempt_delay without effect"),
	WARNING(148, "a LAN without a link does not count"),
	ERROR(149, "an advert_int that VRRPv2 does not have"),
	WARNING(150, "authentication without effect"),
	WARNING(151, "a password that is cut"),
	ERROR(152, "this router as its own peer"),
	ERROR(153, "unicast without a peer"),
	ERROR(154, "vrrp_strict forbids what is configured"),
	ERROR(155, "a priority that nothing changes"),
	WARNING(156, "weights that are more than the priority"),
	ERROR(157, "keepalived sets the default route, too"),
	WARNING(158, "keepalived does not notice what is gone"),
	ERROR(159, "no virtual_router_id"),
	ERROR(162, "a group of something that is not defined"),
	ERROR(163, "a group in which weights do not count"),
	ERROR(170, "fo-route is not told of any state"),
	ERROR(171, "fo-route is not told of a state"),
	ERROR(172, "fo-route is not told of a stop"),
	ERROR(173, "a program is told another state"),
	ERROR(174, "fo-speedclass is not told"),
	ERROR(180, "the other router has another virtual_router_id"),
	ERROR(181, "the other router has another version of VRRP"),
	WARNING(182, "the other router has another advert_int"),
	ERROR(183, "the other router has another password"),
	WARNING(184, "the other router has the same priority"),
	ERROR(185, "the other router has another VRRP address"),
	ERROR(186, "the other router is not a peer"),
	ERROR(187, "multicast on one router, unicast on the other"),

	/* the kernel's network */
	ERROR(201, "nobody has the VRRP address"),
	ERROR(202, "two machines have the VRRP address"),
	ERROR(203, "the default route is not the one that the VRRP state wants"),
	ERROR(204, "sources are not translated on the uplink"),
	ERROR(205, "forwarding is off"),
	WARNING(206, "a strict reverse path filter on the uplink"),
	WARNING(207, "ICMP redirects are sent into the LAN"),
	WARNING(208, "large packets do not fit through the uplink"),
	ERROR(209, "the firewall drops VRRP"),
	ERROR(210, "the firewall does not forward"),
	ERROR(211, "an interface of the LAN is missing or down"),
	ERROR(212, "there is no such uplink"),
	ERROR(213, "the uplink has no address"),
	ERROR(214, "the line is up under another name"),
	ERROR(215, "a gateway is this router itself"),
	WARNING(216, "router advertisements are not taken"),
	WARNING(217, "routes and rules of the line's own are wrong"),
	ERROR(218, "packets of the LAN go another way"),
	WARNING(219, "a switch of the kernel is not as it was"),
	ERROR(220, "this router's own address goes with the VRRP address"),

	/* services and other programs */
	ERROR(301, "keepalived is not running"),
	WARNING(302, "keepalived does not start at boot"),
	WARNING(303, "keepalived stays away once it has failed"),
	ERROR(304, "fo-watch is not running"),
	WARNING(305, "fo-route watch is not running"),
	WARNING(306, "a resident does not start at boot"),
	WARNING(307, "what has to run again and again does not"),
	WARNING(308, "a timer and cron run the same"),
	WARNING(309, "an old version is still running"),
	ERROR(310, "the clock is wrong"),
	WARNING(311, "nothing sets the clock"),
	WARNING(312, "no name server"),
	WARNING(313, "name servers of the SIM only"),
	ERROR(314, "DHCP hands out the wrong gateway"),
	WARNING(320, "NetworkManager manages an interface of a failover"),
	WARNING(321, "systemd-networkd sets a default route over the LAN"),
	WARNING(322, "systemd-networkd removes what others have set"),
	WARNING(323, "dhcpcd manages the LAN"),
	WARNING(324, "a default route over the LAN in /etc/network/interfaces"),

	/* pppd */
	ERROR(401, "pppd gives the line another name"),
	WARNING(402, "pppd may give the line another name"),
	WARNING(403, "pppd sets the default route"),
	WARNING(404, "pppd does not dial again"),
	WARNING(405, "pppd gives up"),
	WARNING(406, "pppd does not notice a dead peer"),
	WARNING(407, "pppd replaces the name servers"),
	WARNING(408, "a hook of pppd is missing"),

	/* the SIM */
	ERROR(501, "no profile with the credentials"),
	ERROR(502, "others can read the credentials"),
	ERROR(503, "a slow class while the LAN uses the SIM"),
	WARNING(504, "a dear class while the LAN does not use the SIM"),
	WARNING(505, "the credentials were never tried"),
	WARNING(506, "the redial command is missing"),
	WARNING(507, "fo-keepalive does not run"),
	WARNING(508, "a dead line that nothing redials"),
	WARNING(509, "more bytes than warn-bytes"),
	ERROR(510, "SORACOM refuses"),

	/* who is told */
	WARNING(601, "the command of alerts is missing"),
	WARNING(602, "others can read the URL of alerts"),
	WARNING(603, "alerts without a way"),

	{ .code = 0 },
};

const struct finding_kind *finding_kind_of(unsigned code)
{
	const struct finding_kind *kind = finding_kinds;

	while (kind->code != 0 && kind->code != code)
		kind++;
	return kind;
}

const char *finding_severity_name(enum finding_severity severity)
{
	return severity == FINDING_ERROR ? "error" : "warning";
}

const char *finding_place(char buf[static FINDING_PLACE_MAX], const char *file, unsigned line)
{
	if (line == 0)
		snprintf(buf, FINDING_PLACE_MAX, "%s", file);
	else
		snprintf(buf, FINDING_PLACE_MAX, "%s:%u", file, line);
	return buf;
}

static bool is_known(const struct findings *findings, const struct finding *finding)
{
	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *known = &findings->items[i];

		if (known->code == finding->code && strcmp(known->place, finding->place) == 0 &&
		    strcmp(known->reason, finding->reason) == 0)
			return true;
	}
	return false;
}

/* As utf8_make_printable, but for the newlines. */
static void clean_lines(char *text)
{
	while (text != NULL) {
		char *end = strchr(text, '\n');

		if (end != NULL)
			*end = '\0';
		utf8_make_printable(text);
		if (end != NULL) {
			text += strlen(text);
			memmove(text + 1, end + 1, strlen(end + 1) + 1);
			*text++ = '\n';
		} else {
			text = NULL;
		}
	}
}

void findings_add(struct findings *findings, unsigned code, const char *place, const char *fix,
		  const char *fmt, ...)
{
	struct finding finding = { .code = code };
	va_list ap;

	snprintf(finding.place, sizeof(finding.place), "%s", place);
	snprintf(finding.fix, sizeof(finding.fix), "%s", fix);
	va_start(ap, fmt);
	vsnprintf(finding.reason, sizeof(finding.reason), fmt, ap);
	va_end(ap);
	utf8_make_printable(finding.place);
	utf8_make_printable(finding.reason);
	clean_lines(finding.fix);
	if (is_known(findings, &finding))
		return;
	findings->more = findings->more || findings->count == FINDINGS_MAX;
	if (findings->count < FINDINGS_MAX)
		findings->items[findings->count++] = finding;
}

static bool comes_after(const struct finding *a, const struct finding *b)
{
	enum finding_severity first = finding_kind_of(a->code)->severity;
	enum finding_severity second = finding_kind_of(b->code)->severity;

	return first != second ? first > second : a->code > b->code;
}

void findings_sort(struct findings *findings)
{
	for (size_t i = 1; i < findings->count; i++) {
		struct finding moved = findings->items[i];
		size_t j = i;

		for (; j > 0 && comes_after(&findings->items[j - 1], &moved); j--)
			findings->items[j] = findings->items[j - 1];
		findings->items[j] = moved;
	}
}
