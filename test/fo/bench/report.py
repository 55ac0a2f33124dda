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

    def summary(self, lines):
        """One table of all parts; the first line is its head."""
        widths = [max(map(len, column)) for column in zip(*lines)]
        self.say("")
        for at, line in enumerate(lines):
            text = "  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip()
            self.say(text if at else self.paint(BOLD, text))

    def verdict(self, missed):
        self.say("")
        for figure in missed:
            self.say(f"{self.sign(False)} {figure.text}")
        if not missed:
            self.say(f"{self.sign(True)} all marks hold")
