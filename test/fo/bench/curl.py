"""The calls of fo-speedclass, as curl makes them: one process, one connection."""
from fo.demo.checks import SIM

FOLDER = "/run/curl"
_JSON = ["-H", "Content-Type: application/json"]
_ONE = ["-sSf", "-o", "/dev/null", *_JSON]


def prepare(profile, url, interface):
    """A shell script: writes what the calls need. (--next can use no token of its own login.)"""
    auth = f"{FOLDER}/auth"
    return (f"umask 077; mkdir -p {FOLDER} && jq -c '{{authKeyId, authKey}}' {profile} >{auth} && "
            f"curl -sSf --interface {interface} -H '{_JSON[1]}' -d @{auth} {url}/v1/auth | "
            r"""jq -er '"X-Soracom-API-Key: \(.apiKey)\nX-Soracom-Token: \(.token)"' """
            f">{FOLDER}/headers")


def with_token(url, interface):
    return ["curl", *_update(url, interface)]


def with_login(url, interface):
    login = [*_ONE, "--interface", interface, "-d", f"@{FOLDER}/auth", f"{url}/v1/auth"]
    return ["curl", *login, "--next", *_update(url, interface)]


def by_metadata(url, interface):
    return ["curl", *_ONE, "--interface", interface, "-d", _body("s1.fast"),
            f"{url}/v1/subscriber/update_speed_class"]


def _update(url, interface):
    return [*_ONE, "--interface", interface, "-H", f"@{FOLDER}/headers", "-d", _body("s1.fast"),
            f"{url}/v1/subscribers/{SIM}/update_speed_class"]


def _body(speed_class):
    return f'{{"speedClass":"{speed_class}"}}'
