"""What a person sees."""
from itertools import zip_longest

from fo.demo.terminal import BOLD, DIM, Terminal

HEAD = ["figure", "ours", "others", "mark"]


class Report(Terminal):
    def part(self, name):
        self.say(f"\n{self.paint(BOLD, name)}")

    def step(self, text):
        """What a single run gave."""
        self.say(self.paint(DIM, f"  {text}"))

    def table(self, figures, seconds):
        rows = [HEAD, *(figure.cells() for figure in figures)]
        widths = [max(map(len, column)) for column in zip(*rows)]
        for row, figure in zip_longest(rows, [None, *figures]):
            line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths))
            sign = "" if figure is None or figure.holds is None else f"  {self.sign(figure.holds)}"
            self.say(f"{line if figure else self.paint(BOLD, line)}{sign}")
        self.step(f"{seconds:.0f} s")

    def verdict(self, missed):
        self.say("")
        for figure in missed:
            self.say(f"{self.sign(False)} {figure.text}")
        if not missed:
            self.say(f"{self.sign(True)} all marks hold")
