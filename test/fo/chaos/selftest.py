"""The oracle must be able to fail: each invariant broken on purpose, and a day on which nothing is."""
from . import campaign
from .plan import Fault, Plan

SABOTAGE_CALM_SECONDS = 20
# Each with the names of what has to be found.
PLANS = (
    (Plan(-1, ()), set()),
    (Plan(-2, (Fault(14, 2, "s-two-masters", "sub"), Fault(20, 3, "s-no-route", "sub"),
               Fault(26, 3, "s-own-route", "sub"), Fault(32, 1, "s-private", "main"),
               Fault(38, 12, "s-stuck-flow", "lan"), Fault(54, 12, "s-lan-cut", "lan"))),
     {"two-masters", "no-route-sub", "own-route-sub", "private", "stuck-flow", "lan-cut"}),
    (Plan(-3, (Fault(0, 0, "s-alert", "main"), Fault(1, 5, "blackhole", "main", ("blackhole", "on")),
               Fault(20, 0, "s-history", "main"), Fault(21, 0, "s-crash", "sub"),
               Fault(21, 0, "s-leave", "sub"), Fault(22, 0, "s-class", "sub"),
               Fault(23, 0, "s-keepalived", "main"))),
     {"over-lte", "history", "left-behind", "crash", "alert", "class", "main-is-master", "sub-is-backup",
      "lan-over-main", "main-route", "sub-route", "status-main", "status-sub"}),
)


def run(build, jobs):
    """Whether each invariant is found broken where it is, and none where all is well."""
    wanted = {its.seed: names for its, names in PLANS}
    held = True
    for result in campaign.results([its for its, _ in PLANS], build, jobs, SABOTAGE_CALM_SECONDS):
        print(f"{result}", flush=True)
        missing = wanted[result.plan.seed] - result.names
        surplus = result.names if not wanted[result.plan.seed] else set()
        held = held and not missing and not surplus and not result.cannot
        print(f"{result.plan.name}: not found: {', '.join(sorted(missing)) or 'none'}"
              f"{'; found although nothing was broken: ' if surplus else ''}{', '.join(sorted(surplus))}", flush=True)
    return held
