"""Puts programs and configuration where a package would put them."""
import os
import shutil

from fo import build as programs
from fo.errors import LabError
from fo.kernel import namespace
from fo.paths import TEST, TREE

from . import firewall, hosts

DEFAULT_BUILD = programs.RELEASE
DEFAULT_ETC = f"{TREE}/etc"
NO_BUILD = "none"


def build_programs(build):
    """Makes sure that `build` can be installed from; builds the default one when it is not there."""
    if build == NO_BUILD or os.path.exists(f"{build}/CMakeCache.txt"):
        return
    if os.path.realpath(build) != os.path.realpath(DEFAULT_BUILD):
        raise LabError(f"{build} is not a build directory (no CMakeCache.txt)")
    if not os.path.exists(f"{TREE}/CMakePresets.json"):
        raise LabError(f"nothing to build in {TREE}; --build {NO_BUILD} makes a lab without programs")
    programs.release()


def install_programs(build, target):
    """Installs into the empty folder `target`, as below /."""
    os.makedirs(target)
    if build != NO_BUILD:
        namespace.command(["cmake", "--install", build, "--prefix", "/usr"],
                          env=os.environ | {"DESTDIR": target})
        namespace.command([f"{TEST}/build", "--own"])  # cmake has left a manifest


def routers(etc):
    """The routers that `etc` is for."""
    return [name for name in hosts.ROUTERS
            if name not in hosts.OPTIONAL_ROUTERS or os.path.isdir(f"{etc}/{name}")]


def check_configuration(etc, router, keepalived):
    if not os.path.isdir(f"{etc}/{router}"):
        raise LabError(f"{etc}/{router}: no such folder (see --etc)")
    if keepalived and not os.path.exists(f"{etc}/{router}/keepalived.conf"):
        raise LabError(f"{etc}/{router}/keepalived.conf is missing (see --no-keepalived)")


def install_configuration(etc, line, root):
    """ETC/ROUTER/fo.conf goes to /etc/fo, whatever is beside it (keepalived.conf, scripts) to
    /etc/keepalived, ETC/ROUTER/root/ over the router's /, ETC/ppp/ip-*.d to /etc/ppp, and
    ETC/nftables.conf to /etc; without one the routers masquerade, and that is all."""
    folder = f"{etc}/{line.router}"
    for name in sorted(os.listdir(folder)):
        source = f"{folder}/{name}"
        if name == "root":
            _copy_tree(source, root)
        elif os.path.isdir(source):
            _copy_tree(source, f"{root}/etc/keepalived/{name}")
        else:
            _copy(source, f"{root}/etc/{'fo' if name == 'fo.conf' else 'keepalived'}/{name}")
    if os.path.exists(f"{etc}/nftables.conf"):
        _copy(f"{etc}/nftables.conf", f"{root}/etc/nftables.conf")
    else:
        with open(f"{root}/etc/nftables.conf", "w", encoding="ascii") as file:
            file.write(firewall.nat_rules(line))
    for hook in ("ip-up.d", "ip-down.d"):
        if os.path.isdir(f"{etc}/ppp/{hook}"):
            _copy_tree(f"{etc}/ppp/{hook}", f"{root}/etc/ppp/{hook}", mode=0o755)


def _copy_tree(source, target, mode=None):
    for folder, _, names in os.walk(source):
        into = os.path.normpath(os.path.join(target, os.path.relpath(folder, source)))
        os.makedirs(into, exist_ok=True)
        for name in names:
            _copy(f"{folder}/{name}", f"{into}/{name}", mode)


def _copy(source, target, mode=None):
    """Root's own copy that nobody else may write, or keepalived refuses to run it."""
    shutil.copyfile(source, target)
    os.chmod(target, mode or os.stat(source).st_mode & 0o755)
