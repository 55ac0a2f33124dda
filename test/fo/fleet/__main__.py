"""The command line of test/fleet."""
import argparse
import json
import statistics
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from fo.build import RELEASE, release
from fo.errors import LabError

from .live import run as run_live

DESCRIPTION = """All routers of one SORACOM account fail over at one instant, and want another speed class. SORACOM takes
so many requests a minute of the account, and refuses the rest. Until the last one has its class, how long is that, and
how many requests were refused? In virtual time, by the code that decides how long fo-speedclass waits; with --live also
by real fo-speedclass processes and the stand-in for SORACOM, in real time, and once by its metadata service, of which no
quota is known."""
# What the last router may take, and what may be refused beyond the first refusal of each.
TIME_MOST = 1.2
AGAIN_MOST = 0.10


class _Parser(argparse.ArgumentParser):
    def error(self, message):
        self.exit(64, f"fleet: {message}; see --help\n")


def _count(text):
    """1 to what [speedclass] fleet takes."""
    if not text.isdecimal() or not 1 <= int(text) <= 1000000:
        raise argparse.ArgumentTypeError(f"1 to 1000000 expected, not {text}")
    return int(text)


def main():
    parser = _Parser(prog="fleet", description=DESCRIPTION)
    parser.add_argument("--routers", type=_count, default=1000)
    parser.add_argument("--quota", type=_count, nargs="+", default=[60, 100, 300, 600], help="requests a minute")
    parser.add_argument("--seeds", type=_count, default=20, help="how many outages each")
    parser.add_argument("--live", type=_count, metavar="ROUTERS", help="so many processes, a third of them a minute")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    try:
        release()
    except LabError as error:
        print(f"fleet: {error}", file=sys.stderr)
        return 2
    rows = [_outages(options, quota, fleet) for quota in options.quota for fleet in (1, options.routers)]
    if options.live:
        quota = max(1, options.live // 3)
        rows += [run_live(options.live, quota, fleet) for fleet in (1, options.live)]
        rows.append(run_live(options.live, None, 1))
    print(json.dumps(rows, indent=1) if options.json else _table(rows))
    return 0 if all(_is_good(row) for row in rows if row["fleet"] > 1) else 1


def _outages(options, quota, fleet):
    def outage(seed):
        words = [f"{RELEASE}/test/quota/quota-sim", str(options.routers), str(quota), str(fleet), str(seed)]
        return json.loads(subprocess.run(words, check=True, stdout=subprocess.PIPE).stdout)
    with ThreadPoolExecutor(2) as pool:
        runs = list(pool.map(outage, range(options.seeds)))
    row = {"how": "model", "routers": options.routers, "quota": quota, "fleet": fleet}
    for name in ("median_ms", "p99_ms", "requests", "refused", "refused_again"):
        row[name] = round(statistics.median(run[name] for run in runs))
    row["all_ms"] = max(run["all_ms"] for run in runs)
    return row


def _bound_ms(row):
    """N / rate: none can be faster by more than the minute that the outage begins in."""
    return 60000 * row["routers"] / row["quota"]


def _is_good(row):
    # The last of a few may have to wait for the next minute.
    most_ms = max(TIME_MOST * _bound_ms(row), _bound_ms(row) + 60000)
    return row["all_ms"] <= most_ms and row["refused_again"] <= AGAIN_MOST * row["requests"]


def _table(rows):
    lines = ["| | routers | requests a minute | `fleet` | half after | 99 % after | all after | of N / rate | refused | more than once |",
             "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|"]
    for row in rows:
        bound = f"{row['all_ms'] / _bound_ms(row):.2f}" if row["quota"] else "-"
        lines.append(f"| {row['how']} | {row['routers']} | {row['quota'] or '-'} | {row['fleet']} | {row['median_ms'] / 1000:.0f} s "
                     f"| {row['p99_ms'] / 1000:.0f} s | {row['all_ms'] / 1000:.0f} s "
                     f"| {bound} | {100 * row['refused'] / row['requests']:.0f} % "
                     f"| {100 * row['refused_again'] / row['requests']:.1f} % |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
