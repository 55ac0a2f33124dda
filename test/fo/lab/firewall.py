"""The packet filters: of a router what is not the configuration's, and of the Internet.

By nftables. Debian's user-mode Linux has no tables of the families inet and ip: there by iptables, and the
configuration's own nftables.conf is not loaded.
"""
import json
import os
import re

from fo.kernel import namespace

from . import spec, topology

_BY_IPTABLES = os.path.isdir(f"/usr/lib/uml/modules/{os.uname().release}")
_COUNTER = re.compile(r"^\s*(\d+)\s+(\d+)\s.*/\* (private-\w+) \*/", re.MULTILINE)


def of_router(pid, line, configuration):
    """`configuration` is the text of /etc/nftables.conf."""
    if _BY_IPTABLES:
        _restore(pid, _router_tables(line))
    else:
        namespace.run(pid, ["nft", "-f", "-"], router_rules(line) + configuration)


def of_internet(pid, world):
    if _BY_IPTABLES:
        _restore(pid, _internet_tables(world))
    else:
        namespace.run(pid, ["nft", "-f", "-"], internet_rules(world))


def counters(pid, reset):
    """(name, packets, bytes) of what arrived with a private source; they begin at 0 again with `reset`."""
    if _BY_IPTABLES:
        words = ["iptables-legacy", "-t", "raw", "-nvxL", "PREROUTING", *(["-Z"] if reset else [])]
        return _sums(_COUNTER.findall(namespace.run(pid, words)))
    answer = json.loads(namespace.run(pid, ["nft", "-j", "reset" if reset else "list", "counters"]))
    return [tuple(entry["counter"][key] for key in ("name", "packets", "bytes"))
            for entry in answer["nftables"] if "counter" in entry]


def _sums(rules):
    """Of all rules with the same name."""
    sums = {}
    for packets, octets, name in rules:
        before = sums.get(name, (0, 0))
        sums[name] = before[0] + int(packets), before[1] + int(octets)
    return [(name, *values) for name, values in sums.items()]


def _restore(pid, tables):
    namespace.run(pid, ["iptables-legacy-restore"], tables)


def _router_tables(line):
    return f"""*mangle
-A FORWARD -o {line.device} -p tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu
COMMIT
*nat
-A POSTROUTING -o {line.device} -j MASQUERADE
COMMIT
"""


def _internet_tables(world):
    rules = [f"-A PREROUTING -i {line.far_end} -d {service} -j DROP" for line in spec.PPP.values()
             if line.router != "sub" for service in (topology.SORACOM_METADATA, *topology.NAME_SERVERS)]
    for router in world.routers:
        line = world.line(router)
        if line.ethernet:
            rules.append(f"-A PREROUTING -i {line.far_end} -s {line.network}/24 -j ACCEPT")
        rules += [f"-A PREROUTING -i {line.far_end} -s {source} -m comment --comment private-{router}"
                  for source in ("192.168.0.0/16", f"{topology.ROUTED_SUBNET}.0/24")]
    return "\n".join(["*raw", *rules, "COMMIT", ""])


def nat_rules(line):
    return f"""
table inet router_nat {{
    chain postrouting {{
        type nat hook postrouting priority srcnat;
        oifname "{line.device}" masquerade
    }}
}}
"""


def router_rules(line):
    """What pppd's own hooks see to: packets that fit the line. (NAT is the configuration's.)"""
    return f"""
table inet router {{
    chain forward {{
        type filter hook forward priority mangle;
        oifname "{line.device}" tcp flags syn tcp option maxseg size set rt mtu
    }}
}}
"""


def _private(line):
    """Matches a private source which is not of the line's own network."""
    match = f"ip saddr {{ 192.168.0.0/16, {topology.ROUTED_SUBNET}.0/24 }}"
    return f"{match} ip saddr & 255.255.255.0 != {line.network}" if line.ethernet else match


def internet_rules(world):
    """nftables of `isp`: what arrives with a private source is counted; nothing answers it, because
    there is no way back. SORACOM's own services are there for its SIMs only."""
    counters = "\n".join(f"    counter private-{router} {{}}" for router in world.routers)
    rules = "\n".join(f'        iifname "{world.line(router).far_end}" {_private(world.line(router))} '
                      f'counter name "private-{router}"' for router in world.routers)
    others = ", ".join(f'"{line.far_end}"' for line in spec.PPP.values() if line.router != "sub")
    services = ", ".join((topology.SORACOM_METADATA, *topology.NAME_SERVERS))
    return f"""
table inet lab {{
{counters}
    chain arrival {{
        type filter hook prerouting priority raw;
{rules}
        iifname {{ {others} }} ip daddr {{ {services} }} drop
    }}
}}
"""
