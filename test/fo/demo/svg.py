"""Draws results: what a LAN host saw at failover and at failback, one row of bars per run."""
from . import canvas
from .canvas import WIDTH, Canvas
from .marks import NAMES, gap_text

LEFT, RIGHT = 152, 24  # margins of the time axes
BAR, STEP = 13, 19  # height of a bar, distance of two
LABEL_STEP = 13
AFTER = {"failover": 3, "failback": 5}  # half seconds that are shown after the last change of owner
TITLES = {"ours": "failover-helpers", "article": "the article's scripts"}
LEGEND = [("main", "main has the virtual address"), ("sub", "sub has it"), ("echo", "echoes arrive"),
          ("gap", "no echo")]


class Axis:
    """A stretch of time, and where it is drawn. ms."""

    def __init__(self, begin, end, zero):
        self.begin, self.end, self.zero = begin, end, zero

    def x(self, at):
        share = (min(max(at, self.begin), self.end) - self.begin) / (self.end - self.begin)
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def holds(self, at):
        return self.begin <= at <= self.end

    def seconds(self):
        """Whole seconds on it, counted from its zero."""
        first = -int((self.zero - self.begin) // 1000)
        return range(first, int((self.end - self.zero) // 1000) + 1)


def write(path, results):
    with open(path, "w", encoding="utf-8") as file:
        file.write(draw(results))


def draw(results):
    drawing = Canvas("What a LAN host sees when the main line fails, and when it is back")
    y = _legend(drawing, 26)
    y = _panel(drawing, y + 14, "The main line fails (its interface stays up)", results, "failover")
    y = _panel(drawing, y + 22, "The main line is back", results, "failback")
    return drawing.text(y + 10)


def _legend(drawing, y):
    x = LEFT
    for style, text in LEGEND:
        drawing.rect(x, y - 10, 18, 11, style)
        drawing.write(x + 24, y, text, "small")
        x += 24 + canvas.text_width(text) + 22
    return y


def _panel(drawing, y, title, results, when):
    drawing.write(12, y + 16, title, "title")
    zeros = [result["moments"]["failure" if when == "failover" else "line_back"] for result in results]
    span = _span(results, zeros, when)
    top = y + 30
    y = top
    for result, zero in zip(results, zeros):
        y = _run(drawing, y, result, Axis(zero + span[0], zero + span[1], zero), when)
    _seconds(drawing, Axis(*span, 0), top, y)
    return y + 18


def _span(results, zeros, when):
    """The same for all runs: until a little after the last of them has settled."""
    if when == "failover":
        last = max(result["moments"]["vip_on_sub"] or 0 for result in results)
    else:
        last = max((result["moments"]["vip_on_main"] or zero) - zero for result, zero in zip(results, zeros))
    return -700, (last // 500 + AFTER[when]) * 500


def _seconds(drawing, axis, top, bottom):
    for second in axis.seconds():
        x = axis.x(second * 1000)
        drawing.line(x, top, x, bottom + 2, "zero" if second == 0 else "grid", behind=True)
        drawing.write(x, bottom + 15, f"{second} s" if second else "0", "small", "middle")


def _run(drawing, y, result, axis, when):
    """A run's events, its owner of the virtual address, its flows. Returns where the next begins."""
    labels = _labels(result, axis)
    y += 6 + LABEL_STEP * (1 + max((level for _, _, level in labels), default=0))
    for x, text, level in labels:
        drawing.line(x, y - 9 - level * LABEL_STEP, x, y + 2, "pointer")
        drawing.write(x + 3, y - 3 - level * LABEL_STEP, text, "small")
    y += 2
    drawing.write(LEFT - 10, y + BAR / 2 + 4, TITLES[result["kind"]], "name", "end")
    for router, begin, end in result["vip"]:
        _bar(drawing, axis, y, begin, end, router)
    for name, flow in result["flows"].items():
        y += STEP
        _flow(drawing, y, NAMES[name], flow, axis, when)
    return y + STEP + 4


def _flow(drawing, y, name, flow, axis, when):
    drawing.write(LEFT - 10, y + BAR - 3, name, "small", "end")
    for begin, end in flow["bands"]:
        _bar(drawing, axis, y, begin, end, "echo")
    outage = flow[when]
    if not outage["lost"]:
        return
    begin = outage["from_ms"]
    end = axis.end if outage["to_ms"] is None else outage["to_ms"]
    _bar(drawing, axis, y, begin, end, "gap")
    text = _gap_label(outage)
    if axis.x(end) - axis.x(begin) > canvas.text_width(text, bold=True) + 8:
        drawing.write((axis.x(begin) + axis.x(end)) / 2, y + BAR - 3, text, "gap-text", "middle")
    else:
        drawing.rect(axis.x(end) + 5, y, canvas.text_width(text, bold=True) + 8, BAR, "plate")
        drawing.write(axis.x(end) + 9, y + BAR - 3, text, "gap-text")


def _gap_label(outage):
    return "no echo any more" if outage["to_ms"] is None else gap_text(outage)


def _bar(drawing, axis, y, begin, end, style):
    if end < axis.begin or begin > axis.end:
        return
    drawing.rect(axis.x(begin), y, max(1.0, axis.x(end) - axis.x(begin)), BAR, style)


def _labels(result, axis):
    """[(x, text, level)]: events as near as a few pixels share a label, and no two labels overlap."""
    found = []
    for at, text in _moments(result, axis):
        x = axis.x(at)
        if found and x - found[-1][0] < 7:
            found[-1][1] += f", {text}"
        else:
            found.append([x, text])
    placed, ends = [], {}
    for x, text in reversed(found):  # from the right: a pointer then crosses no label
        width = canvas.text_width(text) + 10
        level = next(level for level in range(len(found) + 1) if x + width <= ends.get(level, WIDTH))
        ends |= {below: min(x, ends.get(below, WIDTH)) for below in range(level + 1)}
        placed.append((x, text, level))
    return placed


def _moments(result, axis):
    """The events that explain the gap, by time."""
    for event in result["events"]:
        if event["mark"] and axis.holds(event["ms"]) and event["ms"] >= axis.zero - 1:
            yield event["ms"], event["mark"]
