"""HTTP/1.1 requests, read strictly: what is merely tolerated elsewhere should show in a test."""

import re
import urllib.parse
from dataclasses import dataclass

HEAD_MOST = 16 * 1024
BODY_MOST = 64 * 1024

_LINE = re.compile(r"([A-Z]+) (/\S*) HTTP/1\.([01])")
_HEADER = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*")


class Malformed(Exception):
    """Not HTTP as this server understands it. The connection cannot be used any more."""


@dataclass
class Request:
    """One request as it came."""

    method: str
    target: str          # with the query, as sent
    version_minor: int
    headers: list        # pairs, in the order and spelling of the client
    body: bytes = b""
    size: int = 0        # bytes of head and body, before TLS

    @property
    def path(self):
        return self.target.split("?", 1)[0]

    @property
    def query(self):
        return self.target.partition("?")[2]

    def values(self, name):
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def value(self, name, default=""):
        return (self.values(name) or [default])[0]

    @property
    def language(self):
        return self.value("X-Soracom-Lang", "en")

    @property
    def keep_alive(self):
        wish = self.value("Connection").lower()
        return wish == "keep-alive" if self.version_minor == 0 else wish != "close"


class RequestReader:
    """Cuts requests out of the bytes of one connection."""

    def __init__(self, connection):
        self._connection = connection
        self._buffer = b""

    def next(self):
        """The next request, or None when the client has ended the connection between two."""
        head = self._head()
        if head is None:
            return None
        request = _parse_head(head)
        length = _body_length(request)
        if length and request.value("Expect").lower() == "100-continue":
            self._connection.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.body = self._take(length)
        request.size = len(head) + 4 + length
        return request

    def _head(self):
        while b"\r\n\r\n" not in self._buffer:
            if len(self._buffer) > HEAD_MOST:
                raise Malformed("head too long")
            data = self._connection.receive()
            if not data:
                return None
            self._buffer += data
        head, self._buffer = self._buffer.split(b"\r\n\r\n", 1)
        return head

    def _take(self, length):
        while len(self._buffer) < length:
            data = self._connection.receive()
            if not data:
                raise Malformed("body cut off")
            self._buffer += data
        body, self._buffer = self._buffer[:length], self._buffer[length:]
        return body


def _parse_head(head):
    lines = head.decode("latin-1").split("\r\n")
    line = _LINE.fullmatch(lines[0])
    if not line:
        raise Malformed("bad request line")
    headers = []
    for text in lines[1:]:
        header = _HEADER.fullmatch(text)
        if not header:
            raise Malformed("bad header line")
        headers.append(header.groups())
    return Request(line[1], urllib.parse.quote(line[2], safe="/?&=%:,;@!$'()*+~-._"),
                   int(line[3]), headers)


def _body_length(request):
    # libcurl sends a length for a body it holds in memory; chunks here would be a mistake.
    if request.values("Transfer-Encoding"):
        raise Malformed("Transfer-Encoding in a request")
    lengths = request.values("Content-Length")
    if not lengths:
        return 0
    if len(lengths) > 1 or not re.fullmatch(r"[0-9]{1,9}", lengths[0]):
        raise Malformed("bad Content-Length")
    if int(lengths[0]) > BODY_MOST:
        raise Malformed("body too long")
    return int(lengths[0])
