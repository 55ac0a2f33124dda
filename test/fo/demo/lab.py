"""The lab's commands, as one calls them from a shell."""
import contextlib
import json
import os
import signal
import subprocess

from fo.paths import TEST

from .errors import DemoError

PROGRAM = f"{TEST}/lab/lab"
LAST_LINES = 12  # to show when the lab does not come up
ETC = {"ours": f"{TEST}/../etc", "article": f"{TEST}/article"}


@contextlib.contextmanager
def settled(kind, build):
    """A lab in the normal state, with what is in ETC[kind]; the article's has none of our programs."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    lab = Lab(f"demo-{os.getpid()}")
    try:
        _up(lab, ["--etc", ETC[kind], "--build", build if kind == "ours" else "none"])
        yield lab
    finally:
        lab.down()


def _up(lab, options):
    try:
        lab.up(*options)
    except DemoError as error:
        raise DemoError("\n  ".join([str(error), *_last_lines(lab)])) from error


def _last_lines(lab):
    """Of main's log, which goes with the lab."""
    try:
        return lab.log("main")[-LAST_LINES:]
    except DemoError:
        return []


def _interrupt(number, _frame):
    raise DemoError(f"ended by {signal.Signals(number).name}")


class Lab:
    def __init__(self, name):
        self._argv = [PROGRAM, "--name", name]

    def up(self, *options):
        """Returns when the LAN reaches the Internet through main. Ends with this process at the latest."""
        self._must("up", "--settled", "--owner", str(os.getpid()), *options)

    def down(self):
        self._run("down")

    def folder(self):
        return self._must("dir").strip()

    def line(self, *words):
        """What the line says."""
        return self._must("line", *words)

    def router(self, *words):
        self._must("router", *words)

    def do(self, host, script):
        """Runs a shell script there, which has to succeed."""
        self._must("exec", host, "sh", "-c", script)

    def spawn(self, host, *argv):
        """A command there that runs on, for as long as the lab."""
        self._must("spawn", host, *argv)

    def wait(self, host, seconds, script):
        """Repeats a shell script there until it succeeds. Returns whether it did in time."""
        return self._run("wait", host, f"{seconds:.3f}", "sh", "-c", script).returncode == 0

    def output(self, host, script):
        """What a shell script prints there, on one line."""
        done = self._run("exec", host, "sh", "-c", script)
        return " / ".join((done.stdout + done.stderr).split("\n")).strip(" /")

    def start(self, host, argv, output):
        """A command there that runs on; its output goes to a file."""
        return subprocess.Popen([*self._argv, "exec", host, *argv], stdin=subprocess.DEVNULL,
                                stdout=output, stderr=subprocess.STDOUT)

    def follow(self, speed_class, router, *words):
        """A process that gives a line that command as soon as SORACOM has set that class."""
        return subprocess.Popen([*self._argv, "follow", speed_class, router, *words], stdin=subprocess.DEVNULL)

    def log(self, name):
        return self._must("log", name).splitlines()

    def private_packets(self):
        """Packets that the provider of main's line got with a source address of the LAN."""
        counters = dict(line.split()[:2] for line in self._must("counter").splitlines())
        return int(counters["private-main"])

    def wait_class(self, sim, speed_class, seconds):
        """Whether SORACOM's API has the SIM in that class in time."""
        return self._run("soracom", "wait-class", sim, speed_class,
                         "--timeout", f"{seconds:.3f}").returncode == 0

    def api_status(self):
        return json.loads(self._must("soracom", "status"))

    def api_requests(self):
        return [json.loads(line) for line in self._must("soracom", "log").splitlines()]

    def _must(self, *words):
        done = self._run(*words)
        if done.returncode != 0:
            raise DemoError(f"lab {' '.join(words)}: {done.stderr.strip() or done.returncode}")
        return done.stdout

    def _run(self, *words):
        return subprocess.run([*self._argv, *words], check=False, text=True, errors="replace",
                              stdin=subprocess.DEVNULL, capture_output=True)
