"""One check of a good line, as keepalived makes one every second: what it costs beside ping and fping."""
from fo.demo.lab import ETC

from .. import spawn, wire
from ..figure import Figure, median, of_peer

RUNS, SHORT_RUNS = 200, 50
COUNTED = 5  # times: which target is asked first is chance, and with it a few instructions
MOST_OF_PING = 0.40

_OURS = {"round: one target": [wire.CHECK, "-i", "ppp0", wire.TARGET],
         "round: fo.conf, no watcher": [wire.CHECK, "-c", wire.CONF]}
_BARE = ("round: one target",)
_WATCHED = {"round: fo.conf, watcher at work": [wire.CHECK, "-c", wire.CONF]}
_PEERS = {"ping": ["ping", "-n", "-s", "0", "-c", "1", "-I", "ppp0", wire.TARGET],
          "fping": ["fping", "-q", "-r", "0", "-b", "0", "-I", "ppp0", wire.TARGET],
          "the article's": [f"{ETC['article']}/main/check_ftth"]}


def run(options, step):
    times = options.times(RUNS, SHORT_RUNS)
    counted, timed = wire.measure(options.build, lambda: _measure(times, step))
    table = []
    for name, counts in counted.items():
        if name not in _PEERS:
            peers = {peer: median(counted[peer]) / 1000 for peer in _PEERS}
            figure = Figure(f"{name}, instructions", median(counts) / 1000, "k", peers, firm=True, runs=counts,
                            row=f"one probe, {name.removeprefix('round: ')}: instructions")
            # ping reads no configuration: like is compared with like.
            table.append(of_peer(figure, "ping", MOST_OF_PING) if name in _BARE else figure)
    for both in timed:
        peers = {peer: both.pop(peer) for peer in _PEERS}
        table += [of_peer(Figure(f"{name}, time", taken, "ms", peers), "ping", 1.0)
                  for name, taken in both.items()]
    return table


def _measure(times, step):
    counted = _count(_OURS | _PEERS)
    step(f"{COUNTED} of each below callgrind; {times} of each against the clock, in turns")
    timed = [spawn.wall_ms(_OURS | _PEERS, times)]
    with wire.watched():
        counted |= _count(_WATCHED)
        timed.append(spawn.wall_ms(_WATCHED | _PEERS, times))
    return counted, timed


def _count(commands):
    return {name: [spawn.instructions(argv) for _ in range(COUNTED)] for name, argv in commands.items()}
