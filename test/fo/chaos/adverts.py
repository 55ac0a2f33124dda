"""Adverts between the routers' ports of the switch: doubled, delayed, out of order."""
import heapq
import random
import select
import socket
import threading
import time

from fo.kernel import namespace

_ETH_P_IP = 0x0800
_VRRP = 112
_PROTOCOL_AT = 14 + 9
_OUTGOING = 4  # PACKET_OUTGOING


class Shuffler:
    """Sends each advert that comes in at one port out of the other, one to three times, each up to so many
    milliseconds late. The switch itself has to drop them."""

    def __init__(self, pid, seed, latest_ms):
        self._chance = random.Random(seed)
        self._latest = latest_ms / 1000
        self._ended = threading.Event()
        self._sockets = {}
        with namespace.network_of(pid):
            for port in ("main", "sub"):
                self._sockets[port] = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(_ETH_P_IP))
                self._sockets[port].bind((port, _ETH_P_IP))
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        waiting, number = [], 0
        other = {self._sockets["main"]: self._sockets["sub"], self._sockets["sub"]: self._sockets["main"]}
        while not self._ended.is_set():
            pause = max(0.0, waiting[0][0] - time.monotonic()) if waiting else 0.05
            for ready in select.select(list(other), [], [], min(pause, 0.05))[0]:
                frame, address = ready.recvfrom(2048)
                if address[2] == _OUTGOING or len(frame) <= _PROTOCOL_AT or frame[_PROTOCOL_AT] != _VRRP:
                    continue
                for _ in range(self._chance.choice((1, 1, 2, 3))):
                    number += 1
                    late = time.monotonic() + self._chance.uniform(0, self._latest)
                    heapq.heappush(waiting, (late, number, frame, other[ready]))
            while waiting and waiting[0][0] <= time.monotonic():
                _, _, frame, port = heapq.heappop(waiting)
                try:
                    port.send(frame)
                except OSError:
                    pass  # the port is gone, with its router's power

    def end(self):
        self._ended.set()
        self._thread.join()
        for port in self._sockets.values():
            port.close()
