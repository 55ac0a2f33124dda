"""What has to be true when the storm is over. Knows fo-speedclass(8), and none of the code."""
import os
import stat

from fo.storm.runs import foreign_files
from fo.storm.sandbox import RUN

from . import world as places
from .plan import LONGEST_PAUSE_S

FILES = {places.LIB: {"speedclass.wanted", "speedclass.raised", "history", "usage"},
         RUN: {"speedclass.lock", "speedclass.wanted", "speedclass.known", "speedclass.looked", "speedclass.raised",
               "history.lock", "soracom.token", "usage", "usage.lock", "vrrp.state"}}
SHORTEST_PAUSE_S = 0.5  # a second, less a random share of up to a half
CLOCK_SPARE_S = 0.1
WORD_S = 1.5  # as long a word may take until the worker heeds it
NOTICE_S = 3  # a worker notices within a second that another class is wanted; the machine may be busy


def complaints(plan, outcome):
    """What is not as it must be; empty when all is."""
    return [*outcome.wrong, *_statuses(plan, outcome), *_requests(outcome), *_obsolete(outcome), *_pauses(plan, outcome),
            *_files(plan, outcome), *_leaks(outcome)]


def _statuses(plan, outcome):
    allowed = {0, 1, 2, -9, -15}
    for run in outcome.runs:
        if run.code not in allowed or run.killed and run.signalled is None:
            yield f"{run.words} ended with {run.code}"
    if any(event.kind in ("disk", "garble") for event in plan.events):
        return
    for run in outcome.runs:
        is_hidden = run.words == "get" and not plan.variant.can_read
        if run.code == 2 and run.words != "login" and not plan.may_refuse and not is_hidden:
            yield f"{run.words} ended with 2: nothing was refused, and nothing of this machine was wrong"


def _requests(outcome):
    for reason in outcome.rejections:
        yield f"a request against the definition: {reason}"


def _obsolete(outcome):
    """Nobody asks for a class that has long been wanted no more. (`login` sets the one that there is.)"""
    if any(run.words == "login" for run in outcome.runs):
        return
    for entry in outcome.log:
        asked = entry["body"].get("speedClass") if isinstance(entry["body"], dict) else None
        late_s = entry["time"] - outcome.told_s
        if asked not in (None, outcome.wanted) and late_s > NOTICE_S:
            yield f"{asked} is asked for {late_s:.1f} s after {outcome.wanted} was wanted"


def _pauses(plan, outcome):
    """Nobody is hammered: a request that failed comes again only after the pause that
    a server in trouble asked for, or a second; after a 429 nothing comes before that. (A run that begins
    has no such duty, nor one that has been told of another class.)"""
    if any(event.kind == "disk" and event.words == "run full" for event in plan.events):
        return  # without a lock there may be several workers
    kinds = [event.words for event in plan.events if event.kind == "fault"]
    asked = {event.words: event.more.get("seconds", 0) for event in plan.events if event.kind == "fault"}
    for before, entry in _in_turn(outcome.log):
        fault = before["fault"] or ""
        is_same = (before["path"], before["body"]) == (entry["path"], entry["body"])
        if not (fault == "429" or fault.startswith("5") and is_same):
            continue
        if any(before["time"] - WORD_S <= mark <= entry["time"] for mark in outcome.marks):
            continue
        least_s = SHORTEST_PAUSE_S
        if kinds.count(fault) == 1:  # else it is not known which of them was met
            least_s = max(least_s, min(LONGEST_PAUSE_S, asked[fault]))
        gap_s = entry["time"] - before["time"]
        if gap_s < least_s - CLOCK_SPARE_S:
            yield f"{entry['path']} is asked {gap_s:.2f} s after a {fault}, not {least_s} s"


def _in_turn(log):
    """Each request with the one before it on the same connection, and with the last one like it."""
    last = {}
    for entry in log:
        for key in (entry["connection"], f"{entry['path']} {entry['body']}"):
            if key in last:
                yield last[key], entry
            last[key] = entry


def _files(plan, outcome):
    killed = {run.pid for run in outcome.runs if run.killed}
    if any(event.kind == "disk" for event in plan.events):  # what could not be removed then
        killed = {run.pid for run in outcome.runs}
    for folder, known in FILES.items():
        if not os.path.isdir(folder):
            continue
        foreign, begun = foreign_files(folder, known, killed)
        outcome.left += begun
        for name in foreign:
            yield f"{folder}/{name} is left behind"
        for name in os.listdir(folder):
            yield from _file(f"{folder}/{name}", "soracom.token" in name, plan, outcome.secrets)


def _file(path, may_be_secret, plan, secrets):
    mode = stat.S_IMODE(os.stat(path).st_mode)
    if may_be_secret:
        if mode != 0o600:
            yield f"{path} has the mode {mode:o}"
        return
    if mode & ~0o644:
        yield f"{path} has the mode {mode:o}"
    with open(path, "rb") as file:
        content = file.read()
    if any(secret.encode() in content for secret in secrets):
        yield f"{path} has a secret in it"


def _leaks(outcome):
    for line in outcome.said.splitlines():
        if any(secret in line for secret in outcome.secrets):
            yield "a secret is said"
