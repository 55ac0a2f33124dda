"""What a person sees."""
from .marks import NAMES, gap_text
from .terminal import BOLD, DIM, Terminal


class Report(Terminal):
    def __init__(self, stream, quiet):
        super().__init__(stream)
        self._quiet = quiet

    # -- while it runs ----------------------------------------------------------------------

    def title(self, text):
        self._say(f"\n{self.paint(BOLD, text)}")

    def step(self, what, text, seconds):
        self._say(f"{what:<9} {self.sign(True)} {text} {self._after(seconds)}")

    def check(self, state, text, holds, seconds, seen):
        line = f"{state:<9} {self.sign(holds)} {text} {self._after(seconds)}"
        self._say(line if holds else f"{line}\n{'':<12}it is: {seen or '(nothing)'}", always=not holds)

    # -- afterwards -------------------------------------------------------------------------

    def result(self, result, marks):
        self._timeline(result)
        self._figures(result)
        self._marks(marks)
        self._say(f"\n{result['seconds']:.0f} s in all")

    def _timeline(self, result):
        self._say(f"\n{self.paint(BOLD, 'Timeline')} (ms from the failure)")
        for event in timeline(result):
            self._say(f"{round(event['ms']):>9}  {event['who']:<5} {event['text']}")

    def _figures(self, result):
        flows = result["flows"]
        self._say("\n" + self.paint(BOLD, f"{'Figures':<42}" + "".join(f"{NAMES[name]:>20}" for name in flows)))
        rows = [("longest gap at failover", lambda flow: gap_text(flow["failover"])),
                ("longest gap at failback", lambda flow: gap_text(flow["failback"])),
                ("echoes lost before", lambda flow: flow["lost_before"]),
                ("echoes lost at failover", lambda flow: flow["failover"]["lost"]),
                ("echoes lost at failback", lambda flow: flow["failback"]["lost"]),
                ("echoes sent", lambda flow: flow["sent"]),
                ("alive after failback", lambda flow: "yes" if flow["alive"] else "no")]
        for text, value in rows:
            self._say(f"{text:<42}" + "".join(f"{value(flow):>20}" for flow in flows.values()))
        speed = result["speed_class"]
        for text, value in (("s1.fast after the failure", _seconds(speed["fast_ms"])),
                            ("s1.minimum after the line is back", _seconds(speed["minimum_ms"])),
                            ("ICMP errors and redirects to the LAN host", flows["icmp"]["icmp_errors"]),
                            ("private sources seen by the provider", result["private_packets"])):
            self._say(f"{text:<42}{value:>20}")

    def _marks(self, marks):
        self._say("")
        for mark in marks:
            self._say(f"{self.sign(mark['holds'])} {mark['text']}: {mark['value']}",
                      always=not mark["holds"])

    # -- how --------------------------------------------------------------------------------

    def _say(self, text, always=False):
        if always or not self._quiet:
            self.say(text)

    def _after(self, seconds):
        return self.paint(DIM, f"({seconds:.1f} s)")


def timeline(result):
    """The events, with the flows' last and first echoes among them."""
    events = list(result["events"])
    for name, flow in result["flows"].items():
        for when in ("failover", "failback"):
            events += _echoes(NAMES[name], flow[when])
    return sorted(events, key=lambda event: event["ms"])


def _echoes(name, outage):
    """Around a gap: the last echo, and the first again."""
    ends = outage["to_ms"] is not None
    yield {"ms": outage["from_ms"], "who": "lan", "text": f"{name}: {'last echo' if ends else 'last echo of all'}"}
    if ends:
        yield {"ms": outage["to_ms"], "who": "lan",
               "text": f"{name}: first echo again, after {gap_text(outage)}"}


def _seconds(milliseconds):
    return "never" if milliseconds is None else f"{milliseconds / 1000:.2f} s"
