"""The command line."""
import multiprocessing
import signal
import statistics
import time

from fo.kernel import namespace
from fo.storm import command

from . import oracle, plan, play, world

NAME = "class-storm"
SEQUENCES = 500
PARALLEL = 16
PORTION = 8  # sequences for which one server is started
SHOWN = 2  # failing sequences that are shown in full


def main(words):
    parser = command.parser(NAME, (
        "Random faults of SORACOM's API, notifications and kills of fo-speedclass, while the VIP moves. When "
        "the faults are over, the SIM must get the class that the VIP calls for within a minute."), SEQUENCES)
    parser.add_argument("--single", nargs="*", metavar="FAULT",
                        help="instead: each fault by itself, or those named")
    parser.add_argument("--parallel", type=int, default=PARALLEL, metavar="P",
                        help=f"so many at once (default {PARALLEL})")
    given = parser.parse_args(words)
    unknown = set(given.single or []) - set(plan.SINGLES)
    if unknown:
        parser.error(f"no fault {', '.join(sorted(unknown))}; there are {', '.join(plan.SINGLES)}")
    return command.run(NAME, given, "fo-speedclass", lambda program: _storms(program, given))


def _storms(program, given):
    storms = (plan.singles(given.single) if given.single is not None
              else [plan.make(seed) for seed in command.seeds(given)])
    portion = max(1, min(PORTION, len(storms) // (4 * given.parallel)))
    portions = [(program, storms[at:at + portion]) for at in range(0, len(storms), portion)]
    tally = _Tally(given.replay is not None)
    begin = time.monotonic()
    with multiprocessing.get_context("fork").Pool(given.parallel, _end_with_parent) as pool:
        for reports in pool.imap_unordered(_play_portion, portions, chunksize=1):
            for report in reports:
                tally.add(report)
    tally.end(len(storms), given, time.monotonic() - begin)
    return not tally.failed


def _end_with_parent():
    namespace.die_with_parent(signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent's to hear


def _play_portion(portion):
    program, storms = portion
    return world.inside(program, lambda place: [_play(storm, place) for storm in storms])


def _play(storm, place):
    outcome = play.play(storm, place)
    found = oracle.complaints(storm, outcome)
    return {"name": storm.name, "plan": str(storm), "said": outcome.said, "found": found,
            "runs": len(outcome.runs), "killed": sum(run.killed for run in outcome.runs),
            "requests": len(outcome.log), "faulty": sum(entry["fault"] is not None for entry in outcome.log),
            "timers": outcome.timers, "was_wrong": outcome.was_wrong, "left": outcome.left, "seconds": outcome.seconds}


class _Tally:
    def __init__(self, is_shown):
        self._is_shown = is_shown
        self._reports = []
        self.failed = []

    def add(self, report):
        self._reports.append(report)
        if report["found"]:
            self.failed.append(report["name"])
        in_full = self._is_shown or report["found"] and len(self.failed) <= SHOWN
        command.tell(report["name"], report["plan"], report["said"], report["found"], in_full)

    def _sum(self, key):
        return sum(report[key] for report in self._reports)

    def end(self, count, given, seconds):
        times = sorted(report["seconds"] for report in self._reports if report["seconds"] is not None)
        what = "faults by themselves" if given.single is not None else f"sequences from seed {command.seeds(given)[0]}"
        print(f"{count} {what}: {self._sum('runs')} runs, {self._sum('killed')} of them killed ({self._sum('left')} "
              f"left a temporary file), {self._sum('requests')} requests, {self._sum('faulty')} met a fault")
        print(f"{self._sum('was_wrong')} had the wrong class when the faults ended")
        if times:
            late = times[min(len(times) - 1, int(len(times) * 0.95))]
            slowest = max((report for report in self._reports if report["seconds"] is not None),
                          key=lambda report: report["seconds"])
            print(f"from the end of the faults to the right class: median {statistics.median(times):.1f} s, 95 of "
                  f"100 {late:.1f} s, longest {times[-1]:.1f} s ({slowest['name']})")
        again = sum(report["timers"] > 1 for report in self._reports)
        print(f"{again} needed the timer twice; {len(self.failed)} wrong{': ' if self.failed else ''}"
              f"{', '.join(self.failed)}; {seconds:.0f} s", flush=True)
