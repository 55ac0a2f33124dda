"""From traces and events to figures: gaps, losses, whether a flow lives."""
from itertools import pairwise

from . import events as ev

INTERVAL = 0.01  # of the flows
BAND_GAP = 0.03  # echoes closer than this are drawn as one band, and those with none lost between
AT_ONCE = 0.1  # between two of the flows' events, this is no gap


def figures(traces, events, private):
    """All times are ms; `result["moments"]` and what is drawn count from the failure."""
    failed = ev.first(events, "line", "main's line is a black hole")
    back = ev.first(events, "line", "main's line is good", failed)
    end = min(trace.stopped for trace in traces.values())
    shown = [event for event in events if event.at >= failed - 0.001]
    return {
        "moments": _moments(events, failed, back, end),
        "flows": {name: _flow(trace, failed, back, end) for name, trace in traces.items()},
        "speed_class": {"fast_ms": _since(failed, ev.first(events, "api", "speed class s1.fast", failed)),
                        "minimum_ms": _since(back, ev.first(events, "api", "speed class s1.minimum", back))},
        "private_packets": private,
        "vip": [[router, _ms(begin - failed), _ms(until - failed)]
                for router, begin, until in ev.vip_periods(events, end)],
        "events": [{"ms": _ms(event.at - failed), "who": event.who, "text": event.text,
                    "mark": event.mark} for event in shown],
    }


def _moments(events, failed, back, end):
    return {"failure": 0.0,
            "vip_on_sub": _since(failed, ev.first(events, "sub", "takes the VIP", failed)),
            "line_back": _since(failed, back),
            "vip_on_main": _since(failed, ev.first(events, "main", "takes the VIP", back)),
            "end": _since(failed, end)}


def _flow(trace, failed, back, end):
    times = sorted(at for at in trace.received.values() if at <= end)
    begin = min(trace.sent.values(), default=failed)
    return {"sent": len(trace.sent),
            "lost_before": trace.lost(begin, failed),
            "failover": outage(trace, times, failed, back, failed),
            "failback": outage(trace, times, back, end, failed),
            "alive": trace.answered(end - 2.0, end - AT_ONCE) > 0.9,
            "icmp_errors": trace.errors,
            "bands": [[_ms(left - failed), _ms(right - failed)] for left, right in _bands(trace, times)]}


def outage(trace, times, begin, end, zero):
    """The longest time without an echo, in which one was lost (one may be late when the machine is
    busy), from `begin` to `end`; `to_ms` is None when there was no echo any more."""
    points = [at for at in times if begin <= at <= end]
    points.insert(0, max((at for at in times if begin - AT_ONCE < at < begin), default=begin))
    gaps = [(right - left, left, right) for left, right in pairwise(points) if _lossy(trace, left, right)]
    gap, left, right = max(gaps, default=(0.0, begin, begin))
    tail = end - points[-1]
    if tail > max(gap, AT_ONCE):
        gap, left, right = tail, points[-1], None
    return {"gap_ms": _ms(gap), "from_ms": _ms(left - zero), "to_ms": _since(zero, right),
            "lost": trace.lost(begin, end - AT_ONCE)}


def _lossy(trace, left, right):
    """Whether an echo was lost between these two."""
    return right - left > INTERVAL and trace.lost(left - INTERVAL, right) > 0


def _bands(trace, times):
    bands = []
    for at in times:
        gap = at - bands[-1][1] if bands else 0.0
        if bands and (gap <= BAND_GAP or not _lossy(trace, bands[-1][1], at)):
            bands[-1][1] = at
        else:
            bands.append([at, at])
    return bands


def _since(begin, at):
    return None if at is None else _ms(at - begin)


def _ms(seconds):
    return round(seconds * 1000, 1)
