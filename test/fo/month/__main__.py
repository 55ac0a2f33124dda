"""The command line of test/month."""
import argparse
import calendar
import os
import random
import time

from .event import BOOT, write
from .make import HOUR_MS, local_ms, many, realistic


def _write_days(path, year, month, chance, seen):
    """What fo-watch leaves in watch.days."""
    last = calendar.monthrange(year, month)[1]
    with open(path, "w", encoding="ascii") as file:
        for boot, wall_ms in seen:
            file.write(f"seen {boot} {wall_ms}\n")
        for day in range(last, 0, -1):
            echoes = 432_000 if day not in (19, 24) else 250_000
            loss = 0.02 if day == 9 else chance.random() * 0.002
            rtt = chance.randrange(3600, 5200) + (9000 if day == 9 else 0)
            file.write(f"day {year:04}{month:02}{day:02} {echoes} {int(echoes * loss)} {rtt} "
                       f"{rtt + chance.randrange(900, 9000)}\n")


def main():
    parser = argparse.ArgumentParser("month", description=__doc__)
    parser.add_argument("--month", default="2026-10", help="which (default 2026-10)")
    parser.add_argument("--events", type=int, metavar="N", help="a history of N events that end now, instead")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("directory", help="FO_STATE_DIR of the router: DIR/lib/history is written")
    given = parser.parse_args()
    chance = random.Random(given.seed)
    lib = f"{given.directory}/lib"
    os.makedirs(lib, exist_ok=True)
    if given.events:
        write(f"{lib}/history", many(given.events, int(time.time() * 1000), chance))
        return
    year, month = (int(part) for part in given.month.split("-"))
    events = realistic(year, month, chance)
    write(f"{lib}/history", events)
    after = local_ms(year, month, calendar.monthrange(year, month)[1], 23, 59) + 9 * HOUR_MS
    seen = [(BOOT % 2, after), (BOOT % 1, local_ms(year, month, 19, 12, 40))]
    _write_days(f"{lib}/watch.days", year, month, chance, seen)


if __name__ == "__main__":
    main()
