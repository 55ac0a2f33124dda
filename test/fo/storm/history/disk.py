"""A disk that loses what was not synced, by a record of what was done to two files.

Of POSIX, and no more: what a file holds is certain once it was synced, a name once its folder was. Before that each
write may be there, in part (any sectors of it, the last one cut anywhere), as zeros or as rubbish, or not at all, and
the names are those after any of the changes. What a write does not touch is not changed by it, as in a sector that is
written whole or not.
"""
import random
from dataclasses import dataclass, field

SECTOR = 512


@dataclass
class Inode:
    synced: bytes = b""
    pending: list = field(default_factory=list)  # (offset, data)


@dataclass
class Disk:
    """Names and contents; `names` is certain, `renames` are the names after each change since."""
    names: dict
    renames: list = field(default_factory=list)

    @property
    def now(self):
        return self.renames[-1] if self.renames else self.names

    def take(self, line):
        """Does what a line of the record says."""
        verb, *words = line.split(" ")
        if verb == "create":
            self.renames.append({**self.now, words[0]: Inode()})
        elif verb == "write":
            self.now[words[0]].pending.append((int(words[1]), bytes.fromhex(words[2])))
        elif verb == "sync":
            inode = self.now[words[0]]
            inode.synced, inode.pending = _all(inode), []
        elif verb == "rename":
            names = dict(self.now)
            names[words[1]] = names.pop(words[0])
            self.renames.append(names)
        elif verb == "syncdir":
            self.names, self.renames = self.now, []
        else:
            raise ValueError(f"what is {line!r}?")

    def without_power(self, chance: random.Random):
        """{name: bytes} as it may be found after that."""
        names = chance.choice([self.names, *self.renames])
        return {name: _some(inode, chance) for name, inode in names.items()}


def _put(data, offset, new):
    return data[:offset].ljust(offset, b"\0") + new + data[offset + len(new):]


def _all(inode):
    data = inode.synced
    for operation in inode.pending:
        data = _put(data, *operation)
    return data


def _some(inode, chance):
    data = inode.synced
    for offset, new in inode.pending:
        if chance.random() < 0.8:
            data = _put(data, offset, _torn(offset, new, chance))
    return data


def _torn(offset, data, chance):
    """By sectors of the disk; where one is missing, it is as long, and something else."""
    if chance.random() < 0.2:
        return data
    out = b""
    for begin in range(offset - offset % SECTOR, offset + len(data), SECTOR):
        part = data[max(begin - offset, 0):begin + SECTOR - offset]
        how = chance.randrange(5)
        if how == 0:
            part = bytes(len(part))
        elif how == 1:
            part = chance.randbytes(len(part))
        elif how == 2:
            keep = chance.randrange(len(part) + 1)
            part = part[:keep] + bytes(len(part) - keep)
        elif how == 3:  # of something that was there before, with the same line's end
            part = bytes(byte if byte in b"\n" else ord("y") for byte in part)
        out += part
    return out if chance.random() < 0.7 else out[:chance.randrange(len(out) + 1)]
