"""What happens to the file systems: full, and read-only."""
from .kind import ROUTERS, Kind, of_router

FOLDERS = ("/run/fo", "/var/lib/fo")


def _draw(chance):
    return chance.choice(ROUTERS), (chance.choice(FOLDERS),), round(chance.uniform(0.5, 12), 1)


# By a mount over itself: what has a file open there may write to it all the same, as after a disk's error.
_READ_ONLY = 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1"'
# /run, or the disk of /var/lib/fo: as small as what is in it.
_FULL = 'dd if=/dev/zero of="$1/.chaos" bs=4k 2>/dev/null; test -e "$1/.chaos"'


def _in(script):
    return lambda world, where, words: world.sh(where, script, words[0])


KINDS = {
    "read-only": Kind(3, _draw, of_router("disk"), _in(_READ_ONLY), _in('umount "$1"')),
    "full": Kind(3, _draw, of_router("disk"), _in(_FULL), _in('rm -f "$1/.chaos"')),
}
