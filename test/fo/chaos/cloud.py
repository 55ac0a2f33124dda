"""What happens to SORACOM's API and to the name servers."""
from .kind import Kind, of_all

FAULTS = (("500",), ("503", "--seconds", "3"), ("429", "--seconds", "2"), ("400",), ("401",), ("html",), ("empty",),
          ("reset",), ("hang",), ("huge",), ("truncated",), ("slow",), ("delay", "--seconds", "3"), ("hang-accept",),
          ("refuse",), ("wrong-cert",), ("expired-cert",), ("wrong-class",), ("500", "--applied"),
          ("reset", "--applied"))
NAMES = (("silent",), ("lies", "8.8.8.8"), ("nxdomain",), ("servfail",), ("refused",), ("empty",), ("slow", "2"),
         ("truncated",), ("wrong-id",), ("wrong-question",), ("garbage",), ("huge",))
SERVERS = ("100.127.0.53", "100.127.1.53")


def _api(chance):
    return "api", chance.choice(FAULTS), round(chance.uniform(1, 20), 1)


def _names(chance):
    return "names", (chance.choice(("one", "both")), *chance.choice(NAMES)), round(chance.uniform(1, 20), 1)


def _misname(world, _where, words):
    for server in SERVERS if words[0] == "both" else SERVERS[:1]:
        world.lab("dns", server, *words[1:])


def _name(world, _where, _words):
    for server in SERVERS:
        world.lab("dns", server, "normal")


KINDS = {
    "api": Kind(5, _api, of_all("api"), lambda world, where, words: world.lab("soracom", "fault", *words),
                lambda world, where, words: world.lab("soracom", "clear")),
    "revoke": Kind(1, lambda chance: ("api", (), 0.0), of_all("api"),
                   lambda world, where, words: world.lab("soracom", "revoke")),
    "names": Kind(3, _names, of_all("names"), _misname, _name),
}
