"""One TCP connection, with or without TLS, that another thread can drop at any time."""

import socket
import ssl
import struct
import threading

IDLE_S = 120


class Dropped(OSError):
    """The connection was ended from this side: by `clear`, `refuse` or the end of the server."""


class Connection:
    """Only its own thread reads and writes; drop() may come from any thread."""

    def __init__(self, number, sock, peer):
        self.number = number
        self.peer = peer
        self._sock = sock
        # Between drop and close: the number of a closed descriptor is soon another's.
        self._lock = threading.Lock()
        self._dropped = threading.Event()
        self.faulty = False
        sock.settimeout(IDLE_S)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def start_tls(self, context):
        secured = context.wrap_socket(self._sock, server_side=True, do_handshake_on_connect=False)
        with self._lock:
            self._sock = secured
        secured.do_handshake()
        if self._dropped.is_set():
            raise Dropped()

    def receive(self):
        return self._sock.recv(65536)

    def send(self, data):
        if self._dropped.is_set():
            raise Dropped()
        self._sock.sendall(data)

    def absorb(self):
        """Reads and forgets until the client or drop() ends the connection."""
        self._sock.settimeout(None)
        while self.receive():
            pass

    def pause(self, seconds):
        if self._dropped.wait(seconds):
            raise Dropped()

    def reset(self):
        """Closes with RST: what is still unsent is thrown away."""
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._close_socket()

    def drop(self):
        """Ends both directions, which wakes the connection's own thread out of recv and send."""
        self._dropped.set()
        with self._lock:
            try:
                # Not SSLSocket.shutdown: that one takes the TLS layer away under its user.
                socket.socket.shutdown(self._sock, socket.SHUT_RDWR)
            except OSError:
                pass

    def close(self):
        if isinstance(self._sock, ssl.SSLSocket) and self._sock.fileno() >= 0:
            try:
                self._sock.settimeout(0)    # say goodbye, do not wait for the answer
                self._sock.unwrap()
            except (OSError, ValueError):
                pass
        self._close_socket()

    def _close_socket(self):
        with self._lock:
            self._sock.close()
