"""The parts by name, in their order. A part is a function of the options and of one that tells a step;
it returns a table of figures."""
from . import drift, failback, loss, outage, overlap, rounds, route, speedclass, watcher

PARTS = {"outage": outage.run, "failback": failback.run, "loss": loss.run, "round": rounds.run, "watcher": watcher.run,
         "overlap": overlap.run, "route": route.run, "drift": drift.run,
         "speedclass": speedclass.run}
