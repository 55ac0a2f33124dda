"""The command line of test/readme."""
import difflib
import sys

from fo.paths import TREE

from .blocks import PageError, blocks_of, commands, tested
from .player import Player

USAGE = """usage: readme list [PAGE]            what is in the page (default: README.md), and where it runs
       readme same [PAGE [OTHER]]    whether both have the same commands (README.md, README.ja.md)
       readme run [--release RELEASE] [PAGE]
                                     run all of it on two machines, and see whether it keeps its promises
Exit status: 0 yes; 1 no; 2 it could not be tried; 64 usage."""


def main(words):
    verb, *rest = words or [""]
    if verb in ("-h", "--help"):
        print(USAGE)
        return 0
    try:
        if verb == "list" and len(rest) < 2:
            return _list(*rest)
        if verb == "same" and len(rest) < 3:
            return _same(*rest)
        if verb == "run":
            return _run(rest)
    except PageError as error:
        print(f"readme: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"readme: {error}", file=sys.stderr)
        return 2
    print(USAGE, file=sys.stderr)
    return 64


def _read(page):
    with open(page, encoding="utf-8") as file:
        return blocks_of(file.read())


def _list(page=f"{TREE}/README.md"):
    for block in tested(_read(page)):
        print(f"== line {block.line}, {block.section}: {', '.join(block.hosts) or f'not run: {block.reason}'}")
        print(block.text)
        for check in block.checks:
            print(f"-> {'by' if check.during else 'then, by'} {check.seconds:g} s on {check.host}: {check.command}")
    return 0


def _same(page=f"{TREE}/README.md", other=f"{TREE}/README.ja.md"):
    both = [commands(_read(name)) for name in (page, other)]
    different = list(difflib.unified_diff(*both, page, other, lineterm="", n=0))
    print("\n".join(different) if different else f"the same {len(both[0])} commands")
    return 1 if different else 0


def _run(words):
    release, page = "bookworm", f"{TREE}/README.md"
    if words[:1] == ["--release"] and len(words) > 1:
        release, words = words[1], words[2:]
    if words:
        page, *words = words
    chosen = tested(_read(page))
    with Player(release) as player:
        return 0 if all([player.play(block) for block in chosen]) else 1
