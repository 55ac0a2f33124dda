"""A line that loses some of its packets stays in use, one that loses most does not. One of the three targets
is dead meanwhile."""
import time

from fo.demo import events
from fo.demo.checks import vip_on
from fo.demo.lab import settled

from ..figure import Figure

MINUTES, SHORT_MINUTES = 10, 1
SOME_PCT, MOST_PCT = 10, 60
LEFT_SECONDS = 30  # [check] window: by then all that it holds is the bad time
GIVE_UP_SECONDS = 120
DEAD = ("nft 'add table ip dead; add chain ip dead in { type filter hook input priority 0; };"
        " add rule ip dead in ip daddr 1.1.1.1 drop'")


def run(options, step):
    minutes = options.pick(MINUTES, SHORT_MINUTES)
    with settled("ours", options.build) as lab:
        lab.do("isp", DEAD)
        lab.line("main", "loss", str(SOME_PCT))
        begin = time.monotonic()
        for minute in range(minutes):
            time.sleep(max(0.0, begin + 60 * (minute + 1) - time.monotonic()))
            step(f"{minute + 1} of {minutes} minutes: {_failovers(lab, begin)} failovers")
        false = _failovers(lab, begin)
        worse = time.monotonic()
        lab.line("main", "loss", str(MOST_PCT))
        vip_on("sub").holds(lab, GIVE_UP_SECONDS)
        left = events.first(events.collect(lab), "sub", "takes the VIP", worse)
    return [Figure(f"failovers in {minutes} min with {SOME_PCT} % loss, one of 3 targets dead", false, most=0),
            Figure(f"until sub has the VIP, with {MOST_PCT} % loss",
                   None if left is None else left - worse, "s", most=LEFT_SECONDS)]


def _failovers(lab, begin):
    return sum(event.at >= begin and event.who == "main" and event.text == "FAULT"
               for event in events.collect(lab))
