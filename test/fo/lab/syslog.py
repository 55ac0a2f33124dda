"""Log files of the lab, all in one format, and the reader of a router's /dev/log.

    2026-11-22T16:01:02.123456+00:00 1234.567890 keepalived_vrrp[12]: text
    wall clock                       CLOCK_MONOTONIC, the same in all hosts of the machine
"""
import datetime
import os
import re
import socket
import time

# "<PRIORITY>Mon dd hh:mm:ss ", as the C library's syslog(3) writes it
_HEADER = re.compile(r"<\d{1,3}>(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d )?")
_LONGEST = 64 * 1024


class Log:
    def __init__(self, path):
        self._fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)

    def write(self, text):
        """Appends a line; one write(2), so that several processes may share a file."""
        wall = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="microseconds")
        line = f"{wall} {time.monotonic():.6f} {text.strip()}\n"
        os.write(self._fd, line.encode("utf-8", "replace"))


def open_device():
    """Makes /dev/log of the file system that this process has as its root."""
    device = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    device.bind("/dev/log")
    os.chmod("/dev/log", 0o666)
    return device


def collect(device, log):
    """Writes what arrives at `device` to `log`, for ever."""
    while True:
        message = device.recv(_LONGEST).decode("utf-8", "replace").rstrip("\n\0")
        log.write(_HEADER.sub("", message, count=1))
