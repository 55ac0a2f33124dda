"""The residents of a router, kept running as their units would do it, with the rights of these."""
from dataclasses import dataclass


@dataclass(frozen=True)
class Resident:
    name: str  # in the lab's commands and below /run
    sections: str  # of fo.conf, a pattern: without one of them it does not run
    unit: str


RESIDENTS = {resident.name: resident for resident in (
    Resident("watcher", "check|keepalive", "fo-watch"),
    Resident("resident", "route", "fo-route"),
)}

# Restart=always, RestartPreventExitStatus=64 78. The file of the loop holds who keeps it running: a loop
# that was stopped ends even where another was started before it looks again.
_START = """
grep -qE '^\\[({sections})\\]' /etc/fo/fo.conf || exit 0
set -C
echo $$ >/run/{name}.loop || exit 0
set +C
while [ "$(cat /run/{name}.loop)" = $$ ]; do
    as-unit {unit} 2>/dev/null &
    echo $! >/run/{name}.pid
    wait $!
    case $? in 64 | 78) rm -f /run/{name}.loop; exit ;; esac
    sleep 0.2
done
"""
_END = """
rm -f /run/{name}.loop
pid=$(cat /run/{name}.pid) || exit
kill -{signal} "$pid" || exit
while kill -0 "$pid" 2>/dev/null; do sleep 0.01; done
"""


def start_script(resident):
    return _START.format(**vars(resident))


def end_scripts():
    """Scripts by command: stop- and kill- with the name of each resident."""
    return {f"{verb}-{name}": _END.format(name=name, signal=signal)
            for name in RESIDENTS for verb, signal in (("stop", "TERM"), ("kill", "KILL"))}
