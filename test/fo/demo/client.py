#!/usr/bin/python3 -IS
"""client.py icmp|udp [ADDRESS]: one flow of 100 echoes a second from the LAN host, until SIGINT: pings with one
identifier, or datagrams from one port. (ping itself cannot: it keeps 16 ms with `-i 0.01` where the
kernel's clock ticks at 250 Hz, and a whole processor busy below that.)

Prints, with CLOCK_MONOTONIC: `s NUMBER TIME` sent, `r NUMBER TIME` back, `e TYPE TIME` an ICMP error.
"""
import os
import select
import signal
import socket
import struct
import sys
import time

TARGET = sys.argv[2] if len(sys.argv) > 2 else "8.8.8.8"
INTERVAL = 0.01
UDP_PORT, ECHO_PORT = 40000, 7
ECHO_REPLY, UNREACHABLE, REDIRECT, ECHO = 0, 3, 5, 8


class Udp:
    def __init__(self):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("", UDP_PORT))  # and not connected: goes on after errors

    def send(self, number):
        self.socket.sendto(str(number).encode(), (TARGET, ECHO_PORT))

    @staticmethod
    def read(data):
        return "r", int(data)


class Icmp:
    def __init__(self):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
        self._id = os.getpid() & 0xffff

    def send(self, number):
        packet = struct.pack("!BBHHH", ECHO, 0, 0, self._id, number & 0xffff)
        packet = packet[:2] + struct.pack("!H", _checksum(packet)) + packet[4:]
        self.socket.sendto(packet, (TARGET, 0))

    def read(self, data):
        message = data[(data[0] & 15) * 4:]
        kind, _, _, identifier, number = struct.unpack("!BBHHH", message[:8])
        if kind == ECHO_REPLY and identifier == self._id:
            return "r", number
        return ("e", kind) if kind in (UNREACHABLE, REDIRECT) else None


def _checksum(packet):
    total = sum(struct.unpack(f"!{len(packet) // 2}H", packet))
    return ~(total + (total >> 16)) & 0xffff


def _run(flow):
    readable = select.poll()
    readable.register(flow.socket, select.POLLIN)
    flow.socket.setblocking(False)
    number, due = 0, time.monotonic()
    while True:
        now = time.monotonic()
        if now >= due:
            number, due = number + 1, max(due + INTERVAL, now)
            _send(flow, number)
        if readable.poll(max(0.0, due - time.monotonic()) * 1000):
            _receive(flow)


def _send(flow, number):
    print("s", number, f"{time.monotonic():.6f}")
    try:
        flow.send(number)
    except OSError:  # no route at the moment: lost like any other
        pass


def _receive(flow):
    try:
        found = flow.read(flow.socket.recv(1500))
    except OSError:
        return
    if found:
        print(*found, f"{time.monotonic():.6f}")


signal.signal(signal.SIGINT, lambda *_: sys.exit(0))
_run({"icmp": Icmp, "udp": Udp}[sys.argv[1]]())
