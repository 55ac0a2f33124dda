"""A serial line of which this process holds the modem's side; what passes are HDLC frames (RFC 1662)."""
import os
import termios
import tty

FLAG = b"\x7e"
_ESCAPE = 0x7D
_LARGEST = 65536
_LONGEST_COMMAND = 256


class Pty:
    """In command mode read() gives what was typed to `typed` instead, line by line. Its device is `path`."""

    def __init__(self, typed=None):
        self._master, self._slave = os.openpty()  # held, or there would be a hangup between two sessions
        tty.setraw(self._slave, termios.TCSANOW)
        os.set_blocking(self._master, False)
        self.path = os.ttyname(self._slave)
        self._typed = typed
        self.command_mode = typed is not None
        self._bytes = b""

    def fileno(self):
        return self._master

    def read(self):
        """The next frame, with its flags, or None."""
        try:
            self._bytes += os.read(self._master, _LARGEST)
        except OSError:  # EAGAIN: none now
            pass
        if self._typed is not None and self._bytes.startswith(b"AT"):
            self.command_mode = True  # the program at the other end has begun from the start
        if self.command_mode:
            self._read_commands()
            return None
        return self._frame()

    def _read_commands(self):
        while self.command_mode and b"\r" in self._bytes:
            line, _, self._bytes = self._bytes.partition(b"\r")
            self._say(self._typed(line.decode("ascii", "replace").strip()))
        if self.command_mode:
            self._bytes = self._bytes[-_LONGEST_COMMAND:]

    def _say(self, answer):
        self.write(f"\r\n{answer}\r\n".encode())

    def _frame(self):
        while FLAG in self._bytes:
            frame, _, self._bytes = self._bytes.partition(FLAG)
            if frame:
                return FLAG + frame + FLAG
        return None

    def write(self, frame):
        """Lets a frame arrive. Returns whether there was room for it."""
        try:
            return os.write(self._master, frame) == len(frame)
        except OSError:
            return False

    def delete(self):
        """Unplugged: whoever has the device open sees a hangup."""
        os.close(self._slave)
        os.close(self._master)


def unescaped(frame):
    """What is between the flags, as it was before it was escaped; with the checksum."""
    result = bytearray()
    octets = iter(frame.strip(FLAG))
    for octet in octets:
        result.append(next(octets, 0) ^ 0x20 if octet == _ESCAPE else octet)
    return bytes(result)
