"""The command line: one table of verbs, which is dispatch and help text."""
import os
import sys
import time

from fo.errors import EXIT_CANNOT, EXIT_NO, EXIT_USAGE, LabError, UsageError
from fo.patience import seconds

from . import execute, hosts
from .control import request
from .labdir import LabDir, all_labs

DEFAULT_NAME = "lab"
SETTLED_SECONDS = seconds(40)
FOLLOW_SECONDS = 60
_ANY_ROUTER = "|".join(hosts.ROUTERS)


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
    # pylint: disable-next=import-outside-toplevel  # as in _wait_settled
    from . import dns, keeper, options as up
    from .line_commands import LINE_COMMANDS  # pylint: disable=import-outside-toplevel
    known = {"dns": f"what SORACOM's name server (up --dns) answers at this address\n{dns.MODES}",
             "up": f"{VERBS['up'][2]}\n{up.help_text()}", "line": LINE_COMMANDS,
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
    if word not in hosts.HOSTS:
        raise UsageError(f"no host '{word}'; there are {', '.join(hosts.HOSTS)}")
    return word


def _up(lab, words):
    # pylint: disable-next=import-outside-toplevel  # as in _wait_settled
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
    from . import topology  # pylint: disable=import-outside-toplevel  # most commands start faster without
    until = time.monotonic() + SETTLED_SECONDS
    has_vip = f"ip -o addr show | grep -q 'inet {topology.LAN.vip}/'"  # keepalived's vmac may have it
    for host, argv in (("main", ["sh", "-c", has_vip]),
                       ("lan", ["ping", "-n", "-c", "1", "-W", "1", topology.PING_TARGET])):
        if not execute.succeeds(lab, host, until - time.monotonic(), argv):
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
    execute.run(lab, _host(words[0]), words[1:])


def _shell(lab, words):
    _need(words, 1, "shell HOST")
    host = _host(words[0])
    os.environ["PS1"] = f"{lab.name}:{host}:\\w# "
    execute.run(lab, host, ["bash", "--norc", "-i"])


def _wait(lab, words):
    _need(words, 3, "wait HOST SECONDS COMMAND")
    try:
        float(words[1])
    except ValueError:
        raise UsageError(f"'{words[1]}' is no number of seconds") from None
    execute.wait(lab, _host(words[0]), words[1], words[2:])


def _spawn(lab, words):
    _need(words, 2, "spawn HOST COMMAND")
    request(lab.file("control"), ["spawn", _host(words[0]), *words[1:]])


def _line(lab, words):
    if len(words) < 2 or words[0] not in hosts.ROUTERS:
        raise UsageError(f"line {_ANY_ROUTER} COMMAND expected")
    _show(request(lab.file("line", words[0]), words[1:]))


def _router(lab, words):
    if len(words) != 2 or words[0] not in hosts.ROUTERS:
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
    from . import firewall  # pylint: disable=import-outside-toplevel  # as in _wait_settled
    for name, packets, octets in firewall.counters(lab.host_pid("isp"), reset=bool(words)):
        print(name, packets, octets)


def _soracom(lab, words):
    from . import soracom  # pylint: disable=import-outside-toplevel  # as in _wait_settled
    return soracom.control(lab, words)


def _follow(lab, words):
    _need(words, 3, "follow CLASS ROUTER LINE-COMMAND")
    from fo.soracom import client, sims  # pylint: disable=import-outside-toplevel  # as in _wait_settled
    answer = client.ask(lab.file("soracom"), "wait-class", sim=sims.DEFAULT_IMSI, speed_class=words[0],
                        timeout=FOLLOW_SECONDS)
    if not answer["reached"]:
        return EXIT_NO
    _line(lab, words[1:])
    return 0


def _dns(lab, words):
    from . import dns, topology  # pylint: disable=import-outside-toplevel  # as in _wait_settled
    if len(words) < 2 or words[0] not in topology.NAME_SERVERS:
        raise UsageError(f"dns {'|'.join(topology.NAME_SERVERS)} MODE expected")
    try:
        dns.set_mode(lab.file("dns"), words[0], words[1:])
    except ValueError as error:
        raise UsageError(f"dns {words[0]}: {error}") from error


def _dir(lab, _words):
    print(lab.path)


VERBS = {
    "up": (_up, "[OPTION…]", "make the network; what is left of a lab of that name goes first"),
    "down": (_down, "[--stale]", "end the lab (--stale: remove what killed labs left)"),
    "list": (_list, "", "labs, and whether they are up or stale"),
    "shell": (_shell, "HOST", f"a shell in HOST: {', '.join(hosts.HOSTS)}"),
    "exec": (_exec, "HOST COMMAND…", "run a command there"),
    "wait": (_wait, "HOST SECONDS COMMAND…", "run it again and again until it succeeds"),
    "spawn": (_spawn, "HOST COMMAND…", "start it in the background, for as long as HOST lives"),
    "line": (_line, f"{_ANY_ROUTER} COMMAND…", ""),
    "router": (_router, f"{_ANY_ROUTER} COMMAND", ""),
    "log": (_log, "NAME [-f]", "main, sub, line-main, line-sub, lab, …"),
    "counter": (_counter, "[reset]", "packets and bytes with a private source, per line"),
    "soracom": (_soracom, "…", "soracom-api ctl …"),
    "follow": (_follow, f"CLASS {_ANY_ROUTER} COMMAND…",
               "give a line that command as soon as SORACOM has set that class"),
    "dns": (_dns, "ADDRESS MODE", ""),
    "dir": (_dir, "", "print the lab's directory"),
}
