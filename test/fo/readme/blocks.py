"""Code blocks of a page, and the hidden comments that say where each runs and what it promises.

    <!-- on: main -->                  the block that follows runs there: main, sub, both (main first), lan
    <!-- on: sub; type: profile, y --> and a person types this at its prompts; `profile`: SORACOM credentials
    <!-- not run: REASON -->           it does not
    <!-- by 3 s on sub: COMMAND -->    after a block: within 3 s of its start the command succeeds there
    <!-- then on main: COMMAND -->     and once it has ended

A section that has any of these is tested: each of its blocks needs one. Pure: no I/O.
"""
import re
from dataclasses import dataclass, field

HOSTS = ("main", "sub", "both", "lan")
THEN_SECONDS = 30

_COMMENT = re.compile(r"^\s*<!--\s*(on|not run|by|then)\b(.*?)-->\s*$")
_FENCE = re.compile(r"^\s*(`{3,}|~{3,})")
_ITEM = re.compile(r"^(\s*(?:[-*+]|\d+[.)])\s+)\S")
_HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*$")
_CHECK = re.compile(r"^(?:by\s+(?P<seconds>\d+(?:\.\d+)?)\s*s|then)\s+on\s+(?P<host>main|sub|lan)\s*:\s*(?P<command>.+)$")


class PageError(Exception):
    """Something in the page that its author has to mend, with the line."""


@dataclass(frozen=True)
class Check:
    line: int
    host: str
    command: str
    seconds: float
    during: bool  # counted from the block's start, not from its end


@dataclass
class Block:
    line: int
    section: str
    text: str
    hosts: tuple = ()  # where it runs; none: nowhere
    typed: tuple = ()
    reason: str = ""  # why it does not run
    directed: bool = False
    checks: list = field(default_factory=list)


def blocks_of(page):
    """All blocks of a page, in its order; raises PageError for a comment that says nothing."""
    found, section, waiting = [], "", None
    for number, kind, text in _parts(page.split("\n")):
        if kind == "heading":
            section = text
        elif kind == "comment":
            waiting = _directed(number, text, found, waiting)
        elif kind == "block":
            block = waiting or Block(0, "", "")
            waiting = None
            block.line, block.section, block.text = number, section, text
            found.append(block)
        elif kind == "text" and waiting is not None:
            raise PageError(f"line {number}: a block was expected after the comment, not: {text.strip()[:40]}")
    if waiting is not None:
        raise PageError("the last comment has no block")
    return found


def tested(blocks):
    """Those of the sections under test; raises PageError where one says not what is to be done with it."""
    sections = {block.section for block in blocks if block.directed}
    chosen = [block for block in blocks if block.section in sections]
    for block in chosen:
        if not block.directed:
            raise PageError(f"line {block.line}: a block without `<!-- on: … -->` or `<!-- not run: … -->`, in a section "
                            f"that is tested ({block.section})")
    if not chosen:
        raise PageError("no block says where it runs")
    return chosen


def commands(blocks):
    """What two languages of a page have to have in common: lines of blocks with a comment, and in others those that
    begin with sudo (what programs print may be left out). Without comments of the shell."""
    lines = (re.sub(r"(^|\s)#\s.*$", "", line).rstrip() for block in blocks for line in block.text.split("\n")
             if block.directed or line.startswith("sudo "))
    return [line for line in lines if line]


def _directed(number, text, found, waiting):
    """Understands a comment; returns the block that waits for its text, if any."""
    check = _CHECK.match(text)
    if check:
        if waiting is not None or not found or not found[-1].hosts:
            raise PageError(f"line {number}: nothing before it runs: {text}")
        during = check["seconds"] is not None
        found[-1].checks.append(Check(number, check["host"], check["command"],
                                      float(check["seconds"] or THEN_SECONDS), during))
        return None
    if waiting is not None:
        raise PageError(f"line {number}: two comments for one block")
    word, _, rest = text.partition(":")
    if word == "not run" and rest.strip():
        return Block(0, "", "", reason=rest.strip(), directed=True)
    where, _, typed = rest.partition(";")
    what, _, words = typed.strip().partition(":")
    if word != "on" or where.strip() not in HOSTS or (typed and what != "type"):
        raise PageError(f"line {number}: not understood: {text}")
    hosts = ("main", "sub") if where.strip() == "both" else (where.strip(),)
    return Block(0, "", "", hosts=hosts, directed=True,
                 typed=tuple(answer.strip() for answer in words.split(",") if answer.strip()))


def _parts(lines):
    """The page in parts: (line number, "heading" | "comment" | "block" | "text", text)."""
    number, item, after_blank = 0, 0, True
    while number < len(lines):
        line, start = lines[number], number + 1
        indent = len(line) - len(line.lstrip())
        if not line.strip():
            number, after_blank = number + 1, True
            continue
        if indent < item:
            item = 0
        if fence := _FENCE.match(line):
            number, text = _fenced(lines, number, fence[1])
            yield start, "block", text
        elif indent >= item + 4 and after_blank:
            number, text = _indented(lines, number, item + 4)
            yield start, "block", text
        else:
            number += 1
            if comment := _COMMENT.match(line):
                # As a blank line: a comment is a block of its own.
                yield start, "comment", f"{comment[1]}{comment[2]}".strip()
                after_blank = True
                continue
            if heading := _HEADING.match(line):
                item = 0
                yield start, "heading", heading[2]
            else:
                found = _ITEM.match(line)
                item = len(found[1]) if found else item
                yield start, "text", line
        after_blank = False


def _fenced(lines, number, fence):
    end = number + 1
    while end < len(lines) and not lines[end].strip().startswith(fence):
        end += 1
    indent = len(lines[number]) - len(lines[number].lstrip())
    return end + 1, "\n".join(_outdented(line, indent) for line in lines[number + 1:end])


def _indented(lines, number, indent):
    end = number
    while end < len(lines) and (not lines[end].strip() or lines[end].startswith(" " * indent)):
        end += 1
    return end, "\n".join(_outdented(line, indent) for line in lines[number:end]).rstrip("\n")


def _outdented(line, indent):
    return line[min(indent, len(line) - len(line.lstrip())):]
