"""The parts by name, in their order. A part is a function of the options and of one that tells a step;
it returns a table of figures."""
from . import (drift, failback, flows, growth, history, judge, keepalive, loss, outage, overlap, rivals, rounds, route,
               speedclass, status, watcher)

PARTS = {"outage": outage.run, "rivals": rivals.run, "failback": failback.run, "flows": flows.run,
         "loss": loss.run, "round": rounds.run, "watcher": watcher.run,
         "overlap": overlap.run, "route": route.run, "drift": drift.run,
         "speedclass": speedclass.run, "keepalive": keepalive.run, "status": status.run, "history": history.run, "growth": growth.run,
         "judge": judge.run}

# These need no network, and so no root.
UNPRIVILEGED = {"history", "judge"}
