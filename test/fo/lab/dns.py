"""A name server (RFC 1035) for a few names, each with one IPv4 address, over UDP and TCP.

What it answers is in the file `FOLDER/ADDRESS` of each of its addresses, and may change at any time:
one of MODES, normal where there is no file. Queries are counted in `FOLDER/ADDRESS.queries`.

By itself: python3 -B -m fo.lab.dns FOLDER NAME=ADDRESS… -- SERVER-ADDRESS…
"""
import os
import selectors
import socket
import struct
import sys
import time

PORT = 53
MODES = """normal          the right address
ttl SECONDS     the same, good for so long (60)
lies ADDRESS    another one
nxdomain, servfail, refused, empty
silent
slow SECONDS    the right address, late
truncated       cut over UDP (TC); whole over TCP
wrong-id, wrong-question, garbage
huge            the right address behind 3000 bytes of others"""
TTL_SECONDS = 60
_HEADER = struct.Struct("!6H")
_LONGEST = 4096
_RESPONSE, _AUTHORITATIVE, _CUT, _ASKED_FOR_RECURSION, _RECURSION = 0x8000, 0x0400, 0x0200, 0x0100, 0x0080
_CODES = {"servfail": 2, "nxdomain": 3, "refused": 5}
_A, _INTERNET = 1, 1
_NAME_OF_QUESTION = 0xC000 | _HEADER.size
_MANY = 190  # records that make an answer huge


class NameServer:
    """Bound to its very addresses: a reply from another one would be dropped by NAT."""

    def __init__(self, addresses, names, folder):
        self._names = names
        self._folder = folder
        self._selector = selectors.DefaultSelector()
        self._late = []  # (when, socket, packet, receiver)
        os.makedirs(folder, exist_ok=True)
        for address in addresses:
            for kind, serve in ((socket.SOCK_DGRAM, self._serve_udp), (socket.SOCK_STREAM, self._serve_tcp)):
                server = socket.socket(socket.AF_INET, kind)
                server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                server.bind((address, PORT))
                if kind == socket.SOCK_STREAM:
                    server.listen()
                self._selector.register(server, selectors.EVENT_READ, (serve, address))

    def serve(self):
        while True:
            due = min((when for when, *_ in self._late), default=None)
            for key, _ in self._selector.select(None if due is None else max(0, due - time.monotonic())):
                serve, address = key.data
                try:
                    serve(key.fileobj, address)
                except (OSError, ValueError, IndexError, struct.error):
                    pass  # no question, or nobody there any more
            self._send_late()

    def _serve_udp(self, server, address):
        query, sender = server.recvfrom(_LONGEST)
        words = self._mode(address)
        reply = answer(query, self._names, words, over_udp=True)
        if reply is None:
            return
        if words[0] == "slow":
            self._late.append((time.monotonic() + float(words[1]), server, reply, sender))
        else:
            server.sendto(reply, sender)

    def _serve_tcp(self, server, address):
        client, _ = server.accept()
        with client:
            client.settimeout(2)
            (length,) = struct.unpack("!H", client.recv(2, socket.MSG_WAITALL))
            query = client.recv(length, socket.MSG_WAITALL)
            reply = answer(query, self._names, self._mode(address), over_udp=False)
            if reply is not None:
                client.sendall(struct.pack("!H", len(reply)) + reply)

    def _send_late(self):
        now = time.monotonic()
        for late in [late for late in self._late if late[0] <= now]:
            self._late.remove(late)
            _, server, reply, sender = late
            server.sendto(reply, sender)

    def _mode(self, address):
        with open(f"{self._folder}/{address}.queries", "a", encoding="ascii") as file:
            file.write("query\n")
        return mode(self._folder, address)


def mode(folder, address):
    """What this server does, as words."""
    try:
        with open(f"{folder}/{address}", encoding="ascii") as file:
            return file.read().split() or ["normal"]
    except FileNotFoundError:
        return ["normal"]


def set_mode(folder, address, words):
    known = [line.split()[0].rstrip(",") for line in MODES.replace(", ", "\n").split("\n")]
    if not words or words[0] not in known:
        raise ValueError(f"one of these expected:\n{MODES}")
    with open(f"{folder}/{address}.new", "w", encoding="ascii") as file:
        file.write(" ".join(words))
    os.rename(f"{folder}/{address}.new", f"{folder}/{address}")


def answer(query, names, words, over_udp):
    """The reply to a query of one question, or None."""
    how, *value = words
    number, flags, _, _, _, _ = _HEADER.unpack_from(query)
    name, end = _question(query)
    question = query[_HEADER.size:end + 4]
    code = _CODES.get(how, 0 if name in names else _CODES["nxdomain"])
    addresses = _addresses(how, value, names.get(name))
    records = b""
    if code == 0 and struct.unpack_from("!HH", query, end) == (_A, _INTERNET):
        ttl = int(value[0]) if how == "ttl" else TTL_SECONDS
        records = b"".join(struct.pack("!HHHIH", _NAME_OF_QUESTION, _A, _INTERNET, ttl, 4)
                           + socket.inet_aton(address) for address in addresses)
    flags = _RESPONSE | _AUTHORITATIVE | flags & _ASKED_FOR_RECURSION | _RECURSION | code
    if how == "silent":
        return None
    if how == "garbage":
        return os.urandom(len(query))
    if how == "truncated" and over_udp:
        flags, records = flags | _CUT, b""
    if how == "wrong-id":
        number ^= 0x5555
    if how == "wrong-question":
        question = question.replace(question[1:4], b"xyz")
    return _HEADER.pack(number, flags, 1, len(records) // 16, 0, 0) + question + records


def _addresses(how, value, right):
    if how == "empty" or right is None:
        return []
    if how == "lies":
        return value[:1]
    if how == "huge":
        return [f"192.0.2.{1 + i % 250}" for i in range(_MANY)] + [right]
    return [right]


def _question(query):
    """(name, offset after it)."""
    labels, at = [], _HEADER.size
    while query[at]:
        labels.append(query[at + 1:at + 1 + query[at]].decode("ascii").lower())
        at += 1 + query[at]
    return ".".join(labels), at + 1


if __name__ == "__main__":
    _cut = sys.argv.index("--")
    NameServer(sys.argv[_cut + 1:], dict(word.split("=") for word in sys.argv[2:_cut]),
               sys.argv[1]).serve()
