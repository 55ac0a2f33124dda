"""Namespaces and mounts: the system calls that Python 3.11 lacks, and running commands elsewhere.

Process numbers: a lab has a pid namespace of its own, but keeps the machine's /proc (its routers do
not). Every number that this package stores or passes on is the machine's, as in that /proc.
"""
import contextlib
import ctypes
import os
import signal

from fo.errors import LabError

MNT = 0x00020000
UTS = 0x04000000
PID = 0x20000000
NET = 0x40000000
_FILES = {NET: "net", UTS: "uts", PID: "pid", MNT: "mnt"}

MS_RDONLY = 1
MS_NOSUID = 2
MS_BIND = 4096
MS_REC = 16384
MS_PRIVATE = 1 << 18
MNT_DETACH = 2

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
SYS_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41, "armv7l": 218, "armv6l": 218}

MOST_DESCRIPTORS = 1024
COMMAND_SECONDS = 20  # no command that configures a namespace takes longer

_libc = ctypes.CDLL(None, use_errno=True)


def _check(result, what):
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")


def unshare(flags):
    _check(_libc.unshare(flags), "unshare")


def enter(pid, flags):
    """Moves this process into the namespaces of `pid`; with PID only its later children are moved.

    Through /proc rather than a pidfd: `pid` is the machine's number also where that one is not known.
    """
    with contextlib.ExitStack() as stack:
        files = []  # all are opened before the first move, which may take /proc away
        for flag, name in _FILES.items():
            if flags & flag:
                files.append((flag, os.open(f"/proc/{pid}/ns/{name}", os.O_RDONLY | os.O_CLOEXEC)))
                stack.callback(os.close, files[-1][1])
        for flag, file in files:
            _check(_libc.setns(file, flag), f"setns to process {pid}")


def mount(source, target, kind=None, flags=0, options=None):
    encoded = [None if text is None else os.fsencode(text) for text in (source, target, kind)]
    data = None if options is None else os.fsencode(options)
    _check(_libc.mount(*encoded, ctypes.c_ulong(flags), data), f"mount {target}")


def pivot_root(root):
    """Makes `root`, a mount point, the root directory, and lets go of all that was mounted before."""
    os.chdir(root)
    number = SYS_PIVOT_ROOT[os.uname().machine]
    _check(_libc.syscall(number, b".", b"."), "pivot_root")
    _check(_libc.umount2(b".", MNT_DETACH), "umount of the old root")
    os.chdir("/")


def die_with_parent(signal_number):
    _check(_libc.prctl(PR_SET_PDEATHSIG, signal_number, 0, 0, 0), "prctl")


def adopt_orphans():
    """From now on what a child of this process leaves behind is this process's child."""
    _check(_libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), "prctl")


def own_pid():
    """This process's number on the machine, whatever pid namespace it is in."""
    return int(os.readlink("/proc/self"))


def local_pid(pid):
    """The number that the calling process, in the lab's pid namespace, has to use for `pid`."""
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        numbers = next(line for line in status if line.startswith("NSpid:")).split()[1:]
    return int(numbers[1])


@contextlib.contextmanager
def network_of(pid):
    """This process's network is that of `pid` for the length of a `with`."""
    home = os.open("/proc/self/ns/net", os.O_RDONLY)
    try:
        enter(pid, NET)
        yield
    finally:
        _check(_libc.setns(home, NET), "setns back")
        os.close(home)


def inside(pid, argv, everything=False):
    """The command line that runs `argv` in the network of `pid`, or in all of its namespaces.

    As files: for --target, nsenter 2.41 asks the kernel, to which `pid` is a number of the lab's pid
    namespace, and enters another process where that number exists there, too.
    """
    kinds = ("mount", "net", "pid", "uts") if everything else ("net",)
    files = {"mount": "mnt"}
    return ["nsenter", *(f"--{kind}=/proc/{pid}/ns/{files.get(kind, kind)}" for kind in kinds), "--", *argv]


def run(pid, argv, text=None, everything=False):
    """Runs a command in the network of `pid`; returns its output, raises LabError when it fails."""
    return command(inside(pid, argv, everything), text)


def command(argv, text=None, **options):
    """Runs a command; returns its output, raises LabError with its own words when it fails."""
    import subprocess  # pylint: disable=import-outside-toplevel  # programs that need none start faster
    try:
        done = subprocess.run(argv, input=text or "", capture_output=True, text=True,
                              timeout=COMMAND_SECONDS, check=False, **options)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise LabError(f"{' '.join(argv)}: {error}") from error
    if done.returncode != 0:
        words = (done.stderr or done.stdout).strip()
        raise LabError(f"{' '.join(argv)}: exit status {done.returncode}: {words}")
    return done.stdout


def ip_batch(pid, lines):
    """Runs lines of `ip -batch` in the network of `pid`, stopping at the first that fails."""
    return run(pid, ["ip", "-batch", "-"], "".join(f"{line}\n" for line in lines))


def write_sysctls(settings):
    """Sets sysctls (dots as slashes) of this process's own network namespace."""
    for name, value in settings:
        with open(f"/proc/sys/{name}", "w", encoding="ascii") as file:
            file.write(str(value))


def fork_child(prepare, live):
    """Forks a child which calls prepare(), then live() for the rest of its life. Returns prepare()'s
    result, a string, once it is there; raises LabError when prepare() failed in the child."""
    reader, writer = os.pipe()
    if os.fork() == 0:
        os.close(reader)
        _child(prepare, live, writer)
    os.close(writer)
    with os.fdopen(reader, encoding="utf-8") as answer:
        word, _, rest = answer.read().partition(" ")
    if word != "ok":
        raise LabError(rest or "a process of the lab died while starting")
    return rest


def _child(prepare, live, writer):
    """The child's half of fork_child(). Never returns."""
    os.closerange(3, writer)  # the parent's sockets, locks and pipes are not the child's
    os.closerange(writer + 1, MOST_DESCRIPTORS)
    status = 1
    try:
        os.write(writer, f"ok {prepare()}".encode())
        os.close(writer)
        writer = None
        live()
        status = 0
    except Exception as error:  # pylint: disable=broad-except  # nothing may unwind into the parent's code
        if not isinstance(error, LabError):
            import traceback  # pylint: disable=import-outside-toplevel  # as in command()
            traceback.print_exc()
        if writer is not None:
            os.write(writer, f"error {error}".encode())
    finally:
        os._exit(status)


def fork_init(flags, prepare, live):
    """fork_child() for process 1 of a new pid namespace, and of other new namespaces by `flags`.

    A process enters a new pid namespace only with its children, so there is one in between.
    """
    def in_between():
        die_with_parent(signal.SIGKILL)
        unshare(flags | PID)
        return fork_child(prepare, live)
    return fork_child(in_between, lambda: None)


def spawn(pid, argv, output, everything=False):
    """Starts a command that lives on, in the network (or all namespaces) of `pid`; what it prints is
    appended to the file `output`."""
    def redirect():
        out = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(out, 1)
        os.dup2(out, 2)
        os.setsid()
        return ""
    whole = inside(pid, argv, everything)
    fork_child(redirect, lambda: os.execvp(whole[0], whole))
