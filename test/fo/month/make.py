"""Events of a month, and of a very long history."""
import calendar
import time

from .event import BOOT, Event

DAY_MS, HOUR_MS, MINUTE_MS = 86_400_000, 3_600_000, 60_000
_REASONS = ["ppp0: down, no answers"] * 5 + [
    "ppp0: down, the link is gone", "ppp0: down, too much loss (43.0% of 150 echoes lost, round trip 12.345 ms)"]


def local_ms(year, month, day, hour=0, minute=0):
    return int(time.mktime((year, month, day, hour, minute, 0, 0, 0, -1))) * 1000


def _outage(events, chance, begin_ms, lasted_ms, boot, up_since_ms):
    reason = chance.choice(_REASONS)
    events += [Event(begin_ms, "line", "down", reason, begin_ms - up_since_ms, boot=boot),
               Event(begin_ms + 900, "state", "backup", "backup: the LAN is left to the other router", program="fo-route",
                     boot=boot),
               Event(begin_ms + lasted_ms, "line", "up", f"ppp0: up again after {lasted_ms // 1000} s", lasted_ms,
                     boot=boot),
               Event(begin_ms + lasted_ms + 1300, "state", "master", "master: this router carries the LAN", lasted_ms,
                     program="fo-route", boot=boot)]
    return begin_ms + lasted_ms


def realistic(year, month, chance):
    """Some outages, one bad evening, a loss of power, a night without a watcher."""
    days = calendar.monthrange(year, month)[1]
    begin = local_ms(year, month, 1) - 3 * DAY_MS
    boot, events = BOOT % 1, []

    def starts(when_ms):
        events.extend([Event(when_ms, "watch", "begin", "ppp0: fo-watch begins to judge the line", boot=boot),
                       Event(when_ms + 2000, "line", "up", "ppp0: up", boot=boot),
                       Event(when_ms + 4000, "state", "master", "master: this router carries the LAN",
                             program="fo-route", boot=boot)])
        return when_ms + 2000

    since = starts(begin)
    for day in range(1, days + 1):
        noon = local_ms(year, month, day, 12)
        if day == 9:
            for i in range(7):
                since = _outage(events, chance, noon + 7 * HOUR_MS + i * 23 * MINUTE_MS,
                                chance.randrange(20, 700) * 1000, boot, since)
        elif day == 14:
            since = _outage(events, chance, noon - 9 * HOUR_MS, 5 * HOUR_MS + 12 * MINUTE_MS, boot, since)
        elif day == 19:
            events.append(Event(noon, "config", "read", "ppp0: the configuration was read again", boot=boot))
            boot = BOOT % 2
            since = starts(noon + 3 * HOUR_MS)
        elif day == 24:
            events.append(Event(noon + 10 * HOUR_MS, "watch", "end", "ppp0: fo-watch has ended; nobody judges the line",
                                boot=boot))
            since = starts(noon + 19 * HOUR_MS)
        elif chance.random() < 0.25:
            since = _outage(events, chance, noon + chance.randrange(-700, 600) * MINUTE_MS,
                            chance.randrange(5, 400) * 1000, boot, since)
    return events


def many(count, end_ms, chance):
    """A line that flaps, for the time that a long history takes."""
    when, events = end_ms - count * 200_000, []
    while len(events) < count:
        when += chance.randrange(60_000, 330_000)
        events.append(Event(when, "line", ("down", "up")[len(events) % 2], chance.choice(_REASONS), 60_000))
    return events
