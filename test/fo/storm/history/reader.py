"""What is in the history: as fo-status hands it out, and as its files have it, read without our code."""
import json
import subprocess

from fo.month.event import checksum


def shown(program):
    """The numbers of the events and the words that name them, in order."""
    done = subprocess.run([program, "--json", "history"], capture_output=True, check=False)
    if done.returncode != 0:
        raise ValueError(f"fo-status history: {done.returncode}: {done.stderr.decode(errors='replace')}")
    return [(event["id"], name_of(event["text"])) for event in json.loads(done.stdout)["events"]]


def name_of(text):
    """NAME.NUMBER; all of the text where it is not that of a writer, or was changed."""
    words = text.split(" ")
    number = words[0].rpartition(".")[2]
    if not number.isdigit() or "".join(words[1:]) != "x" * (int(number) * 37 % 300):
        return text
    return words[0]


def kept(data):
    """Names of the events that are whole in the bytes of a file."""
    found = []
    for line in data.split(b"\n"):
        parts = line.split(b" ", 2)
        if len(parts) == 3 and parts[1] == b"%d" % len(parts[2]) and parts[0] == b"%04x" % checksum(parts[2]):
            found.append(name_of(parts[2].split(b" ", 8)[8].decode()))
    return found
