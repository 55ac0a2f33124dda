"""An echo service (RFC 862) on UDP and TCP, for flows that a test wants to follow."""
import selectors
import socket

LARGEST = 65536


class EchoServer:
    """Bound to its very address: a reply from another one would be dropped by NAT."""

    def __init__(self, address):
        self._selector = selectors.DefaultSelector()
        datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        datagrams.bind(address)
        self._selector.register(datagrams, selectors.EVENT_READ, self._datagram)
        listener = socket.create_server(address)
        self._selector.register(listener, selectors.EVENT_READ, self._accept)

    def serve(self):
        while True:
            for key, _ in self._selector.select():
                try:
                    key.data(key.fileobj)
                except OSError:  # the client's line is dead; that is what labs are for
                    pass

    @staticmethod
    def _datagram(sock):
        data, sender = sock.recvfrom(LARGEST)
        sock.sendto(data, sender)

    def _accept(self, listener):
        connection, _ = listener.accept()
        connection.setblocking(False)
        self._selector.register(connection, selectors.EVENT_READ, self._stream)

    def _stream(self, connection):
        try:
            data = connection.recv(LARGEST)
            if data and connection.send(data) == len(data):
                return
        except BlockingIOError:
            return
        except OSError:
            pass
        self._selector.unregister(connection)  # closed, broken, or a reader which does not read
        connection.close()
