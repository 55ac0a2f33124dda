"""The client's end of the control socket. Small, because tests start it often."""

import contextlib
import json
import os
import socket

SOCKET = "control"


class ControlError(Exception):
    """The command was not understood, or there is nobody to give it to."""


@contextlib.contextmanager
def control_address(folder):
    """The socket's path by way of a descriptor: sun_path has room for 107 bytes only."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{descriptor}/{SOCKET}"
    finally:
        os.close(descriptor)


def ask(folder, command, **arguments):
    """Sends one command to the server of that folder and returns its result."""
    try:
        with socket.socket(socket.AF_UNIX) as sock, control_address(folder) as address:
            sock.connect(address)
            with sock.makefile("rw", encoding="utf-8") as stream:
                stream.write(json.dumps({"command": command} | arguments) + "\n")
                stream.flush()
                line = stream.readline()
    except OSError as error:
        raise ControlError(f"no server in {folder}: {error.strerror}") from None
    if not line:
        raise ControlError("the server has ended")
    reply = json.loads(line)
    if "error" in reply:
        raise ControlError(reply["error"])
    return reply["result"]
