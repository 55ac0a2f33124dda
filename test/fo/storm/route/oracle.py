"""What has to be true when the storm is over. Knows fo.conf(5) and fo-route(8), and none of the code;
looks with ip(8) and conntrack(8)."""
import fcntl
import ipaddress
import json
import os
import re

from fo.storm.runs import foreign_files

from . import lines
from . import world as places

# Behind this router, and reached without the default route.
_BEHIND = [ipaddress.ip_network(net) for net in
           (f"{places.LAN}.0/24", "fd00:c0a8::/64", places.VLAN, places.ROUTED)]
_ELSEWHERE = [*_BEHIND, *(ipaddress.ip_network(net) for net in (places.VPN, places.POLICY, places.MARKED))]
_HEALTHY = ("own", "in-lan", "vpn", "foreign", "between", "policy", "marked")
_PAIR = re.compile(r"\b(src|dst)=(\S+)")


def complaints(plan, outcome, world):
    """What is not as it must be; empty when all is."""
    return _Oracle(plan, outcome, world).look()


def complaints_after_stop(plan, world):
    """The same, once the VIP is gone and keepalived has stopped."""
    return _Oracle(plan, None, world).look_after_stop()


class _Oracle:
    def __init__(self, plan, outcome, world):
        self._plan = plan
        self._variant = plan.variant
        self._outcome = outcome
        self._world = world
        self._found = []
        self._addresses = _addresses(world)
        self._vip = places.VIP.split("/")[0] in self._addresses["eth0"]
        vip6 = places.VIP6.split("/")[0] in self._addresses["eth0"]
        self._master6 = vip6 if self._variant.six == "own" else self._vip
        self._line = world.line_address is not None

    def look(self):
        allowed = self._allowed_states()
        state = _state_file()
        self._expect(state in allowed, f"vrrp.state is {state}, not one of {sorted(allowed)}")
        if state == "master unheld":  # keepalived's word: what is applied is another
            state = "backup"
        # Where a run of another state was killed after the last that lived, its half is left.
        half_done = (len(allowed) > 1 and "stop" in allowed
                     and any(run.killed for run in self._outcome.runs))
        keeps = (state == "stop" or half_done) and self._variant.stop == "keep" and "stop" in allowed
        if not keeps:
            self._check_routes(self._vip, self._master6)
        if not keeps and not half_done:
            self._check_switches(state)
        self._check_flows(keeps)
        self._found += lines.complaints(self._variant, self._addresses, self._world)
        self._found += lines.complaints_of_kept(
            [kept for kept in self._plan.kept if kept.words in self._outcome.taken], self._world)
        self._check_memory()
        self._check_statuses()
        self._check_files()
        return self._found

    def look_after_stop(self):
        state = _state_file()
        self._expect(state == "stop", f"after the stop vrrp.state is {state}")
        if self._variant.stop == "keep":
            return self._found
        self._check_routes(False, False)
        for name in self._switches():
            self._expect(places.sysctl(name) in (None, self._initial(name)),
                         f"after the stop {name} is {places.sysctl(name)}, and was {self._initial(name)}")
        self._expect(not os.path.exists(f"{places.RUN}/route.sysctls"), "after the stop route.sysctls is left")
        return self._found

    def _expect(self, good, text):
        if not good:
            self._found.append(text)

    # -- state --------------------------------------------------------------------------------

    def _allowed_states(self):
        """What may be the last to have been told: by those that ran after the last change."""
        late = [run for run in self._outcome.runs if run.alive_at_change or run.after_change]
        told = {run.tells for run in late} - {None}
        if not any(run.tells and run.after_change and not run.killed for run in late):
            told |= {run.tells for run in self._outcome.runs} - {None}
            told.add("backup")
        if self._vip:
            return {"master"}
        # Master was told and not held; or held, and is gone.
        if any(run.tells == "master" for run in self._outcome.runs):
            told |= {"backup", "master unheld"}
        if self._plan.vip or any((event.kind, event.words) == ("vip", "add") for event in self._plan.events):
            told.add("backup")
        return told - {"master"}

    # -- routes -------------------------------------------------------------------------------

    def _check_routes(self, master, master6):
        if not master or self._line:
            self._check_route("-4", "ppp0" if master else f"{places.VIA} eth0")
        if self._variant.six and (not master6 or self._line):
            self._check_route("-6", "ppp0" if master6 else f"{places.VIA6} eth0")

    def _check_route(self, family, wanted):
        routes = json.loads(self._world.ip("-j", family, "route", "show", "default"))
        metric = 1 if family == "-6" else 0
        ours = [f"{route.get('gateway', '')} {route.get('dev', 'several')}".strip() for route in routes
                if route.get("metric", 0) == metric]
        self._expect(ours[:1] == [wanted], f"default routes {family}: {ours}, not {wanted} first")
        own = set().union(*self._addresses.values())
        self._expect(wanted.split()[0] not in own, f"the default route {family} leads to this router itself")
        # The kernel looks for a way only where it forwards.
        lan = wanted == "ppp0" and family == "-4" and places.sysctl("net/ipv4/conf/eth0/forwarding") == 1
        self._found += lines.complaints_of_way(family, wanted, self._world, lan)

    # -- switches -----------------------------------------------------------------------------

    def _switches(self):
        names = []
        if self._variant.redirects == "off":
            names += ["net/ipv4/conf/all/send_redirects", "net/ipv4/conf/eth0/send_redirects"]
        if self._variant.forwarding == "global":
            names.append("net/ipv4/ip_forward")
        if self._variant.forwarding == "lan":
            names += ["net/ipv4/conf/eth0/forwarding", "net/ipv4/conf/ppp0/forwarding"]
        return names

    def _initial(self, name):
        return self._plan.initial.get(name, 0)  # ppp0 has that of `default`

    def _wanted(self, name, state):
        """None: nothing is asked for."""
        if state == "stop":
            return self._initial(name)
        if name.endswith("send_redirects"):
            return 0
        if state == "master":
            return 1 if self._line else None
        return None if "ppp0" in name else 0

    def _check_switches(self, state):
        for name in self._switches():
            wanted, now = self._wanted(name, state), places.sysctl(name)
            self._expect(wanted is None or now is None or now == wanted, f"{name} is {now}, not {wanted}")

    def _check_memory(self):
        """Every switch that is not as it was can be given back."""
        saved = _saved()
        for name, value in saved.items():
            self._expect(value == self._initial(name), f"route.sysctls has {name} {value}")
        for name in self._switches():
            now = places.sysctl(name)
            self._expect(now is None or now == self._initial(name) or name in saved,
                         f"{name} is {now}, was {self._initial(name)}, and is not in route.sysctls")

    # -- flows --------------------------------------------------------------------------------

    def _check_flows(self, keeps):
        left = _flows(self._world)
        for kind, (*flow, _) in self._outcome.flows:
            if self._variant.conntrack == "keep" or kind in _HEALTHY:
                self._expect(tuple(flow) in left, f"the flow {kind} {flow} is gone")
        if keeps or self._variant.conntrack == "keep" or not self._plan.sweeps:
            return
        for flow in left:
            six = ":" in flow[0]
            master = self._master6 if six else self._vip
            if (not six or self._variant.six) and (self._line or not master):
                self._expect(not self._is_stale(flow, master), f"the flow {flow} is stale")

    def _is_stale(self, flow, master):
        src, dst, reply_src, reply_dst = flow
        out = self._addresses["ppp0" if master else "eth0"]
        own = set().union(*self._addresses.values())
        if _is_in(_BEHIND, src):
            if src in own or _is_in(_ELSEWHERE, reply_src):
                return False
            return reply_dst not in out and (master or reply_dst != src)
        if not _is_in(_BEHIND, reply_src) or reply_src in own or dst == reply_src:
            return False
        return dst not in own

    # -- what is left -------------------------------------------------------------------------

    def _check_statuses(self):
        for run in self._outcome.runs:
            code = run.code
            self._expect(code in (0, 2, -9, -15), f"{run.words} ended with {code}")
            needs_line = self._vip or (self._variant.six and self._master6)
            if run.after_change and not run.killed and (self._line or not needs_line):
                self._expect(code == 0, f"{run.words}, after the last change, ended with {code}")

    def _check_files(self):
        # What a killed one had begun to write is its own.
        foreign, self._outcome.left = foreign_files(
            places.RUN, {"history.lock", "route.lock", "route-watch.lock", "vrrp.state", "route.sysctls", "split.asked"},
            {run.pid for run in self._outcome.runs if run.killed} | self._outcome.residents)
        for name in foreign:
            self._expect(False, f"{places.RUN}/{name} is left behind")
        try:
            with open(f"{places.RUN}/route.lock", encoding="ascii") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._expect(False, f"route.lock: {error}")


def _is_in(nets, text):
    address = ipaddress.ip_address(text)
    return any(address in net for net in nets)


def _addresses(world):
    found = {"eth0": set(), "ppp0": set()}
    for link in json.loads(world.ip("-j", "addr")):
        found[link["ifname"]] = {info["local"] for info in link.get("addr_info", [])}
    return found


def _state_file():
    """What was told last."""
    with open(f"{places.RUN}/vrrp.state", encoding="ascii") as file:
        return file.read().strip()


def _saved():
    try:
        with open(f"{places.RUN}/route.sysctls", encoding="ascii") as file:
            return {name: int(value) for name, value in (line.split() for line in file)}
    except FileNotFoundError:
        return {}


def _flows(world):
    """{(src, dst, reply source, reply destination)}, as conntrack(8) prints them."""
    found = set()
    for family in ("ipv4", "ipv6"):
        for line in world.command("conntrack", "-L", "-f", family).splitlines():
            found.add(tuple(value for _, value in _PAIR.findall(line)))
    return found
