"""The command line: one table of verbs, which is dispatch and help text."""
import os
import sys
import time

from fo.errors import EXIT_CANNOT, EXIT_NO, EXIT_USAGE, LabError, UsageError
from fo.kernel import namespace

from . import execute, topology
from .control import request
from .labdir import LabDir, all_labs

DEFAULT_NAME = "lab"
SETTLED_SECONDS = 40
_ANY_ROUTER = "|".join(topology.ROUTERS)


def main(arguments):
    try:
        return _main(arguments)
    except UsageError as error:
        print(f"lab: {error}", file=sys.stderr)
        return EXIT_USAGE
    except (LabError, OSError) as error:
        print(f"lab: {error}", file=sys.stderr)
        return EXIT_CANNOT
    except KeyboardInterrupt:
        return 130


def _main(arguments):
    name = DEFAULT_NAME
    if len(arguments) > 1 and arguments[0] == "--name":
        name, arguments = arguments[1], arguments[2:]
    verb, *rest = arguments or ["--help"]
    if verb in ("-h", "--help", "help"):
        print(_usage())
        return 0
    if verb not in VERBS:
        raise UsageError(f"no command '{verb}'; see lab --help")
    if os.geteuid() != 0:
        raise LabError("only root can make namespaces")
    return VERBS[verb][0](LabDir(name), rest) or 0


def _usage():
    # pylint: disable-next=import-outside-toplevel  # `exec` starts faster
    from . import keeper, line, options as up
    known = {"up": f"{VERBS['up'][2]}\n{up.help_text()}", "line": line.LINE_COMMANDS,
             "router": "  ".join(keeper.ROUTER_COMMANDS)}
    lines = ["usage: lab [--name NAME] COMMAND …", ""]
    for verb, (_, arguments, text) in VERBS.items():
        lines.append(f"  {verb} {arguments}".rstrip())
        lines += [f"        {row}" for row in known.get(verb, text).split("\n")]
    return "\n".join(lines)


def _need(words, least, what):
    if len(words) < least:
        raise UsageError(f"{what} expected")


def _host(word):
    if word not in topology.HOSTS:
        raise UsageError(f"no host '{word}'; there are {', '.join(topology.HOSTS)}")
    return word


def _up(lab, words):
    # pylint: disable-next=import-outside-toplevel  # `exec` starts faster
    from . import install, keeper, options as up
    options = up.parse(words)
    for router in install.routers(options.etc):
        install.check_configuration(options.etc, router, options.keepalived)
    install.build_programs(options.build)
    with lab.lock():
        lab.clear()
        keeper.start(lab, options)
    if options.settled:
        _wait_settled(lab)


def _wait_settled(lab):
    """main has the VIP, which its check must allow, and the LAN reaches the Internet through it."""
    until = time.monotonic() + SETTLED_SECONDS
    has_vip = f"ip -o addr show | grep -q 'inet {topology.LAN.vip}/'"  # keepalived's vmac may have it
    for host, argv in (("main", ["sh", "-c", has_vip]),
                       ("lan", ["ping", "-n", "-c", "1", "-W", "1", topology.PING_TARGET])):
        if not execute.wait(lab, host, until - time.monotonic(), argv, quiet=True):
            raise LabError(f"not settled after {SETTLED_SECONDS} s: {' '.join(argv)} fails in {host};"
                           f" see {lab.log('main')}")


def _down(lab, words):
    if words == ["--stale"]:
        for other in all_labs():
            if not other.alive():
                _clear(other)
    elif words:
        raise UsageError("down takes nothing but --stale")
    else:
        _clear(lab)


def _clear(lab):
    with lab.lock():
        lab.clear()


def _list(_lab, _words):
    for lab in all_labs():
        print(lab.name, "up" if lab.alive() else "stale")


def _exec(lab, words):
    _need(words, 2, "exec HOST COMMAND")
    return execute.run(lab, _host(words[0]), words[1:])


def _shell(lab, words):
    _need(words, 1, "shell HOST")
    host = _host(words[0])
    os.environ["PS1"] = f"{lab.name}:{host}:\\w# "
    return execute.run(lab, host, ["bash", "--norc", "-i"])


def _wait(lab, words):
    _need(words, 3, "wait HOST SECONDS COMMAND")
    try:
        seconds = float(words[1])
    except ValueError:
        raise UsageError(f"'{words[1]}' is no number of seconds") from None
    if execute.wait(lab, _host(words[0]), seconds, words[2:]):
        return 0
    print(f"lab: not within {words[1]} s in {words[0]}: {' '.join(words[2:])}", file=sys.stderr)
    return EXIT_NO


def _spawn(lab, words):
    _need(words, 2, "spawn HOST COMMAND")
    request(lab.file("control"), ["spawn", _host(words[0]), *words[1:]])


def _line(lab, words):
    if len(words) < 2 or words[0] not in topology.ROUTERS:
        raise UsageError(f"line {_ANY_ROUTER} COMMAND expected")
    _show(request(lab.file("line", words[0]), words[1:]))


def _router(lab, words):
    if len(words) != 2 or words[0] not in topology.ROUTERS:
        raise UsageError(f"router {_ANY_ROUTER} COMMAND expected")
    _show(request(lab.file("control"), ["router", *words]))


def _show(text):
    if text:
        print(text.rstrip("\n"))


def _log(lab, words):
    _need(words, 1, "log NAME [-f]")
    follow = words[1:] == ["-f"]
    if words[1:] and not follow:
        raise UsageError("log NAME [-f] expected")
    path = lab.log(words[0])
    if not os.path.exists(path):
        known = sorted(name[:-4] for name in os.listdir(lab.file("log")))
        raise LabError(f"no log '{words[0]}'; there are {', '.join(known)}")
    os.execvp("tail", ["tail", "-n", "+1", *(["-F"] if follow else []), path])


def _counter(lab, words):
    if words not in ([], ["reset"]):
        raise UsageError("counter [reset] expected")
    import json  # pylint: disable=import-outside-toplevel  # `exec` starts faster without
    action = "reset" if words else "list"
    answer = json.loads(namespace.run(lab.host_pid("isp"), ["nft", "-j", action, "counters"]))
    for entry in answer["nftables"]:
        if "counter" in entry:
            print("{name} {packets} {bytes}".format(**entry["counter"]))


def _soracom(lab, words):
    from . import soracom  # pylint: disable=import-outside-toplevel  # `exec` starts faster without
    return soracom.control(lab, words)


def _dir(lab, _words):
    print(lab.path)


VERBS = {
    "up": (_up, "[OPTION…]", "make the network; what is left of a lab of that name goes first"),
    "down": (_down, "[--stale]", "end the lab (--stale: remove what killed labs left)"),
    "list": (_list, "", "labs, and whether they are up or stale"),
    "shell": (_shell, "HOST", f"a shell in HOST: {', '.join(topology.HOSTS)}"),
    "exec": (_exec, "HOST COMMAND…", "run a command there"),
    "wait": (_wait, "HOST SECONDS COMMAND…", "run it again and again until it succeeds"),
    "spawn": (_spawn, "HOST COMMAND…", "start it in the background, for as long as HOST lives"),
    "line": (_line, f"{_ANY_ROUTER} COMMAND…", ""),
    "router": (_router, f"{_ANY_ROUTER} COMMAND", ""),
    "log": (_log, "NAME [-f]", "main, sub, line-main, line-sub, lab, …"),
    "counter": (_counter, "[reset]", "packets and bytes with a private source, per line"),
    "soracom": (_soracom, "…", "soracom-api ctl …"),
    "dir": (_dir, "", "print the lab's directory"),
}
