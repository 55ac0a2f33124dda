"""The history of a router, and what a person was told of it. Read without code of the suite's."""
import json

from fo.errors import LabError
from fo.storm.alert.history import checksum

from .etc import ALERTS, QUIET
from .kind import ROUTERS

HISTORY = "/var/lib/fo/history"
TOLD = ("state", "line", "lte")  # kinds that both samples tell, whatever the value
MUCH_LATER_S = 8000  # no pause between two alerts, and after a failure of the command, is longer


def history(world, router):
    """({number: body}, lines that are none)."""
    events, broken = {}, []
    for line in world.sh(router, f"cat {HISTORY} 2>/dev/null || :").splitlines():
        try:
            given, length, body = line.split(" ", 2)
            whole = len(body.encode()) == int(length) and f"{checksum(body.encode()):04x}" == given
            number = int(body.split(" ", 1)[0])
        except ValueError:
            whole = False
        if not whole:
            broken.append(line)
        elif number in events:
            broken.append(f"a second event {number}: {line}")
        else:
            events[number] = body
    return events, broken


def complaints(world, router, before):
    events, broken = history(world, router)
    found = [f"no event, or torn: {line}" for line in broken]
    lost = [number for number, body in before[0].items() if events.get(number) != body]
    if lost:
        found.append(f"events from before are gone or changed: {lost}")
    if list(events) != sorted(events):
        found.append("the numbers are not in order")
    try:
        shown = json.loads(world.sh(router, "fo-status history --json"))
        shown = shown["events"] if isinstance(shown, dict) else shown
        if len(shown) != len(events):
            found.append(f"fo-status history shows {len(shown)} events, the file has {len(events)}")
    except (LabError, ValueError) as error:
        found.append(f"cannot be read: {error}")
    return found


def untold(world, last):
    """Events after `last[router]` of which nobody was told, now that much later it is."""
    found = []
    for router in ROUTERS:
        try:
            world.sh(router, _MUCH_LATER)
        except LabError as error:
            found.append(f"{router}: fo-alert, much later: {error}")
        ranges = []
        for line in world.sh(router, f"cat {ALERTS}").splitlines():
            try:
                message = json.loads(line)
                ranges.append((message["first_id"], message["id"]))
            except (ValueError, KeyError):
                if line.strip():
                    found.append(f"{router}: an alert that is no JSON: {line}")
        events = {number: body for number, body in history(world, router)[0].items() if number > last[router]}
        missing = [body for number, body in events.items() if body.split(" ")[6] in TOLD
                   and not any(begin <= number <= end for begin, end in ranges)]
        found += [f"{router}: nobody was told of: {body}" for body in missing]
    return found


# The class has been right for long, and no other run has the work.
_MUCH_LATER = f"""
touch {QUIET}
for turn in 1 2 3 4 5; do
	pkill -x fo-alert # in this pid namespace: /proc is the router's
	unshare --time --boottime {MUCH_LATER_S} as-unit fo-alert fo-alert --wait 0 && exit
	sleep 0.5
done
exit 1
"""
