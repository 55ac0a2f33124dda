"""The lab's commands, as one calls them from a shell."""
import json
import os
import subprocess

from .errors import DemoError

TEST = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
PROGRAM = f"{TEST}/lab/lab"


class Lab:
    def __init__(self, name):
        self._argv = [PROGRAM, "--name", name]

    def up(self, *options):
        """Returns when the LAN reaches the Internet through main. Ends with this process at the latest."""
        self._must("up", "--settled", "--owner", str(os.getpid()), *options)

    def down(self):
        self._run("down")

    def line(self, *words):
        self._must("line", *words)

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
