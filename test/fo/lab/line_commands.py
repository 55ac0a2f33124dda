"""What a line can be told, as `lab line` and `lab --help` show it."""

LINE_COMMANDS = """up                      dial: ppp0 appears, gets its addresses, ip-up runs (eth1: carrier, a DHCP lease)
down [linger]           hang up: ip-down runs, ppp0 disappears (linger: it stays, down, without address);
                        eth1 loses its carrier, addresses and routes (linger: its carrier only)
kill                    the device disappears, ip-down does not run (pppd killed, USB unplugged)
redial [ADDRESS]        down and up, with a new address
address ADDRESS         the address which the next session gets
gateway ADDRESS         ethernet: the gateway from the next session on
metric NUMBER|none      ethernet: of the default route by DHCP from the next session on (100 as
                        NetworkManager's; 0 as dhclient's, which leaves a route that is there; none: no route)
early on [MS]|off       the device of the next sessions is up so long before its IPv4 address (200);
                        real pppd: IPCP is held back for so long, and IPV6CP is not
peerdns ADDRESS [ADDRESS]|off  the name servers of the next sessions, as of pppd's usepeerdns
ipv6 on|off             whether the next session has IPv6
ra on [SECONDS]|off     router advertisements from fe80::1 every second, of that lifetime (1800), which the
                        kernel accepts (accept_ra 2); off: a last one, of lifetime 0. Only the next session
                        has the IPv6 default route again that stands in for them
cable out|in            out: nothing passes, not even pppd's own echoes, so that it ends the session after 3 s;
                        then `down linger`, and 6 s later ppp0 disappears. in: it can be dialled
blackhole on|off        the device stays up, nothing passes
loss PERCENT [WAY]      WAY of packets: down (towards the router; the default), up, both
delay MS                each way
rate BITS_PER_S|off [BYTES]
                        each way, with a queue of so many bytes (16384)
police BITS_PER_S|off [BYTES]
                        each way what is more is dropped, but for so many bytes at once (8192)
idle SECONDS [PERCENT]  a session in which nothing passed for so long, or up to PERCENT sooner, is cut by
                        the carrier: as `down`; 0 or off: never
later SECONDS           as if so much time had passed since the last packet
stuck DIALS|forever|off the modem hangs: the device is up, nothing passes, until it has been dialled that often
clear                   the cable is in; no black hole, loss, delay, rate, police, idle, stuck, early, ra
status                  all of this, and counters: packets, sessions cut, redials and when they were
                        (CLOCK_MONOTONIC), the longest silence since `idle`, echo requests at the far end"""
