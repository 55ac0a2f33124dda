/* line_dns.h - the name servers that pppd was given for a line, /run/fo/dns.INTERFACE. Edge: store,
 * environment.
 *
 * /etc/ppp/resolv.conf has them, too, but of the line that was dialled last, whichever that was. */
#ifndef FO_LINE_DNS_H
#define FO_LINE_DNS_H

#include <stddef.h>

#include "addr.h"
#include "compiler.h"

#define LINE_DNS_MAX 2

/* For a script of pppd(8), which has the interface and the servers (with usepeerdns) in its
 * environment: IFNAME, DNS1, DNS2. Writes the servers down, or forgets those of before where there
 * are none; does nothing outside of such a script. What is no address of a host is left out. */
void line_dns_note(void);

/* Reads the servers of `iface`. Returns how many there are. */
size_t line_dns_load(const char *iface, struct addr out[static LINE_DNS_MAX]);

#endif
