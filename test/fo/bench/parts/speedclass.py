"""fo-speedclass beside curl, which makes the same calls: on a loopback what a run costs, and on an idle SIM's
line how soon after a failover the class is raised, and what that sends."""
import shutil

from fo.demo.lab import settled

from .. import cloud, curl, lte, spawn
from ..figure import Figure, median

RUNS, SHORT_RUNS = 5, 1
LOADED_RUNS = 3  # at most: each may last as long as one waits
COSTS, SHORT_COSTS = 20, 5
MOST_MB, MOST_CPU_MS = 15, 60
# The LAN's traffic: a little more than the line carries, and ten times that.
_LOADS = {"40 kbit/s": ["-s", "972", "-i", "0.2"], "400 kbit/s": ["-s", "972", "-i", "0.02"]}
_SET = [cloud.SPEEDCLASS, "-c", cloud.CONF, "set"]
_SYNC = [cloud.SPEEDCLASS, "-c", cloud.CONF, "sync"]


def run(options, step):
    times = options.times(COSTS, SHORT_COSTS)
    table = _costs(cloud.measure(options.build, lambda url: _loopback(url, times, step)))
    times = options.times(RUNS, SHORT_RUNS)
    with settled("ours", options.build) as lab:
        lte.prepare(lab)
        table += [figure for case in lte.CASES for figure in _beside(lab, case, times, step)]
        table += [_loaded(lab, load, min(times, LOADED_RUNS), step) for load in _LOADS]
        for case in (lte.CASES[0], lte.CASES[2]):
            table += _busy(lab, case, times, step)
        lte.lengthen_chain(lab)
        for case in lte.CASES[:2]:
            table += _beside(lab, case, times, step, ", public chain")
    return table


# -- the line -------------------------------------------------------------------------------


def _beside(lab, case, times, step, more=""):
    """Of one case, in turns."""
    text = f"{case.name}{more}"
    ours, theirs = [], []
    for _ in range(times):
        for found, runs in zip(lte.fail_over(lab, case), (ours, theirs)):
            runs.append(found)
        step(f"{text}: {_told(ours[-1])}; curl {_told(theirs[-1])}")
        if (ours[-1]["requests"], ours[-1]["connections"]) != (case.requests, 1):
            for line in ours[-1]["log"]:
                step(line)
    def figure(name, key, unit="", **mark):
        runs = [one[key] for one in ours]
        return Figure(f"{name}, {text}", median(runs), unit, {"curl": median([one[key] for one in theirs])},
                      runs=runs, **mark)
    return [figure("class raised after", "seconds", "s", most=case.most, row=f"class raised, 32 kbit/s, {text}"),
            figure("  bytes on the line", "bytes"),
            figure("  requests", "requests", most=case.requests, firm=True),
            figure("  connections", "connections", most=1, firm=True)]


def _loaded(lab, load, times, step):
    """What the LAN brings with it."""
    case = lte.CASES[0]
    found = [lte.fail_over_loaded(lab, case, _LOADS[load]) for _ in range(times)]
    step(f"{case.name}, the LAN sends {load}: " + ", ".join(map(_seconds, found)))
    return Figure(f"class raised after, {case.name}, the LAN sends {load}", median(found), "s", most=case.most,
                  runs=found)


def _busy(lab, case, times, step):
    """At most, over all that a household may send."""
    runs = []
    for household in lte.HOUSEHOLDS if times > SHORT_RUNS else lte.HOUSEHOLDS[::3]:
        for _ in range(times):
            seconds, gap = lte.fail_over_busy(lab, case, household)
            step(f"{case.name}, {lte.HOSTS} hosts send {household.name}: {_seconds(seconds)}, longest gap of a ping "
                 f"{gap:.2f} s")
            runs.append((seconds, gap))
    raised, gaps = [seconds for seconds, _ in runs], [gap for _, gap in runs]
    of_all = f"{case.name}, {lte.HOSTS} hosts, of {len(runs)}"
    return [Figure(f"class raised after, {of_all}, at most", None if None in raised else max(raised), "s",
                   most=3.0, runs=raised, row=f"class raised, 32 kbit/s, {case.name}, busy LAN: worst"),
            Figure("  longest gap of a LAN's ping, at most", max(gaps), "s", most=1.0, runs=gaps)]


def _told(found):
    return (f"{_seconds(found['seconds'])}, {found['bytes']} bytes, {found['requests']} requests, "
            f"{found['connections']} connections")


def _seconds(value):
    return "never" if value is None else f"{value:.2f} s"


# -- the loopback ---------------------------------------------------------------------------


def _loopback(url, times, step):
    step(f"{times} of each on a loopback, in turns; {cloud.authorities()} authorities are trusted")
    login, token = (make(url, cloud.INTERFACE) for make in (curl.with_login, curl.with_token))
    found = {name: [] for name in ("login", "token", "same", "idle", "curl login", "curl token")}
    for _ in range(times):
        shutil.rmtree(cloud.STATE, ignore_errors=True)
        found["login"].append(spawn.cost([*_SET, "s1.fast"]))
        found["curl login"].append(spawn.cost(login))
        found["token"].append(spawn.cost([*_SET, "s1.minimum"]))
        found["curl token"].append(spawn.cost(token))
        found["same"].append(spawn.cost([*_SET, "s1.minimum"]))
        spawn.cost(_SYNC)
        found["idle"].append(spawn.cost([*_SYNC, "--if-due"]))
    requests, packets = cloud.requests(), cloud.packets()
    counts = {"same": spawn.instructions([*_SET, "s1.minimum"]),
              "idle": spawn.instructions([*_SYNC, "--if-due"])}
    sent = {"requests": cloud.requests() - requests, "packets": cloud.packets() - packets}
    return {"costs": found, "counts": counts, "sent": sent}


def _costs(found):
    costs = found["costs"]
    table = []
    for name, text in (("login", "set with a login"), ("token", "set, token cached")):
        table += [_cost(f"{text}, memory at most", costs, name, "rss_mb", "MB", max, most=MOST_MB, firm=True),
                  _cost(f"{text}, CPU", costs, name, "cpu_ms", "ms", median, most=MOST_CPU_MS)]
    for name, text in (("same", "set, already set"), ("idle", "sync --if-due, not due")):
        runs = [one["cpu_ms"] for one in costs[name]]
        table += [Figure(f"{text}, CPU", median(runs), "ms", runs=runs),
                  Figure(f"{text}, instructions", found["counts"][name] / 1000, "k")]
    return [*table, *(Figure(f"both of these, {what}", count, most=0, firm=True)
                      for what, count in found["sent"].items())]


def _cost(text, costs, name, key, unit, choose, **mark):
    ours, theirs = [[one[key] for one in costs[who]] for who in (name, f"curl {name}")]
    return Figure(text, choose(ours), unit, {"curl": choose(theirs)}, runs=ours, **mark)
