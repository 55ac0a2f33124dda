"""A listening address that can refuse for a while and come back on the same port."""

import socket
import threading

BACKLOG = 128


class Listener:
    """Hands each accepted socket to `accepted(sock, peer)`, from a thread of its own."""

    def __init__(self, host, port, accepted):
        self._family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._accepted = accepted
        self._sock = None
        self._thread = None
        # Bound, never listening: keeps the port ours while connections are refused.
        self._keeper = self._bound(host, port)
        self.host = host
        self.port = self._keeper.getsockname()[1]

    def _bound(self, host, port):
        sock = socket.socket(self._family, socket.SOCK_STREAM)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if self._family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.bind((host, port))
        return sock

    def open(self):
        """Accepts from now on. Does nothing when it does already."""
        if self._sock is not None:
            return
        self._sock = self._bound(self.host, self.port)
        self._sock.listen(BACKLOG)
        self._thread = threading.Thread(target=self._accept, args=(self._sock,), daemon=True)
        self._thread.start()

    def refuse(self):
        """Refuses from now on."""
        if self._sock is None:
            return
        self._sock.shutdown(socket.SHUT_RDWR)    # wakes accept(), which close() would not
        self._thread.join()
        self._sock.close()
        self._sock = None

    def close(self):
        self.refuse()
        self._keeper.close()

    def _accept(self, listening):
        while True:
            try:
                sock, address = listening.accept()
            except ConnectionAbortedError:
                continue
            except OSError:
                return
            self._accepted(sock, address[0])
