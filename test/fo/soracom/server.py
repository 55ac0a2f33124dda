"""Listeners, connections and services put together: what runs during `serve`."""

import email.utils
import threading

from . import misbehave
from .answer import Problem
from .connection import Connection
from .listener import Listener
from .request import Malformed, RequestReader

CONNECTIONS_MOST = 500    # below the usual limit of 1024 descriptors


class Server:
    """Accepts, and lets each connection talk to its service until one of them has enough."""

    def __init__(self, certificates, faults, journal):
        self._certificates = certificates
        self._faults = faults
        self._journal = journal
        self._lock = threading.Lock()
        self._switching = threading.Lock()    # one `fault refuse` or `clear` at a time
        self._listeners = []
        self._open = {}             # Connection -> its thread
        self._counts = {"accepted": 0, "tls": 0, "tls_failed": 0}
        self._port = 0

    def listen(self, host, port, service, tls):
        """Returns the port. Nothing is accepted before start()."""
        def accepted(sock, peer):
            self._begin(sock, peer, service, tls)
        listener = Listener(host, port, accepted)
        self._listeners.append(listener)
        self._port = self._port or listener.port
        return listener.port

    def start(self):
        for listener in self._listeners:
            listener.open()

    def stop(self):
        for listener in self._listeners:
            listener.close()
        for thread in self._drop(lambda connection: True):
            thread.join(timeout=2)

    def add_fault(self, fault):
        self._faults.add(fault)
        if fault.kind == "refuse":
            with self._switching:
                for listener in self._listeners:
                    listener.refuse()
        if fault.kind == "refuse" or fault.of_connections:
            # A connection kept alive would not notice the fault.
            self._drop(lambda connection: True)

    def clear_faults(self):
        self._faults.clear()
        self._drop(lambda connection: connection.faulty)
        with self._switching:
            self.start()

    def counts(self):
        with self._lock:
            return self._counts | {"open": len(self._open)}

    def _drop(self, chosen):
        with self._lock:
            victims = {connection: thread for connection, thread in self._open.items()
                       if chosen(connection)}
        for connection in victims:
            connection.drop()
        return victims.values()

    def _begin(self, sock, peer, service, tls):
        with self._lock:
            if len(self._open) >= CONNECTIONS_MOST:
                sock.close()
                return
            self._counts["accepted"] += 1
            connection = Connection(self._counts["accepted"], sock, peer)
            thread = threading.Thread(target=self._run, args=(connection, service, tls),
                                      daemon=True)
            self._open[connection] = thread
        thread.start()

    def _run(self, connection, service, tls):
        try:
            if self._welcome(connection, tls):
                self._talk(connection, service)
        except OSError:
            pass    # the client went, or was dropped: neither is news
        finally:
            connection.close()
            with self._lock:
                del self._open[connection]

    def _welcome(self, connection, tls):
        """TLS, or what a fault leaves of it. Returns whether requests can come."""
        fault = self._faults.for_connection(connection)
        kind = fault.kind if fault else ""
        if kind == "hang-accept":
            connection.absorb()
            return False
        if tls:
            # wrong-cert, expired-cert, early-cert
            self._secure(connection, kind.removesuffix("-cert") or "server")
        return True

    def _secure(self, connection, name):
        try:
            connection.start_tls(self._certificates.context(name))
        except OSError:
            self._count("tls_failed")
            raise
        self._count("tls")

    def _count(self, name):
        with self._lock:
            self._counts[name] += 1

    def _talk(self, connection, service):
        reader = RequestReader(connection)
        try:
            while (request := reader.next()) is not None:
                if not self._exchange(connection, service, request):
                    return
        except Malformed as malformed:
            self._journal.reject_bytes(str(malformed))
            connection.send(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n"
                            b"Connection: close\r\n\r\n")

    def _exchange(self, connection, service, request):
        """One request and its answer. Returns whether the connection goes on."""
        fault = self._faults.for_request(connection, request.path)
        given = self._answer(fault, connection, service, request)
        if given:
            given.headers["Date"] = email.utils.formatdate(usegmt=True)
        data = misbehave.wire(fault, given, request.keep_alive)
        self._journal.add(request, service=service.name, connection=connection.number,
                          peer=connection.peer, status=given.status if given else None,
                          fault=fault.kind if fault else None, out=len(data))
        return misbehave.deliver(fault, connection, data) and request.keep_alive

    def _answer(self, fault, connection, service, request):
        """The Answer to give: the real one, the fault's instead, or None."""
        real = None
        try:
            # Read even under a fault: each request has to keep to the definition.
            call = service.read(request, connection.peer)
            if fault is None or fault.performs:
                call.wrong_class = fault is not None and fault.kind == "wrong-class"
                real = service.perform(call)
        except Problem as problem:
            real = service.refuse(request, problem)
        if fault is None:
            return real
        return misbehave.substitute(fault, request, self._port) or (
            real if fault.performs else None)
