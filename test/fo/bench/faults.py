"""What may befall main, and the longest gap in a LAN host's pings, 100 a second, that follows. `least` is what no
program can beat in the mean at the settings that are shipped, with a line that has no round trip to speak of:

- A black hole: silence is death after `fall` x `round-timeout` (2 x 225 ms) from the last answer, which is 50
  ms old in the mean (interval 100 ms). Whoever answers later than that is late, not dead, so nobody may judge
  sooner.
- An interface that is down or gone: the kernel says so at once.
- Main resigns, by an advertisement of priority 0: sub waits its skew time (RFC 9568, 6.1), (256 - 200) / 256 x
  advert_int = 22 ms.
- Main has no power: sub waits for 3 advertisements (0.1 s) and its skew time from the last one, 50 ms old in
  the mean.
- A gap between two pings cannot be shorter than from one to the next, 10 ms.
"""
import random
import time
from dataclasses import dataclass

from fo.demo import flows
from fo.demo.checks import vip_on

CHECK_SECONDS = 1.0  # the slowest interval of ours: a fault comes at a random moment of it
FAILOVER_SECONDS = 20
AFTER_SECONDS = 1.0  # the flow, after sub has the VIP

_PING, _SKEW = 0.010, 0.022


@dataclass(frozen=True)
class Fault:
    text: str
    short: str
    most: float  # seconds, with the watcher
    least: float
    strike: object  # a function of the lab


BLACK_HOLE = Fault("main's line is a black hole", "silent", 0.8, 0.450 - 0.050 + _SKEW + _PING,
                   lambda lab: lab.line("main", "blackhole", "on"))
DOWN = Fault("main's ppp0 is down", "down", 0.3, _SKEW + _PING, lambda lab: lab.do("main", "ip link set ppp0 down"))
GONE = Fault("main's ppp0 is gone", "gone", 0.3, _SKEW + _PING, lambda lab: lab.line("main", "kill"))
POWER = Fault("main has no power", "power", 0.5, 3 * 0.1 + _SKEW - 0.050 + _PING,
              lambda lab: lab.router("main", "power-off"))
FAULTS = (BLACK_HOLE, DOWN, GONE, POWER)


def strike(lab, fault, folder, within=FAILOVER_SECONDS, interval=CHECK_SECONDS):
    """When the fault came, at the earliest, and what became of the pings."""
    flow = flows.Flow(lab, "icmp", folder)
    try:
        flow.wait_for_echo()
        time.sleep(CHECK_SECONDS + interval * random.random())
        struck = time.monotonic()
        fault.strike(lab)
        vip_on("sub").holds(lab, within)
        time.sleep(AFTER_SECONDS)
        return struck, flow.stop()
    finally:
        flow.abandon()
