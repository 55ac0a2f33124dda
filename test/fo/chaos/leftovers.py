"""What a router has of processes, descriptors, rules, routes, tables, sets and files: before and after."""
import collections
import json
import os
import re

from fo.storm.route import foreign

SECONDS = 15
RESIDENTS = ("fo-watch", "fo-route", "keepalived")
# Those of the lab, and of the rounds' own timers.
_OWN = ("sh", "sleep", "python3", "run-parts", "setpriv", "as-unit", "rc.local", "sed", "tail", "tr", "cat")
# They come and go by themselves.
_BRIEF = ("fo-alert", "fo-check-ftth", "fo-speedclass", "fo-keepalive")
_NORMAL = ((r"100\.64\.7\.\d+|100\.64\.0\.10|198\.51\.100\.(?!0/|1\b|255)\d+", "MAIN"), (r"10\.128\.7\.\d+|10\.128\.0\.10", "SUB"),
           (r" expires \d+sec", ""), (r" hoplimit \d+", ""), (r"\blinkdown\b|(?<=metric 100) onlink\b", ""))
_TEMPORARY = re.compile(r"\.[^/]*\.\d+$")
# What writes the history beside a resident; the resident asks for its end when it writes the next time.
_ZOMBIE = " (ended)"
_LATE_SOCKETS = 2  # opened when first needed: of the log, and every ten seconds of the question about a split
_KILLS = ("kill", "kill-brief", "power", "starve", "alloc", "read-only", "full", "vrrp-stop", "vrrp-kill")


def look(world, router):
    pids = world.processes(router)
    names = collections.Counter(name + _ended(pid) for pid, name in pids.items()
                                if name not in (*_OWN, *_BRIEF))
    return {"processes": names, "descriptors": _descriptors(pids), "rules": _lines(world, router, "rule"),
            "routes": _lines(world, router, "route"), "nftables": _nftables(world, router),
            "files": _files(world, router)}


def _ended(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
            return _ZOMBIE if file.read().rpartition(")")[2].split()[0] == "Z" else ""
    except OSError:
        return _ZOMBIE  # gone under the look


def _descriptors(pids):
    """Of the residents: what they have open, by kind."""
    found = collections.Counter()
    for pid, name in pids.items():
        if name not in RESIDENTS:
            continue
        try:
            for number in os.listdir(f"/proc/{pid}/fd"):
                found[f"{name} {_kind(os.readlink(f'/proc/{pid}/fd/{number}'))}"] += 1
        except OSError:
            pass  # it ends under the look
    return found


def _kind(target):
    return re.sub(r"[:\[]?\[?\d+\]?$", "", target) if target.startswith(("socket:", "pipe:", "anon")) else target


def _lines(world, router, what):
    table = " table all" if what == "route" else ""
    text = world.sh(router, f"ip -4 {what} show{table}; ip -6 {what} show{table}")
    for pattern, name in _NORMAL:
        text = re.sub(pattern, name, text)
    return collections.Counter(" ".join(line.split()) for line in text.splitlines()
                               if "multicast" not in line and "fe80::" not in line)


def _nftables(world, router):
    ruleset = json.loads(world.sh(router, "nft -j list ruleset"))["nftables"]
    found = collections.Counter()
    for entry in ruleset:
        for kind, its in entry.items():
            if kind == "rule":
                found[f"rule in {its['family']} {its['table']} {its['chain']}"] += 1
            elif kind != "metainfo":
                found[f"{kind} {its['family']} {its.get('table', '')} {its['name']}"] += 1
    return found


def _files(world, router):
    text = world.sh(router, "find /run/fo /var/lib/fo -mindepth 1")
    return collections.Counter(dict.fromkeys(text.split("\n")[:-1], 1))


def complaints(plan, router, before, now):
    found = []
    for what, its in now.items():
        more = its - before[what]
        less = before[what] - its
        if what == "files":
            found += _file_complaints(plan, router, more)
            continue
        found += [f"{what}: {count} more: {item}" for item, count in more.items()
                  if not _is_allowed(what, item, count)]
        # Of processes the last one: a child may have been there just before.
        found += [f"{what}: {count} fewer: {item}" for item, count in less.items()
                  if what not in ("descriptors", "processes") or not its[item] and not item.endswith(_ZOMBIE)]
    return found


def _is_allowed(what, item, count):
    # What somebody else has put behind ours, or beside it, is his own.
    somebody = f"via {foreign.NOBODY} " in item or f"lookup {foreign.TABLE}" in item
    return (what in ("routes", "rules") and somebody
            or what == "descriptors" and item.endswith("socket") and count <= _LATE_SOCKETS
            or what == "processes" and item.endswith(_ZOMBIE) and count <= 1)


def _file_complaints(plan, router, more):
    """What has a name is known to the manual; what a writer has begun and left is not, but for one who was killed."""
    begun = [path for path in more if _TEMPORARY.search(path)]
    kills = sum(fault.kind in _KILLS and fault.where == router for fault in plan.faults)
    return [] if len(begun) <= kills else [f"files: {' '.join(sorted(begun))} and {kills} kills"]
