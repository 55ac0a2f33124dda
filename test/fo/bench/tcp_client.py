#!/usr/bin/python3 -IS
"""tcp_client.py: one TCP connection at a time to the echo service, a number every 10 ms, until SIGINT. What is reset or cannot
be made is made once more, at once, as a program does whose user waits.

Prints, as ../demo/client.py: `s NUMBER TIME` sent, `r NUMBER TIME` back, `e 0 TIME` a connection that died.
"""
import select
import signal
import socket
import sys
import time

ADDRESS = ("8.8.8.8", 7)
INTERVAL = 0.01
CONNECT_SECONDS = 1.0
LARGEST = 65536


class Flow:
    def __init__(self):
        self._socket = None
        self._rest = b""

    def connect(self):
        try:
            self._socket = socket.create_connection(ADDRESS, CONNECT_SECONDS)
        except OSError:
            return
        self._socket.setblocking(False)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._rest = b""

    def died(self):
        print("e", 0, f"{time.monotonic():.6f}")
        self._socket.close()
        self._socket = None

    def send(self, number):
        print("s", number, f"{time.monotonic():.6f}")
        if self._socket is None:
            self.connect()
        try:
            if self._socket is not None:
                self._socket.send(b"%d\n" % number)
        except BlockingIOError:
            pass  # the buffer is full of what waits: this one is lost
        except OSError:
            self.died()

    def receive(self, seconds):
        if self._socket is None:
            time.sleep(seconds)
            return
        if not select.select([self._socket], [], [], seconds)[0]:
            return
        try:
            data = self._socket.recv(LARGEST)
        except OSError:
            data = b""
        if not data:
            self.died()
            return
        *whole, self._rest = (self._rest + data).split(b"\n")
        for number in whole:
            print("r", int(number), f"{time.monotonic():.6f}")


def _run(flow):
    number, due = 0, time.monotonic()
    while True:
        now = time.monotonic()
        if now >= due:
            number, due = number + 1, max(due + INTERVAL, now)
            flow.send(number)
        flow.receive(max(0.0, due - time.monotonic()))


signal.signal(signal.SIGINT, lambda *_: sys.exit(0))
_run(Flow())
