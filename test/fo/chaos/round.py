"""One round: a lab of its own, a plan, and what came of it."""
import os
import shutil
import tempfile
from dataclasses import dataclass, field

from fo.errors import LabError

from .play import play
from .world import World


@dataclass
class Result:
    plan: object
    violations: list = field(default_factory=list)
    notes: list = field(default_factory=list)
    seconds: float = 0.0
    lateness: float = 0.0
    moves: int = 0
    watched: dict = field(default_factory=dict)
    longest: dict = field(default_factory=dict)
    folder: str = ""  # of the logs, where something was wrong
    cannot: str = ""  # why there was no round

    @property
    def names(self):
        return {violation.name for violation in self.violations}

    def __str__(self):
        if self.cannot:
            return f"{self.plan.name}: could not be played: {self.cannot}; logs in {self.folder}"
        lines = [f"{self.plan.name}: {violation}" for violation in self.violations]
        if lines:
            lines.append(f"{self.plan.name}: logs in {self.folder}/log")
        return "\n".join(lines)

    def as_json(self):
        return {"seed": self.plan.seed, "plan": str(self.plan).splitlines()[1:], "cannot": self.cannot,
                "violations": [str(violation) for violation in self.violations], "notes": self.notes,
                "seconds": round(self.seconds, 1), "lateness": round(self.lateness, 3), "moves": self.moves,
                "watched": {name: round(share, 3) for name, share in self.watched.items()},
                "longest": {name: round(seconds, 2) for name, seconds in self.longest.items()},
                "logs": self.folder}


def run(plan, build, calm_seconds):
    folder = tempfile.mkdtemp(prefix=f"fo-chaos-{plan.seed}-")
    world = World(f"chaos{os.getpid()}", build, folder)
    result = Result(plan, folder=folder)
    try:
        try:
            world.up(plan)
            outcome = play(plan, world, calm_seconds)
        finally:
            world.down()
    except LabError as error:
        result.cannot = str(error)
        return result
    result.violations, result.notes = outcome.violations, outcome.notes
    result.watched, result.longest = outcome.watched, outcome.longest
    result.seconds, result.lateness, result.moves = outcome.seconds, outcome.lateness, outcome.moves
    with open(f"{folder}/plan", "w", encoding="utf-8") as file:
        file.write(f"{plan}\n{''.join(f'# {line}{chr(10)}' for line in str(result).splitlines())}"
                   + "".join(f"# {line}\n" for line in "\n".join(result.notes).splitlines()))
    if not result.violations:
        shutil.rmtree(folder)
        result.folder = ""
    return result
