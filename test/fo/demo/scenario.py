"""The article's check, from the normal state through a failure and back, with two flows running."""
import contextlib
import tempfile
import time

from . import checks, events, flows
from .figures import figures
from .lab import settled

STATE_SECONDS = 30  # for all checks of one state: a line that is back has to hold for 10 s first
LEAST_SECONDS = 0.5  # for a check whose state has used that up
RUN_BEFORE = 2.0  # the flows, before the failure
HOLD_FAILED = 8.0
RUN_AFTER = 6.0


def run(kind, build, report):
    """Runs it all and returns the result, which is printed as JSON and drawn."""
    started = time.monotonic()
    with settled(kind, build) as lab:
        report.step("lab", "two routers with keepalived, a LAN, the Internet", time.monotonic() - started)
        result = _Run(lab, report).result()
    return {"kind": kind, "seconds": round(time.monotonic() - started, 1)} | result


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
