"""Runs a person's or a test's commands in a host of the lab: by test/lab/enter.c, which is compiled when
it is first needed."""
import os

from fo.errors import LabError
from fo.paths import TEST

from .labdir import BASE

SOURCE = f"{TEST}/lab/enter.c"
PROGRAM = f"{BASE}/.enter"


def _program():
    try:
        if os.stat(PROGRAM).st_mtime > os.stat(SOURCE).st_mtime:
            return PROGRAM
    except FileNotFoundError:
        pass
    import subprocess  # pylint: disable=import-outside-toplevel  # as in labdir.py
    os.makedirs(BASE, exist_ok=True)
    new = f"{PROGRAM}.{os.getpid()}"
    done = subprocess.run(["cc", "-O2", "-D_GNU_SOURCE", "-o", new, SOURCE], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise LabError(f"cannot compile {SOURCE}: {done.stderr.strip()}")
    os.rename(new, PROGRAM)
    return PROGRAM


def run(lab, host, argv):
    """Goes on as the command in the namespaces of `host`, with this process's input and output."""
    lab.host_pid(host)
    os.execv(_program(), [PROGRAM, lab.file("host", host), "exec", *argv])


def wait(lab, host, seconds, argv):
    """Goes on as what repeats the command until it succeeds, and shows the output of its last run."""
    os.execv(_program(), [PROGRAM, lab.file("host", host), "wait", seconds, *argv])


def succeeds(lab, host, seconds, argv):
    """Repeats a command until it succeeds. Returns whether it did in time."""
    import subprocess  # pylint: disable=import-outside-toplevel  # as in labdir.py
    return subprocess.run([_program(), lab.file("host", host), "wait", str(max(0, seconds)), *argv],
                          capture_output=True, check=False).returncode == 0
