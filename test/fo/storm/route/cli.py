"""The command line."""
import time

from fo.storm import command

from . import monitor, oracle, plan, play, relook, world

NAME = "route-storm"
SEQUENCES = 1000
SHOWN = 2  # failing sequences that are shown in full


def main(words):
    parser = command.parser(NAME, (
        "Random notifications of fo-route: overlapping, reordered, repeated, killed, while the VIP moves "
        "and ppp0 comes and goes, and somebody else changes routes and rules; with a resident, which is killed, "
        "too. In the end what is true must be so."), SEQUENCES)
    parser.add_argument("--switches", type=int, metavar="N",
                        help="instead: N switches, under a monitor of the routing table")
    parser.add_argument("--relook", type=int, metavar="N",
                        help="instead: N times the VIP moves while a state is applied")
    given = parser.parse_args(words)
    return command.run(NAME, given, "fo-route", lambda program: _run(given, program))


def _run(given, program):
    if given.switches:
        return world.inside(program, lambda place: monitor.run(place, given.switches))
    if given.relook:
        return world.inside(program, lambda place: relook.run(place, given.relook))
    return world.inside(
        program, lambda place: _storms(place, command.seeds(given), given.replay is not None))


def _storms(place, seeds, shown):
    failed, kills, runs, left, watched, begin = [], 0, 0, 0, 0, time.monotonic()
    for seed in seeds:
        storm = plan.make(seed)
        with play.playing(storm, place) as outcome:
            found = play.judge(storm, outcome, place)
            if storm.resident and not outcome.watched:
                found.append("the resident has ended")
            found += _stop(storm, place)
        watched += outcome.watched
        runs += len(outcome.runs)
        kills += sum(run.killed for run in outcome.runs)
        left += outcome.left
        if found:
            failed.append(seed)
        command.tell(f"seed {seed}", storm, outcome.said, found, shown or found and len(failed) <= SHOWN)
    print(f"{len(seeds)} sequences from seed {seeds[0]}, {runs} runs, {kills} of them killed "
          f"({left} left a temporary file), {watched} with a resident at the end: "
          f"{len(failed)} wrong{': ' if failed else ''}{' '.join(map(str, failed))}, "
          f"{time.monotonic() - begin:.0f} s", flush=True)
    return not failed


def _stop(storm, place):
    """keepalived takes its addresses away, and stops."""
    for address in (world.VIP, world.VIP6):
        try:
            place.vip(False, address)
        except OSError:
            pass
    done = world.run_fo_route("stop", capture_output=True)
    if done.returncode != 0:
        return [f"the stop at the end ended with {done.returncode}: {done.stderr}"]
    return oracle.complaints_after_stop(storm, place)
