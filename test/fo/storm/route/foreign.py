"""What somebody else may do to routes and rules: arguments of ip(8). Pure.

The gateway 192.168.0.1 is nobody, table 54 is somebody's."""
from dataclasses import dataclass

TABLE = 54
LAST_METRIC = 1024  # of a router advertisement
NOBODY, NOBODY6 = "192.168.0.1", "fe80::9"

# Takes away what is ours, or goes before it with the same metric: to be put right.
_TAKES = (
    "-4 route del default", "-4 route flush exact default",
    f"-4 route replace default via {NOBODY} dev eth0 proto dhcp",
    f"-4 route prepend default via {NOBODY} dev eth0",
    f"-4 route append default via {NOBODY} dev eth0 proto static",
    # Made while the address is this router's own, the kernel makes no use of the gateway, ever.
    "-4 route replace default via 192.168.0.254 dev eth0",
    "-4 route replace default via 192.168.0.254 dev eth0 proto keepalived",
)
_TAKES_LINE = (
    "rule del pref 8700", "rule del pref 8701", "rule del pref 8702", "rule del pref 8703",
    "rule flush protocol 87", "rule add pref 8701 lookup 54 protocol 87",
    "rule add pref 8702 oif ppp0 lookup 54 protocol 87", "route flush table 87",
)
_TAKES_TABLE = (
    f"-4 route replace default via {NOBODY} dev eth0 table 87",
    f"-4 route prepend default via {NOBODY} dev eth0 table 87",
    "-4 rule add pref 8700 from 100.64.77.77 lookup 87 protocol 87",
)
_TAKES6 = (
    "-6 route del default", "-6 route flush exact default",
    f"-6 route replace default via {NOBODY6} dev eth0 metric 1 proto ra",
    f"-6 route prepend default via {NOBODY6} dev eth0 metric 1",
    f"-6 route append default via {NOBODY6} dev eth0 metric 1",
    f"-6 route replace default via {NOBODY6} dev eth0 metric 1 table 87",
    "-6 rule add pref 8700 from 2001:db8:77::1 lookup 87 protocol 87",
)
# Goes before what is ours, and is not ours to be removed: somebody has to take it back.
_OVERRULES = (
    ("-4 rule add pref 100 lookup 54", "-4 rule del pref 100"),
    ("-4 rule add pref 101 unreachable", "-4 rule del pref 101"),
    ("-4 rule add pref 102 iif eth0 prohibit", "-4 rule del pref 102"),
    ("-4 rule add pref 103 oif ppp0 lookup 54", "-4 rule del pref 103"),
    (f"-4 route add 0.0.0.0/1 via {NOBODY} dev eth0", f"-4 route del 0.0.0.0/1 via {NOBODY} dev eth0"),
    (f"-4 route add default via {NOBODY} dev eth0 table 56", "-4 route flush table 56"),
)
_OVERRULES6 = (
    ("-6 rule add pref 100 lookup 54", "-6 rule del pref 100"),
    ("-6 rule add pref 101 blackhole", "-6 rule del pref 101"),
    (f"-6 route add 2000::/3 via {NOBODY6} dev eth0", f"-6 route del 2000::/3 via {NOBODY6} dev eth0"),
)


@dataclass(frozen=True)
class Kept:
    """Somebody else's, which nobody may have touched in the end."""
    family: str  # of ip(8)
    table: str  # "route" or "rule"
    number: int  # its metric, or its priority
    words: str  # that made it


def take(rng, six, has_table):
    """A command that takes what is ours."""
    family = rng.choice(["-4", "-6"]) if six else "-4"
    choices = list(_TAKES6 if family == "-6" else _TAKES)
    if has_table:
        choices += [f"{family} {words}" for words in _TAKES_LINE]
        choices += [] if family == "-6" else _TAKES_TABLE
    return rng.choice([words for words in choices if has_table or "87" not in words])


def overrule(rng, six):
    """(a command, and the one that takes it back)."""
    return rng.choice([*_OVERRULES, *(_OVERRULES6 if six else ())])


def add_aside(rng, number):
    """What harms nobody: (words, Kept or None). `number` tells it from others."""
    metric, rule = 50 + number, 9000 + number
    kind = rng.choice(["metric", "metric", "ra", "ra", "rule", "rule6", "between"])
    if kind == "metric":
        proto = rng.choice(["dhcp", "static", "boot", "bird"])
        words = f"-4 route add default via {NOBODY} dev eth0 metric {metric} proto {proto}"
        return words, Kept("-4", "route", metric, words)
    if kind == "ra":
        # What the kernel makes of an advertisement.
        metric, life = rng.choice([100, 512, LAST_METRIC]), rng.choice([1, 30, 1800])
        return (f"-6 route replace default via {NOBODY6} dev {rng.choice(['eth0', 'ppp0'])} metric {metric} "
                f"proto ra expires {life} pref {rng.choice(['low', 'medium', 'high'])}", None)
    if kind == "between":  # with a priority of ours, and not ours
        return f"-4 rule add pref 8701 from 10.77.0.{number} lookup 54", None
    family = "-6" if kind == "rule6" else "-4"
    match = rng.choice(["from 2001:db8:9::/64" if family == "-6" else "from 10.9.9.0/24", f"fwmark {number}"])
    words = f"{family} rule add pref {rule} {match} lookup 54"
    return words, Kept(family, "rule", rule, words)


def takes_kept(words, kept):
    """Whether a command of take() takes somebody's route, too."""
    return kept.table == "route" and words in (f"{kept.family} route del default",
                                               f"{kept.family} route flush exact default")
