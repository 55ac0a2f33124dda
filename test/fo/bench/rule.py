#!/usr/bin/python3 -IS
"""rule.py dpinger|mwan3 TRACK_FILE: judges ppp0 by the rule of that program, and writes 0 (up) or 1 (down) for keepalived.

The rules and their settings are those of ../../judge/peers.c, which names the sources: dpinger as pfSense runs it (an echo every
500 ms, lost after 2 s, more than 20 % of those of the last 60 s lost, looked at every second); mwan3track with its defaults
(timeout 4 s, interval 10 s, down after 5) and the two of four hosts of the configuration it is installed with. In both systems the
loss of the interface is an event of its own (rc.linkup, netifd's hotplug), which is acted on at once: here, too.
"""
import collections
import fcntl
import os
import select
import socket
import struct
import sys
import time

DEVICE = b"ppp0"
TARGETS = ("8.8.8.8", "1.1.1.1", "9.9.9.9", "203.0.113.80")
SIOCGIFFLAGS, IFF_UP, RTMGRP_LINK = 0x8913, 1, 1
ECHO, ECHO_REPLY = 8, 0


class Line:
    """Sends echoes, hears answers and the loss of the interface."""

    def __init__(self, path):
        self._path = path
        self._id = os.getpid() & 0xffff
        self._sent = 0
        self.answered = set()
        self._links = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE)
        self._links.bind((0, RTMGRP_LINK))
        self._raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
        self._raw.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, DEVICE)
        self.say(False)

    def say(self, down):
        with open(f"{self._path}.new", "w", encoding="ascii") as file:
            file.write(f"{int(down)}\n")
        os.rename(f"{self._path}.new", self._path)

    def ask(self, target):
        """The number of an echo, sent or not."""
        self._sent = (self._sent + 1) & 0xffff
        packet = struct.pack("!BBHHH", ECHO, 0, 0, self._id, self._sent)
        total = sum(struct.unpack("!4H", packet))
        total = ~((total & 0xffff) + (total >> 16)) & 0xffff
        try:
            self._raw.sendto(packet[:2] + struct.pack("!H", total) + packet[4:], (target, 0))
        except OSError:
            pass
        return self._sent

    def hear(self, until, number=None):
        """Up to a time, or the answer to an echo."""
        while number is None or number not in self.answered:
            left = until - time.monotonic()
            if left <= 0:
                return
            for sock in select.select([self._raw, self._links], [], [], left)[0]:
                try:
                    data = sock.recv(65536)
                except OSError:
                    continue
                if sock is self._links:
                    if not self._is_up():
                        self.say(True)
                elif len(data) >= 28 and data[20] == ECHO_REPLY and struct.unpack_from("!H", data, 24)[0] == self._id:
                    self.answered.add(struct.unpack_from("!H", data, 26)[0])

    def _is_up(self):
        try:
            answer = fcntl.ioctl(self._raw, SIOCGIFFLAGS, struct.pack("16sH22x", DEVICE, 0))
        except OSError:
            return False
        return bool(struct.unpack_from("=H", answer, 16)[0] & IFF_UP)


def dpinger(line):
    """The ring is full of answers at first, as it is after a minute."""
    ring = collections.deque([None] * 120, maxlen=120)
    look = time.monotonic() + 1
    while True:
        now = time.monotonic()
        ring.append((line.ask(TARGETS[0]), now))
        line.hear(min(now + 0.5, look))
        if time.monotonic() >= look:
            look += 1
            lost = sum(echo is not None and echo[0] not in line.answered and time.monotonic() - echo[1] > 2 for echo in ring)
            received = sum(echo is None or echo[0] in line.answered for echo in ring)
            if lost * 100 // (lost + received) > 20:
                line.say(True)
        line.hear(now + 0.5)


def mwan3(line):
    bad = 0
    while True:
        good = 0
        for target in TARGETS:
            if good < 2:
                echo = line.ask(target)
                line.hear(time.monotonic() + 4, echo)
                good += echo in line.answered
        bad = 0 if good >= 2 else bad + 1
        if bad >= 5:
            line.say(True)
        line.hear(time.monotonic() + 10)


{"dpinger": dpinger, "mwan3": mwan3}[sys.argv[1]](Line(sys.argv[2]))
