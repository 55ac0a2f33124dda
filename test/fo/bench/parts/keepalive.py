"""What keeping LTE's session up costs in a month, in bytes of IP packets on the line."""
import time

from fo.demo.errors import DemoError
from fo.demo.lab import settled

from ..figure import Figure

RUNS, SHORT_RUNS = 10, 3
IDLE_SECONDS, SHORT_IDLE_SECONDS = 60, 10
MONTH_S = 30 * 86_400
EVERY_S = 20 * 60  # ../../../../systemd/fo-keepalive.timer
# An ICMP echo and its answer, without data: 20 bytes of IP, 8 of ICMP.
LEAST = 2 * 28
MOST_MB = 1.0


def run(options, step):
    times = options.times(RUNS, SHORT_RUNS)
    with settled("ours", options.build) as lab:
        _wait_until_quiet(lab)
        begin = _bytes(lab)
        time.sleep(options.pick(IDLE_SECONDS, SHORT_IDLE_SECONDS))
        idle = _bytes(lab) - begin
        begin = _bytes(lab)
        for _ in range(times):
            lab.do("sub", "fo-keepalive -q --probe")
        each = (_bytes(lab) - begin) / times
    step(f"{each:.0f} bytes a run, {idle} bytes between runs")
    return [Figure("an idle line's bytes without a run, sub's", idle, "bytes", most=0, firm=True),
            Figure("one run", each, "bytes", row="keepalive: one echo", limit=float(LEAST)),
            Figure("a month of runs", each * MONTH_S / EVERY_S / 1e6, "MB", most=MOST_MB, firm=True, row="keepalive: a month",
                   limit=LEAST * MONTH_S / EVERY_S / 1e6)]


def _bytes(lab):
    facts = dict(line.split(maxsplit=1) for line in lab.line("sub", "status").splitlines())
    return int(facts["up-bytes"]) + int(facts["down-bytes"])


def _wait_until_quiet(lab):
    """The class is looked at after a start."""
    until = time.monotonic() + 30
    while True:
        before = _bytes(lab)
        time.sleep(2)
        if _bytes(lab) == before:
            return
        if time.monotonic() > until:
            raise DemoError("sub's line is never quiet")
