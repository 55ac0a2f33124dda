"""What must be true of the line's own table, of its rules, and of the ways that the kernel finds: whatever
the VRRP state. Looks with ip(8)."""
import json
import subprocess

from . import world as places

INTERNET, INTERNET6 = "8.8.8.8", "2001:4860:4860::8888"
HOST, HOST6 = f"{places.LAN}.10", "fd00:c0a8::10"
PROTOCOL = 87


def complaints(variant, addresses, world):
    """Of rules and table; `addresses` are {"ppp0": …, "eth0": …}."""
    found = []
    for family in ("-4", "-6"):
        ours = variant.table and (family == "-4" or variant.six)
        own = _of_family(addresses["ppp0"], family) if ours else []
        found += _check_rules(family, variant.table if ours else 0, own, world)
        if ours:
            found += _check_table(family, variant.table, own, world)
            found += _check_bound(family, own, world)
    return found


def complaints_of_way(family, wanted, world, lan):
    """That a packet to the Internet takes `wanted`, "[GATEWAY ]DEVICE", and also one of the LAN."""
    found = []
    words = [[]]
    if lan:
        words.append(["from", HOST6 if family == "-6" else HOST, "iif", "eth0"])
    for more in words:
        way = _way(family, more)
        if way != wanted:
            found.append(f"the way {family} {' '.join(more)} is {way}, not {wanted}")
    return found


def complaints_of_kept(kept, world):
    """Of what somebody else has made, and nobody may have touched."""
    found = []
    for one in kept:
        words = ["route", "show", "default"] if one.table == "route" else ["rule", "show"]
        key = "metric" if one.table == "route" else "priority"
        there = {item.get(key, 0) for item in json.loads(world.ip("-j", "-N", one.family, *words))}
        if one.number not in there:
            found.append(f"somebody's {one.table} {one.family} with the {key} {one.number} is gone")
    return found


def _of_family(addresses, family):
    return sorted(address for address in addresses
                  if (":" in address) == (family == "-6") and not address.startswith("fe80:"))


def _check_rules(family, table, own, world):
    wanted = []
    for match in ([*own, "all oif ppp0"] if table else []):
        first = 8702 if "oif" in match else 8700
        wanted += [f"{first} {match} 254 0", f"{first + 1} {match} {table} None"]
    now = [f"{rule['priority']} {rule['src']}{' oif ' + rule['oif'] if 'oif' in rule else ''} {rule['table']} "
           f"{rule.get('suppress_prefixlen')}"
           for rule in json.loads(world.ip("-j", "-N", family, "rule", "show"))
           if rule.get("protocol") == str(PROTOCOL)]
    if sorted(now) == sorted(wanted):
        return []
    return [f"rules {family}: {sorted(set(wanted) - set(now))} missing, {sorted(set(now) - set(wanted))} too many, "
            f"{len(now)} of {len(wanted)}"]


def _check_table(family, table, own, world):
    try:
        text = world.ip("-j", family, "route", "show", "table", str(table))
    except places.LabError:  # "FIB table does not exist"
        text = ""
    now = [(route["dst"], route.get("dev", "several"), "gateway" in route) for route in json.loads(text or "[]")
           if route.get("type") != "multicast"]
    wanted = [("default", "ppp0", False)]
    # Without the line no packet comes here.
    return [] if now == wanted or not own else [f"table {table} {family} has {now}, not {wanted}"]


def _check_bound(family, own, world):
    found = []
    for words in ([["oif", "ppp0"], *(["from", address] for address in own)] if own else []):
        way = _way(family, words)
        if way != "ppp0":
            found.append(f"what is bound by {' '.join(words)} goes {way}")
    return found


def _way(family, words):
    """[GATEWAY ]DEVICE of a packet to the Internet, or what the kernel says."""
    target = INTERNET6 if family == "-6" else INTERNET
    done = subprocess.run(["ip", "-j", family, "route", "get", target, *words], check=False, text=True,
                          capture_output=True, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        return done.stderr.strip()
    way = json.loads(done.stdout)[0]
    return f"{way.get('gateway', '')} {way.get('dev', 'several')}".strip() if way.get("type", "unicast") == "unicast" else way["type"]
