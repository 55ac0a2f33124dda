"""Runs blocks as a person would: at a terminal, as the user pi of a machine, in a clone of the tree."""
import os
import pty
import select
import signal
import subprocess
import sys
import time

from fo.paths import TEST, TREE

MACHINES = f"{TEST}/machines/machines"
BLOCK_SECONDS = 1800  # a build is one
QUIET_SECONDS = 0.5  # a line without an end that stays so long is a prompt
CLONE = "failover-helpers"


class Player:
    """A pair of machines, for the length of a `with`."""

    def __init__(self, release):
        self._release = release
        self._name = f"readme{os.getpid()}"

    def __enter__(self):
        self._machines("up", "--release", self._release, "--owner", str(os.getpid()))
        for host in ("main", "sub"):
            self._clone(host)
        self._profile = self._machines("profile", output=True)
        return self

    def __exit__(self, *_):
        self._machines("down")

    def play(self, block):
        """Runs a block where it says, and what it promises. Returns whether all of that is true."""
        print(f"== line {block.line}, {block.section}: {', '.join(block.hosts) or f'not run: {block.reason}'}", flush=True)
        return all([self._play_on(host, block, last=host == block.hosts[-1]) for host in block.hosts])

    def _play_on(self, host, block, last):
        print("\n".join(f"{host}$ {line}" for line in block.text.split("\n")), flush=True)
        begin = time.monotonic()
        terminal = _Terminal(self._argv(host, f"set -eo pipefail\n{block.text}"), [self._typed(word) for word in block.typed])
        kept = True
        if last:
            kept = all([self._holds(check, begin, terminal) for check in block.checks if check.during])
        status = terminal.end(begin + BLOCK_SECONDS)
        print(f"-- exit status {status} after {time.monotonic() - begin:.1f} s", flush=True)
        if last:
            end = time.monotonic()
            kept = all([kept] + [self._holds(check, end) for check in block.checks if not check.during])
        return status == 0 and kept

    def _holds(self, check, begin, terminal=None):
        """Whether a promise is kept in time; what the block prints meanwhile is read."""
        while True:
            took = time.monotonic() - begin  # when it was asked: how long the answer took is the machine's load
            done = subprocess.run(self._argv(check.host, check.command), check=False, text=True, stdin=subprocess.DEVNULL,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            if done.returncode == 0 or took > check.seconds:
                break
            if terminal:
                terminal.read(0.1)
            else:
                time.sleep(0.1)
        kept = done.returncode == 0 and took <= check.seconds
        print(f"-- line {check.line}: {'kept' if kept else 'NOT KEPT'} after {took:.1f} s: {check.command}", flush=True)
        if not kept:
            print(done.stdout, flush=True)
        return kept

    def _typed(self, word):
        return self._profile if word == "profile" else word

    def _argv(self, host, text):
        script = f"cd {CLONE} 2>/dev/null\n{text}"
        if host == "lan":
            return [MACHINES, "--name", self._name, "run", "lan", "--", "bash", "-c", text]
        return [MACHINES, "--name", self._name, "pi", host, f"exec bash -c {_quoted(script)}"]

    def _clone(self, host):
        """What git tracks, as it is now."""
        files = subprocess.run(["git", "-c", "safe.directory=*", "-C", TREE, "ls-files", "-z"], check=True,
                               stdout=subprocess.PIPE).stdout
        packed = subprocess.run(["tar", "--null", "--no-recursion", "-C", TREE, "-T", "-", "-c"], input=files, check=True,
                                stdout=subprocess.PIPE).stdout
        subprocess.run([MACHINES, "--name", self._name, "run", host, "--", "runuser", "--login", "pi", "-c",
                        f"mkdir {CLONE} && tar -x -C {CLONE}"], input=packed, check=True)

    def _machines(self, *words, output=False):
        done = subprocess.run([MACHINES, "--name", self._name, *words], check=False, text=True,
                              stdout=subprocess.PIPE if output else None)
        if done.returncode != 0:
            raise OSError(f"machines {' '.join(words)}: exit status {done.returncode}")
        return done.stdout


class _Terminal:
    """A command at a terminal; what it prints goes to stdout. Typing waits for a prompt."""

    def __init__(self, argv, typed):
        self._typed = list(typed)
        self._tail = b""
        self._pid, self._fd = pty.fork()
        if self._pid == 0:
            os.execv(argv[0], argv)

    def read(self, seconds):
        """Passes on what comes within that time; answers a prompt. Returns False at the end."""
        if not select.select([self._fd], [], [], seconds)[0]:
            self._answer()
            return True
        try:
            data = os.read(self._fd, 65536)
        except OSError:  # EIO: nobody has it open
            return False
        sys.stdout.buffer.write(data)
        sys.stdout.flush()
        self._tail = (self._tail + data)[-200:]
        return bool(data)

    def end(self, until):
        """Reads on until it ends. Returns its exit status."""
        while self.read(QUIET_SECONDS):
            if time.monotonic() > until:
                os.kill(self._pid, signal.SIGKILL)
        status = os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])
        os.close(self._fd)
        return status

    def _answer(self):
        if self._typed and self._tail and not self._tail.endswith(b"\n"):
            self._tail = b""
            os.write(self._fd, self._typed.pop(0).rstrip("\n").encode() + b"\n")


def _quoted(text):
    return "'" + text.replace("'", "'\\''") + "'"
