"""A long history: what reading and showing it costs."""
import os
import random
import tempfile
import time

from fo.demo.errors import DemoError
from fo.month.event import write
from fo.month.make import many

from ..figure import Figure, median

RUNS, SHORT_RUNS = 20, 5
EVENTS = 10_000
MOST_MS = 50
_FORMS = {"as text": [], "as JSON": ["--json"]}


def run(options, step):
    times = options.times(RUNS, SHORT_RUNS)
    table = []
    with tempfile.TemporaryDirectory() as directory:
        os.mkdir(f"{directory}/lib")
        write(f"{directory}/lib/history", many(EVENTS, int(time.time() * 1000), random.Random(1)))
        for name, words in _FORMS.items():
            argv = [f"{options.build}/cmd/fo-status", "history", *words]
            step(f"{times} times {EVENTS} events {name}")
            runs = [_cpu_ms(argv, {**os.environ, "FO_STATE_DIR": directory}) for _ in range(times)]
            table.append(Figure(f"{EVENTS} events {name}: CPU", median(runs), "ms", most=MOST_MS, runs=runs))
    return table


def _cpu_ms(argv, environment):
    silence = [(os.POSIX_SPAWN_OPEN, fd, "/dev/null", os.O_RDWR, 0) for fd in (0, 1, 2)]
    pid = os.posix_spawn(argv[0], argv, environment, file_actions=silence)
    _, status, usage = os.wait4(pid, 0)
    if status != 0:
        raise DemoError(f"{' '.join(argv)}: exit status {os.waitstatus_to_exitcode(status)}")
    return (usage.ru_utime + usage.ru_stime) * 1000
