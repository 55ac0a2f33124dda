"""The article's check, from the normal state through a failure and back, with two flows running."""
import contextlib
import os
import signal
import tempfile
import time

from . import checks, events, flows
from .errors import DemoError
from .figures import figures
from .lab import TEST, Lab

STATE_SECONDS = 30  # for all checks of one state: a line that is back has to hold for 10 s first
LEAST_SECONDS = 0.5  # for a check whose state has used that up
RUN_BEFORE = 2.0  # the flows, before the failure
HOLD_FAILED = 8.0
RUN_AFTER = 6.0
LAST_LINES = 12  # to show when the lab does not come up

ETC = {"ours": f"{TEST}/../etc", "article": f"{TEST}/article"}


def run(kind, build, report):
    """Runs it all and returns the result, which is printed as JSON and drawn."""
    started = time.monotonic()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    lab = Lab(f"demo-{os.getpid()}")
    options = ["--etc", ETC[kind]] + (["--build", build] if kind == "ours" else ["--build", "none"])
    try:
        _up(lab, options)
        report.step("lab", "two routers with keepalived, a LAN, the Internet", time.monotonic() - started)
        result = _Run(lab, report).result()
    finally:
        lab.down()
    return {"kind": kind, "seconds": round(time.monotonic() - started, 1)} | result


def _up(lab, options):
    try:
        lab.up(*options)
    except DemoError as error:
        raise DemoError("\n  ".join([str(error), *_last_lines(lab)])) from error


def _last_lines(lab):
    """Of main's log, which goes with the lab."""
    try:
        return lab.log("main")[-LAST_LINES:]
    except DemoError:
        return []


def _interrupt(number, _frame):
    raise DemoError(f"ended by {signal.Signals(number).name}")


class _Run:
    def __init__(self, lab, report):
        self._lab = lab
        self._report = report
        self._checked = []

    def result(self):
        lab = self._lab
        private = lab.private_packets()
        with contextlib.ExitStack() as stack:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="fo-demo-"))
            self._check("normal", checks.NORMAL)
            running = self._start_flows(folder, stack)
            time.sleep(RUN_BEFORE)
            lab.line("main", "blackhole", "on")
            self._check("failure", checks.FAILED)
            time.sleep(HOLD_FAILED)
            lab.line("main", "blackhole", "off")
            self._check("failback", checks.NORMAL)
            time.sleep(RUN_AFTER)
            traces = {flow.name: flow.stop() for flow in running}
        story = events.collect(lab)
        return {"checks": self._checked} | figures(traces, story, lab.private_packets() - private)

    def _start_flows(self, folder, stack):
        running = flows.start(self._lab, folder)
        for flow in running:
            stack.callback(flow.abandon)
        for flow in running:
            flow.wait_for_echo()
        return running

    def _check(self, state, wanted):
        """Waits for each in turn, and tells it as it holds; all together within STATE_SECONDS."""
        begin = time.monotonic()
        for check in wanted:
            left = max(LEAST_SECONDS, begin + STATE_SECONDS - time.monotonic())
            holds = check.holds(self._lab, left)
            after = time.monotonic() - begin
            seen = "" if holds else check.seen(self._lab)
            self._checked.append({"state": state, "text": check.text, "holds": holds,
                                  "after_ms": round(after * 1000), "seen": seen})
            self._report.check(state, check.text, holds, after, seen)
