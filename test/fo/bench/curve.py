"""Outage against false failovers, as a file of JSON and as a drawing: a panel for each kind of line."""
import json
import math

from fo.demo import canvas
from fo.demo.canvas import WIDTH, Canvas

PANELS = {"loss-5": "5 % of the packets lost at random",
          "loss-20": "20 % of the packets lost at random",
          "bursts": "silence of 50 to 400 ms, once a minute",
          "ramps": "uploads that fill a queue of 2 s, six an hour"}
TITLES = {"article": "keepalived, the article's ping", "keepalived": "keepalived, ping -W 1, 3 of 2 s",
          "pfsense": "pfSense (dpinger)", "opnsense": "OPNsense (dpinger)",
          "mwan3-quick": "mwan3, its quick example", "mwan3": "mwan3, its defaults"}

LEFT, TOP, ACROSS, DOWN = 66, 116, 436, 258  # of the first panel; from one to the next
WIDE, HIGH = 378, 180
SECONDS = (0.1, 200.0)  # the axes
A_YEAR = (1.0, 1e6)
NONE_HIGH = 22  # the row of those that had none, below the axis

_STYLE = """
.ours { fill: none; stroke: #3f8f5f; stroke-width: 2 }
.ours-dot { fill: #3f8f5f }
.shipped { fill: #3f8f5f; stroke: #fbfbfc; stroke-width: 1.5 }
.article { fill: #b0453c }
.keepalived { fill: none; stroke: #b0453c; stroke-width: 2 }
.pfsense { fill: #4a76b8 }
.opnsense { fill: none; stroke: #4a76b8; stroke-width: 2 }
.mwan3-quick { fill: #d9963a }
.mwan3 { fill: none; stroke: #d9963a; stroke-width: 2 }
.none { fill: #eef0f4 }
@media (prefers-color-scheme: dark) {
.ours { stroke: #6dc493 }
.ours-dot { fill: #6dc493 }
.shipped { fill: #6dc493; stroke: #14181f }
.article { fill: #ea7f74 }
.keepalived { stroke: #ea7f74 }
.pfsense { fill: #7fa8e6 }
.opnsense { stroke: #7fa8e6 }
.none { fill: #1c222b }
}
"""


def is_ours(point):
    return point["rule"].split(":")[0] == "fo"


def a_year(point):
    """False failovers in a year of being up."""
    return point["false"] / point["up_years"] if point["up_years"] > 0 else float("inf")


def saw_outages(point):
    """Whether it was up often enough for its outages to mean something."""
    return point["holes"] - point["down_already"] - point["missed"] >= point["holes"] / 20


def write(folder, result):
    with open(f"{folder}/judge.json", "w", encoding="utf-8") as file:
        file.write(to_json(result))
    with open(f"{folder}/judge.svg", "w", encoding="utf-8") as file:
        file.write(draw(result))


def to_json(result):
    """One point a line: a difference of two files can be read."""
    points = ",\n".join(f'  {json.dumps(point | {"a_year": round(a_year(point), 3)})}'
                        for point in result["points"].values())
    head = "".join(f' {json.dumps(key)}: {json.dumps(value)},\n' for key, value in result.items() if key != "points")
    return f'{{\n{head} "points": [\n{points}\n ]\n}}\n'


def draw(result):
    drawing = Canvas("Outage until a dead line is seen, and false failovers, of several rules", _STYLE)
    drawing.write(20, 26, "False failovers a year, against the time from a black hole to the verdict", "title")
    _legend(drawing)
    shown = [condition for condition in PANELS if f"{result['shipped']} {condition}" in result["points"]]
    for number, condition in enumerate(shown):
        _panel(drawing, LEFT + number % 2 * ACROSS, TOP + number // 2 * DOWN, condition, result)
    return drawing.text(TOP + (len(shown) + 1) // 2 * DOWN - 24)


def _legend(drawing):
    x, y = 20, 50
    for rule, text in [("shipped", "failover-helpers as shipped"), ("ours", "with other settings"), *TITLES.items()]:
        if x + 20 + canvas.text_width(text) > WIDTH - 16:
            x, y = 20, y + 18
        _mark(drawing, x, y - 4, rule)
        drawing.write(x + 12, y, text, "small")
        x += 38 + canvas.text_width(text)


def _mark(drawing, x, y, rule):
    if rule == "ours":
        drawing.polyline([(x - 7, y), (x + 7, y)], "ours")
        drawing.dot(x, y, 2.5, "ours-dot")
    elif rule == "shipped":
        drawing.dot(x, y, 7, "shipped")
    elif rule in ("article", "keepalived"):
        drawing.polygon([(x - 5, y + 4), (x + 5, y + 4), (x, y - 5)], rule)
    elif rule.startswith("mwan3"):
        drawing.polygon([(x - 4, y - 4), (x + 4, y - 4), (x + 4, y + 4), (x - 4, y + 4)], rule)
    else:
        drawing.dot(x, y, 4.5, rule)


class _Axes:
    """Of a panel whose upper left corner is at (left, top)."""

    def __init__(self, left, top):
        self.left, self.top = left, top

    def x(self, seconds):
        return self.left + _share(seconds, SECONDS) * WIDE

    def y(self, times_a_year):
        """None at all is in the middle of the row below."""
        if times_a_year <= 0:
            return self.top + HIGH + NONE_HIGH / 2
        return self.top + (1 - _share(times_a_year, A_YEAR)) * HIGH


def _share(value, bounds):
    low, high = map(math.log10, bounds)
    return min(max((math.log10(value) - low) / (high - low), 0), 1)


def _panel(drawing, left, top, condition, result):
    axes = _Axes(left, top)
    drawing.write(left, top - 10, PANELS[condition], "name")
    _grid(drawing, axes)
    points = [point for point in result["points"].values() if point["condition"] == condition]
    front = _front([point for point in points if is_ours(point)])
    drawing.polyline([_place(axes, point) for point in front], "ours")
    for point in front:
        drawing.dot(*_place(axes, point), 2.5, "ours-dot")
    for point in points:
        if point["rule"] in TITLES and saw_outages(point):
            _mark(drawing, *_place(axes, point), point["rule"])
    for point in points:
        if point["rule"] == result["shipped"]:
            _mark(drawing, *_place(axes, point), "shipped")


def _place(axes, point):
    return axes.x(point["median_ms"] / 1000), axes.y(a_year(point))


def _front(points):
    """Those that no other beats in both, from the quickest on, up to the first without a false failover."""
    front, fewest = [], float("inf")
    for point in sorted(points, key=lambda point: (point["median_ms"], a_year(point))):
        if saw_outages(point) and a_year(point) < fewest:
            front.append(point)
            fewest = a_year(point)
    return front


def _grid(drawing, axes):
    bottom = axes.top + HIGH
    drawing.rect(axes.left, bottom, WIDE, NONE_HIGH, "none", behind=True)
    drawing.write(axes.left - 8, bottom + NONE_HIGH / 2 + 4, "none", "small", "end")
    for power, text in ((0, "1"), (2, "100"), (4, "10 000"), (6, "1 000 000")):
        y = axes.y(10.0 ** power)
        drawing.line(axes.left, y, axes.left + WIDE, y, "grid", behind=True)
        drawing.write(axes.left - 8, y + 4, text if power < 6 else "1 M", "small", "end")
    for seconds in (0.1, 1, 10, 100):
        x = axes.x(seconds)
        drawing.line(x, axes.top, x, bottom + NONE_HIGH, "grid", behind=True)
        drawing.write(x, bottom + NONE_HIGH + 14, f"{seconds:g} s", "small", "middle")
