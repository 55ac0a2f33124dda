"""Runs programs, and says what they cost."""
import os
import re
import statistics
import subprocess
import time

from fo.demo.errors import DemoError

_SILENCE = [(os.POSIX_SPAWN_OPEN, fd, "/dev/null", os.O_RDWR, 0) for fd in (0, 1, 2)]
_COLLECTED = re.compile(r"^==\d+== Collected : (\d+)", re.MULTILINE)
_CALLGRIND = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", "--trace-children=yes"]


def instructions(argv):
    """Those in user space, of it and of all that it starts. It has to succeed."""
    done = subprocess.run([*_CALLGRIND, *argv], check=False, text=True, stdin=subprocess.DEVNULL,
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    counts = _COLLECTED.findall(done.stderr)
    if done.returncode != 0 or not counts:
        raise DemoError(f"{' '.join(argv)} below callgrind: {done.returncode}: {done.stderr[-500:]}")
    return sum(map(int, counts))


def wall_ms(commands, runs):
    """{name: median time} of {name: argv}, in turns, so that all of them see the same machine."""
    taken = {name: [] for name in commands}
    for _ in range(runs):
        for name, argv in commands.items():
            taken[name].append(_once(argv))
    return {name: statistics.median(times) * 1000 for name, times in taken.items()}


def _once(argv):
    begin = time.perf_counter()
    pid = os.posix_spawnp(argv[0], argv, os.environ, file_actions=_SILENCE)
    _, status = os.waitpid(pid, 0)
    taken = time.perf_counter() - begin
    if status != 0:
        raise DemoError(f"{' '.join(argv)}: exit status {os.waitstatus_to_exitcode(status)}")
    return taken


def cost(argv):
    """What a command costs that has to succeed: {"cpu_ms": time, "rss_mb": memory at most}. For process 1 of
    a pid namespace, which gets the orphans."""
    start_from_shell(argv, _SILENCE)
    _, status, usage = os.wait4(-1, 0)
    if status != 0:
        raise DemoError(f"{' '.join(argv)}: exit status {os.waitstatus_to_exitcode(status)}")
    return {"cpu_ms": (usage.ru_utime + usage.ru_stime) * 1000, "rss_mb": usage.ru_maxrss * 1024 / 1e6}


def start_from_shell(argv, file_actions):
    """Starts a command as keepalived would, and not as a child of Python: the kernel counts for a process
    what its parent's memory was when it was made. It becomes our child, as the shell ends at once."""
    shell = os.posix_spawn("/bin/sh", ["sh", "-c", '"$@" &', "sh", *argv], os.environ,
                           file_actions=file_actions)
    os.waitpid(shell, 0)
