"""A measured figure, its mark, and how both read."""
import dataclasses
import statistics
from dataclasses import dataclass, field


@dataclass
class Figure:
    text: str
    ours: float | None  # None: it never came
    unit: str = ""
    peers: dict = field(default_factory=dict)  # of others: {name: figure}
    most: float | None = None  # the mark
    mark: str = ""  # in words, where `most` is not the whole story
    firm: bool = False  # no other load of the machine can break it
    runs: list = field(default_factory=list)  # where `ours` is their median
    row: str = ""  # its name in the table of all parts; "": it is not in there
    limit: float | None = None  # what no program could do better; see where it is set

    @property
    def holds(self):
        """None when there is nothing to hold."""
        if self.most is None:
            return None
        return self.ours is not None and self.ours <= self.most

    def result(self):
        """For JSON."""
        return dataclasses.asdict(self) | {"holds": self.holds}

    def cells(self):
        """[figure, ours, others', mark] of a table."""
        peers = ", ".join(f"{name} {self._read(value)}" for name, value in self.peers.items())
        mark = "" if self.most is None else self.mark or f"≤ {self._read(self.most)}"
        return [self.text, self._read(self.ours), peers, mark]

    def _read(self, value):
        return "never" if value is None else f"{number(value)} {self.unit}".strip()


def number(value):
    """Three digits that count; thousands apart."""
    if isinstance(value, int):
        return f"{value:,}".replace(",", " ")
    return f"{value:.{0 if value >= 100 else 1 if value >= 10 else 2}f}"


def median(values):
    """None counts as the worst."""
    found = statistics.median(float("inf") if value is None else value for value in values)
    return None if found == float("inf") else found


def of_peer(figure, peer, share):
    """Marks a figure: at most this share of a peer's."""
    figure.most = figure.peers[peer] * share
    figure.mark = f"≤ {share:.2f} of {peer}: {figure.ours / figure.peers[peer]:.2f}"
    return figure
