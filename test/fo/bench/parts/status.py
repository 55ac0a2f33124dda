"""What fo-status costs a router on which all is well, each time a person or Prometheus asks."""
import os

from fo.demo.errors import DemoError
from fo.demo.lab import ETC, Lab

from ..figure import Figure, median

RUNS, SHORT_RUNS = 20, 5
MOST_MS = 30
READY_SECONDS = 20
_WELL = "fo-status -q >/dev/null"
_TIMED = "begin=$(date +%s%N); {} >/dev/null; status=$?; echo $status $(($(date +%s%N) - begin))"
_COMMANDS = {"fo-status": "fo-status", "fo-status --json": "fo-status --json", "fo-status metrics": "fo-status metrics"}


def run(options, step):
    times = options.times(RUNS, SHORT_RUNS)
    table = []
    lab = Lab(f"status-{os.getpid()}")
    try:
        lab.up("--etc", ETC["ours"], "--build", options.build, "--settled")
        lab.do("sub", "fo-keepalive -q")
        for router in ("main", "sub"):
            if not lab.wait(router, READY_SECONDS, _WELL):
                raise DemoError(f"{router}: not all is well")
            for name, command in _COMMANDS.items():
                step(f"{times} times {name} on {router}")
                runs = [_milliseconds(lab, router, command) for _ in range(times)]
                table.append(Figure(f"{name} on {router}", median(runs), "ms", most=MOST_MS, runs=runs))
    finally:
        lab.down()
    return table


def _milliseconds(lab, router, command):
    status, nanoseconds = lab.output(router, _TIMED.format(command)).split()
    if status != "0":
        raise DemoError(f"{router}: {command}: exit status {status}")
    return int(nanoseconds) / 1e6
