"""The command line."""

import argparse
import json
import sys

from . import client


def main():
    options = _parser().parse_args()
    try:
        return options.run(options)
    except client.ControlError as error:
        print(f"soracom-api: {error}", file=sys.stderr)
        return 2


def _parser():
    parser = argparse.ArgumentParser(prog="soracom-api",
                                     description="A local stand-in for the SORACOM API.")
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    _add_serve(verbs)
    ctl = _add(verbs, "ctl", None, "command a running server")
    _add_dir(ctl)
    _add_commands(ctl.add_subparsers(required=True, metavar="COMMAND"))
    _add_profile(verbs)
    return parser


def _add(verbs, name, run, help_text):
    verb = verbs.add_parser(name, help=help_text, description=help_text)
    if run is not None:
        verb.set_defaults(run=run)
    return verb


def _add_dir(verb):
    verb.add_argument("--dir", required=True, help="the server's directory")


def _add_serve(verbs):
    verb = _add(verbs, "serve", _serve, "run a server in the foreground until SIGTERM")
    _add_dir(verb)
    verb.add_argument("--listen", action="append", metavar="ADDR:PORT",
                      help="HTTPS (default 127.0.0.1:0); port 0 after the first: the same port")
    verb.add_argument("--metadata", metavar="ADDR:PORT", help="plain HTTP metadata service")
    verb.add_argument("--sim", action="append", default=[], metavar="IMSI:SIM-ID[:PLAN[:CLASS]]",
                      help="one more SIM")


def _add_profile(verbs):
    verb = _add(verbs, "profile", _profile, "print a profile that the server accepts")
    _add_dir(verb)
    verb.add_argument("--kind", default="authkey",
                      choices=["authkey", "root", "sam", "go", "ruby"],
                      help="sam is go: a SAM user as the Go tool spells it")
    verb.add_argument("--endpoint", action="store_true", help="with the server's endpoint in it")


def _add_commands(verbs):
    _add(verbs, "status", _status, "state and counters as JSON")
    _add(verbs, "log", _log, "the requests so far as JSON lines, without secrets")
    _add(verbs, "clear", _plain("clear"), "end all faults, drop the connections they hold")
    _add(verbs, "revoke", _plain("revoke"), "make all tokens invalid")
    _add_sim_commands(verbs)
    _add_fault(verbs)
    verb = _add(verbs, "wait-requests", _wait_requests, "wait until so many requests have come")
    verb.add_argument("number", type=int)
    verb.add_argument("--path", default="", metavar="PREFIX")
    verb.add_argument("--timeout", type=float, default=10)
    verb = _add(verbs, "permit", _plain("permit", "names"),
                "permissions of the SAM user's next login")
    verb.add_argument("names", nargs="*", metavar="TAG:OPERATION")
    verb = _add(verbs, "ratelimit", _plain("ratelimit", "limit"), "requests per minute and path")
    verb.add_argument("limit", type=int)
    verb = _add(verbs, "advance", _plain("advance", "seconds"), "move the server's clock forward")
    verb.add_argument("seconds", type=float)
    verb = _add(verbs, "metadata", _plain("metadata", "mode"), "switch the metadata service")
    verb.add_argument("mode", choices=["on", "readonly", "off"])


def _add_sim_commands(verbs):
    verb = _add(verbs, "class", _class, "print or set a SIM's class, as in the console")
    verb.add_argument("sim")
    verb.add_argument("speed_class", nargs="?", metavar="CLASS")
    verb = _add(verbs, "wait-class", _wait_class,
                "wait until a SIM has the class; exit 1 at the timeout")
    verb.add_argument("sim")
    verb.add_argument("speed_class", metavar="CLASS")
    verb.add_argument("--timeout", type=float, default=10)
    verb = _add(verbs, "online", _online, "whether the SIM has a session")
    verb.add_argument("sim")
    verb.add_argument("online", choices=["yes", "no"])


def _add_fault(verbs):
    verb = _add(verbs, "fault", _plain("fault", "kind", "count", "path", "seconds",
                                       "bytes_per_second", "status", "applied"),
                "add a fault")
    verb.add_argument("kind", help="400 to 599, html, wrong-class, empty, redirect, hang, reset, "
                      "huge, truncated, slow, delay, hang-accept, refuse, wrong-cert, expired-cert, "
                      "early-cert")
    verb.add_argument("--count", type=int, default=0, help="so many times (default: until clear)")
    verb.add_argument("--path", default="", metavar="PREFIX", help="only these requests")
    verb.add_argument("--seconds", type=float, default=0, help="delay, or Retry-After of a status")
    verb.add_argument("--bytes-per-second", type=int, default=100, help="slow")
    verb.add_argument("--status", type=int, default=0, help="html (default 503)")
    verb.add_argument("--applied", action="store_true",
                      help="carry the request out first: only its answer is lost")


def _plain(command, *names):
    """Runs a command that prints nothing; `names` are its arguments."""
    def run(options):
        client.ask(options.dir, command, **{name: getattr(options, name) for name in names})
        return 0
    return run


def _serve(options):
    from .serve import serve    # here, because ctl is called often and needs none of it
    serve(options.dir, options.listen, options.metadata, options.sim)
    return 0


def _status(options):
    print(json.dumps(client.ask(options.dir, "status"), indent=1))
    return 0


def _log(options):
    for entry in client.ask(options.dir, "log"):
        print(json.dumps(entry))
    return 0


def _class(options):
    now = client.ask(options.dir, "class", sim=options.sim, speed_class=options.speed_class)
    if options.speed_class is None:
        print(now)
    return 0


def _wait_class(options):
    result = client.ask(options.dir, "wait-class", sim=options.sim,
                         speed_class=options.speed_class, timeout=options.timeout)
    print(result["class"])
    return 0 if result["reached"] else 1


def _wait_requests(options):
    reached = client.ask(options.dir, "wait-requests", number=options.number, path=options.path,
                          timeout=options.timeout)
    return 0 if reached else 1


def _online(options):
    client.ask(options.dir, "online", sim=options.sim, online=options.online == "yes")
    return 0


def _profile(options):
    print(json.dumps(client.ask(options.dir, "profile", kind=options.kind,
                                 endpoint=options.endpoint)))
    return 0
