"""Commands through a unix socket: one JSON list of words in, one JSON [ok, text] out."""
import json
import os
import socket

from fo.errors import LabError, UsageError

REQUEST_SECONDS = 60
MAXIMUM = 64 * 1024


def request(path, words):
    """Sends a command; returns the answer's text, raises LabError when the answer is a refusal."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(REQUEST_SECONDS)
        try:
            connection.connect(path)
            connection.sendall(json.dumps(words).encode() + b"\n")
            answer = _read_line(connection)
        except OSError as error:
            raise LabError(f"{path}: {error}; is the lab up?") from error
    if not answer:
        raise LabError(f"{path}: closed without an answer")
    outcome, text = json.loads(answer)
    if outcome == "usage":
        raise UsageError(text)
    if outcome != "ok":
        raise LabError(text)
    return text


def _read_line(connection):
    data = b""
    while not data.endswith(b"\n") and len(data) < MAXIMUM:
        part = connection.recv(MAXIMUM)
        if not part:
            break
        data += part
    return data


class Listener:
    """The serving end. `handler` takes the words and returns a text, or raises LabError."""

    def __init__(self, path, handler):
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.bind(path)
        os.chmod(path, 0o600)
        self._socket.listen(16)
        self._handler = handler

    def fileno(self):
        return self._socket.fileno()

    def serve(self):
        """Answers one waiting command."""
        connection, _ = self._socket.accept()
        with connection:
            connection.settimeout(1)
            try:
                words = json.loads(_read_line(connection) or b"[]")
                connection.sendall(json.dumps(self._answer(words)).encode() + b"\n")
            except (OSError, ValueError):
                pass  # a client which went away or talks nonsense is its own problem

    def _answer(self, words):
        try:
            return ["ok", self._handler(words) or ""]
        except UsageError as error:
            return ["usage", str(error)]
        except (LabError, OSError) as error:
            return ["error", str(error)]
