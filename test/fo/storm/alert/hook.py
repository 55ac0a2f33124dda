"""A hook that answers as it is told, and keeps what was posted.

usage: python3 -m fo.storm.alert.hook FOLDER [CERTIFICATE]    PEM, with the key
FOLDER/port is where it listens, FOLDER/mode how it answers (ok), FOLDER/requests what came, JSON by line.
"""
import contextlib
import json
import os
import socket
import socketserver
import ssl
import struct
import sys
import threading
import time

HANG_SECONDS = 120
SLOW_SECONDS = 0.3
ANSWERS = {
    "ok": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
    "429": b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 90\r\nContent-Length: 0\r\n\r\n",
    "500": b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n",
    "301": b"HTTP/1.1 301 Moved\r\nLocation: https://elsewhere.example/\r\nContent-Length: 0\r\n\r\n",
    "404": b"HTTP/1.1 404 Not Found\r\nContent-Length: 10\r\n\r\nno_channel",
    "garbage": b"\x00\xff\x13 what is this\r\n\r\n",
    "slow": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
    "close": b"",
    "cut": b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\nhalf",
}
MODES = [*ANSWERS, "hang"]
OTHERS = {  # not drawn by a storm
    "long": b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" + 1000000 * b"x",
    "reset": b"HTTP/1.1 200 OK\r\n\r\nok",
}


class Hook(socketserver.ThreadingTCPServer):
    """Answers by mode(), and gives each request to keep(mode, headers, body)."""
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False

    def __init__(self, mode, keep, context=None, host="127.0.0.1"):
        self.mode, self.keep, self._context = mode, keep, context
        self._unread, self._change = 0, threading.Condition()
        super().__init__((host, 0), _Talk)

    def get_request(self):
        connection, address = super().get_request()
        connection.settimeout(HANG_SECONDS)
        self.count(1)
        return connection, address

    def count(self, change):
        with self._change:
            self._unread += change
            self._change.notify_all()

    def settle(self):
        """Waits until all that clients have sent so far is kept. They are accepted in order."""
        with socket.create_connection(self.server_address) as probe:
            probe.shutdown(socket.SHUT_WR)
            probe.recv(1)
        with self._change:
            self._change.wait_for(lambda: self._unread == 0, HANG_SECONDS)

    def finish_request(self, request, client_address):
        if self._context is not None:
            request = self._context.wrap_socket(request, server_side=True)
        super().finish_request(request, client_address)

    def handle_error(self, request, client_address):
        """A client that was killed is none of its."""


class _Talk(socketserver.StreamRequestHandler):
    def handle(self):
        try:
            mode = self._take()
        finally:
            self.server.count(-1)
        if mode is None:
            return
        if mode == "hang":
            time.sleep(HANG_SECONDS)
        elif mode == "slow":
            time.sleep(SLOW_SECONDS)
        with contextlib.suppress(OSError):
            self.wfile.write((ANSWERS | OTHERS).get(mode, b""))
            self.wfile.flush()
            if mode == "reset":
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.connection.close()
                return
            self.connection.shutdown(socket.SHUT_RDWR)

    def _take(self):
        """How a request is to be answered; None: it was not whole."""
        first = self.rfile.readline().decode("latin-1").split()
        headers = {}
        while (line := self.rfile.readline().decode("latin-1").strip()):
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        body = self.rfile.read(int(headers.get("content-length", 0)))
        if len(first) < 2 or len(body) < int(headers.get("content-length", 0)):
            return None
        mode = self.server.mode()
        self.server.keep(mode, headers | {"method": first[0], "path": first[1]}, body.decode())
        return mode


def main(folder, certificate=None):
    def mode():
        with contextlib.suppress(OSError), open(f"{folder}/mode", encoding="ascii") as file:
            return file.read().strip()
        return "ok"

    def keep(answer, headers, body):
        with open(f"{folder}/requests", "a", encoding="utf-8") as file:
            file.write(json.dumps({"mode": answer, "headers": headers, "body": body}) + "\n")

    context = None
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
    with Hook(mode, keep, context) as hook:
        with open(f"{folder}/.port", "w", encoding="ascii") as file:
            file.write(f"{hook.server_address[1]}\n")
        os.rename(f"{folder}/.port", f"{folder}/port")
        hook.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
