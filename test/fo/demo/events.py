"""The logs of a lab, told as a timeline."""
import datetime
import re
from dataclasses import dataclass

_LINE = re.compile(r"\S+ (\d+\.\d+) (.*)")


@dataclass(frozen=True)
class Event:
    at: float  # CLOCK_MONOTONIC
    who: str
    text: str
    mark: str = ""  # its label in a drawing


@dataclass(frozen=True)
class Rule:
    pattern: str
    text: str  # with the pattern's groups
    mark: str = ""


_KEEPALIVED = [
    Rule(r"Script `(\w+)` now returning [1-9]\d*", r"\1 fails", "check fails"),
    Rule(r"Script `(\w+)` now returning 0", r"\1 succeeds", "check good"),
    Rule(r"Track script (\w+) is already running.*", r"\1 waits for its echo", "check waits for its echo"),
    Rule(r"VRRP_Script\((\w+)\) (?:failed|timed_out).*", r"\1: down, failed `fall` times in a row"),
    Rule(r"VRRP_Script\((\w+)\) succeeded", r"\1: up, succeeded `rise` times in a row"),
    Rule(r"\(VI_1\): tracked file (\w+) now FAULT state", r"track_file \1: down, it resigns"),
    Rule(r"\(VI_1\): tracked file (\w+) leaving FAULT state", r"track_file \1: less priority from now on"),
    Rule(r"\(VI_1\) Entering FAULT STATE.*", "FAULT", "FAULT"),
    Rule(r"\(VI_1\) Entering (\w+) STATE.*", r"\1"),
    Rule(r"\(VI_1\) setting VIPs\.", "takes the VIP"),
    Rule(r"\(VI_1\) removing VIPs\.", "gives the VIP up"),
]
_OURS = [
    Rule(r"(fo-watch|fo-check-ftth)\[\d+\]: (ppp0: down.*)", r"\1 \2", "line judged down"),
    Rule(r"(fo-watch|fo-check-ftth)\[\d+\]: (ppp0: up.*)", r"\1 \2", "line judged up"),
    Rule(r"fo-route\[\d+\]: (.*)", r"fo-route \1"),
    Rule(r"fo-speedclass\[\d+\]: (.*)", r"fo-speedclass: \1"),
]


def collect(lab):
    """All that the lab has logged, by time."""
    events = []
    for router in ("main", "sub"):
        events += _read(lab.log(router), router, _KEEPALIVED + _OURS)
    events += _read(lab.log("line-main"), "line", [
        Rule("blackhole on", "main's line is a black hole (ppp0 stays up)", "line fails"),
        Rule("blackhole off", "main's line is good again", "line is back")])
    return sorted([*events, *_api(lab)], key=lambda event: event.at)


def _read(lines, who, rules):
    for line in lines:
        found = _LINE.match(line)
        for rule in rules if found else []:
            # Keepalived's own lines carry its name; the rules do not.
            text = re.sub(r"^Keepalived\w*\[\d+\]: ", "", found[2])
            if (match := re.fullmatch(rule.pattern, text)):
                yield Event(float(found[1]), who, match.expand(rule.text), rule.mark)
                break


def _api(lab):
    offset = _wall_clock_offset(lab)
    for request in lab.api_requests():
        if request["path"].endswith("/update_speed_class") and request["status"] == 200:
            speed_class = request["body"]["speedClass"]
            yield Event(request["time"] - offset, "api", f"speed class {speed_class}", speed_class)


def _wall_clock_offset(lab):
    """Wall clock minus CLOCK_MONOTONIC, from a line of a log, which has both."""
    wall, monotonic = lab.log("main")[0].split()[:2]
    return datetime.datetime.fromisoformat(wall).timestamp() - float(monotonic)


def first(events, who, text, after=0.0):
    """The time of the first such event, or None."""
    return next((event.at for event in events
                 if event.at >= after and event.who == who and event.text.startswith(text)), None)


def vip_periods(events, end):
    """Who had the VIP from when to when: [router, from, to]."""
    periods, since = [], {}
    for event in events:
        if event.text == "takes the VIP":
            since[event.who] = event.at
        elif event.text == "gives the VIP up" and event.who in since:
            periods.append([event.who, since.pop(event.who), event.at])
    return periods + [[router, begin, end] for router, begin in since.items()]
