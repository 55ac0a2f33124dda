"""A name server (RFC 1035) over UDP for a few names, each with one IPv4 address."""
import selectors
import socket
import struct

PORT = 53
TTL_SECONDS = 60
_HEADER = struct.Struct("!6H")
_LONGEST = 512
_RESPONSE, _AUTHORITATIVE, _ASKED_FOR_RECURSION, _RECURSION = 0x8000, 0x0400, 0x0100, 0x0080
_NO_SUCH_NAME = 3
_A, _INTERNET = 1, 1
_NAME_OF_QUESTION = 0xC000 | _HEADER.size


class NameServer:
    """Bound to its very addresses: a reply from another one would be dropped by NAT."""

    def __init__(self, addresses, names):
        self._names = names
        self._selector = selectors.DefaultSelector()
        for address in addresses:
            server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            server.bind((address, PORT))
            self._selector.register(server, selectors.EVENT_READ)

    def serve(self):
        while True:
            for key, _ in self._selector.select():
                try:
                    query, sender = key.fileobj.recvfrom(_LONGEST)
                    key.fileobj.sendto(answer(query, self._names), sender)
                except (OSError, ValueError, IndexError, struct.error):
                    pass  # no question, or nobody there any more


def answer(query, names):
    """The reply to a query of one question."""
    number, flags, _, _, _, _ = _HEADER.unpack_from(query)
    name, end = _question(query)
    kind, family = struct.unpack_from("!HH", query, end)
    address = names.get(name)
    record = b""
    if address is not None and (kind, family) == (_A, _INTERNET):
        record = (struct.pack("!HHHIH", _NAME_OF_QUESTION, _A, _INTERNET, TTL_SECONDS, 4)
                  + socket.inet_aton(address))
    flags = (_RESPONSE | _AUTHORITATIVE | flags & _ASKED_FOR_RECURSION | _RECURSION
             | (_NO_SUCH_NAME if address is None else 0))
    return (_HEADER.pack(number, flags, 1, 1 if record else 0, 0, 0)
            + query[_HEADER.size:end + 4] + record)


def _question(query):
    """(name, offset after it)."""
    labels, at = [], _HEADER.size
    while query[at]:
        labels.append(query[at + 1:at + 1 + query[at]].decode("ascii").lower())
        at += 1 + query[at]
    return ".".join(labels), at + 1
