"""The table of all parts as an SVG: a bar for each outage, on a scale of seconds by tens, and the other rows as text."""
import math

from fo.demo.canvas import WIDTH, Canvas

from . import summary
from .figure import number

LEFT, RIGHT, ABOVE = 180, 96, 52
BAR, STEP = 11, 16
SECONDS = (0.01, 300.0)
FAULTS = {"silent": "main's line is a black hole", "down": "main's ppp0 is down", "gone": "main's ppp0 is gone",
          "power": "main has no power"}
NAMES = dict(zip(summary.COLUMNS, summary.HEAD[1:]))
_STYLE = """
.ours { fill: #3f8f5f }
.theirs { fill: #8a93a3 }
.worst { stroke: #b0453c; stroke-width: 2 }
.limit { stroke: #3a4150; stroke-dasharray: 2 2 }
@media (prefers-color-scheme: dark) {
.ours { fill: #6dc493 }
.theirs { fill: #6b7585 }
.worst { stroke: #ea7f74 }
.limit { stroke: #c9d1dc }
}
"""


def write(path, table, note):
    with open(path, "w", encoding="utf-8") as file:
        file.write(draw(table, note))


def draw(table, note):
    drawing = Canvas("Outages, costs and growth: failover-helpers beside others", _STYLE)
    drawing.write(20, 26, "How long a LAN host is cut off, and what it costs", "title")
    drawing.write(20, 44, note, "small")
    y = ABOVE
    outages = {row["name"]: row for row in table if row["name"].startswith("outage, ")}
    for fault, title in FAULTS.items():
        median = outages.get(f"outage, {fault}: median")
        worst = next((row for name, row in outages.items() if name.startswith(f"outage, {fault}: worst")), None)
        if median is not None and worst is not None:
            y = _panel(drawing, y + 8, title, median, worst)
    if outages:
        y = _explain(drawing, y + 4)
    rest = [row for row in table if row["name"] not in outages]
    return drawing.text(_text(drawing, y + 14, rest) + 12)


def _x(seconds):
    low, high = map(math.log10, SECONDS)
    share = (math.log10(min(max(seconds, SECONDS[0]), SECONDS[1])) - low) / (high - low)
    return LEFT + share * (WIDTH - LEFT - RIGHT)


def _panel(drawing, y, title, median, worst):
    drawing.write(20, y + 14, title, "name")
    top = y = y + 22
    for name in summary.COLUMNS:
        if name in median["values"]:
            _bar(drawing, y, name, median["values"][name], worst["values"][name])
            y += STEP
    for power in (0.1, 1, 10, 100):
        drawing.line(_x(power), top - 2, _x(power), y, "grid", behind=True)
        drawing.write(_x(power), y + 11, f"{power:g} s", "small", "middle")
    drawing.line(_x(median["limit"]), top - 2, _x(median["limit"]), y, "limit")
    return y + 14


def _bar(drawing, y, name, median, worst):
    drawing.write(LEFT - 8, y + BAR - 1, NAMES[name], "small", "end")
    end = SECONDS[1] if median is None else median
    drawing.rect(LEFT, y, _x(end) - LEFT, BAR, "ours" if name in summary.COLUMNS[:2] else "theirs")
    most = SECONDS[1] if worst is None else worst
    drawing.line(_x(most), y - 1, _x(most), y + BAR + 1, "worst")
    text = "never" if median is None else f"{number(median)} s"
    drawing.write(_x(most) + 5, y + BAR - 1, text, "small")


def _explain(drawing, y):
    drawing.write(20, y + 12, "Bar and number: the median. Red: the worst. Dotted: what no program can beat at our settings.", "small")
    return y + 16


def _text(drawing, y, rows):
    for x, text in ((20, "figure"), (430, "ours"), (540, "others"), (776, "limit"), (846, "× limit")):
        drawing.write(x, y + 12, text, "name")
    for row in rows:
        y += STEP
        line = dict(zip(summary.HEAD, summary.cells(row)))
        theirs = [f"{name} {line[NAMES[name]]}" for name in summary.COLUMNS[1:] if line[NAMES[name]]]
        drawing.write(20, y + 12, row["name"], "small")
        drawing.write(430, y + 12, line["ours, with watcher"], "small")
        drawing.write(540, y + 12, ", ".join([*theirs, line["others"]]).strip(", "), "small")
        drawing.write(776, y + 12, line["limit"], "small")
        drawing.write(846, y + 12, line["× limit"], "small")
    return y + 16
