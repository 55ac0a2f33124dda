"""rtnetlink(7) and ctnetlink by hand: fast enough for a storm, and not the library under test."""
import errno
import os
import socket
import struct

ROUTE, NETFILTER = 0, 12
GROUP_ROUTE4, GROUP_ROUTE6 = 0x40, 0x400

NEWADDR, DELADDR = 20, 21
NEWROUTE, DELROUTE, GETROUTE = 24, 25, 26
CT_NEW, CT_DELETE = 1 << 8 | 0, 1 << 8 | 2

REQUEST, ACK = 1, 4
REPLACE, EXCL, CREATE = 0x100, 0x200, 0x400

TABLE_MAIN = 254
PROTO_BOOT = 3
SCOPE_UNIVERSE, SCOPE_LINK, SCOPE_NOWHERE = 0, 253, 255
UNICAST = 1
METRIC6 = 1
RTA_DST, RTA_SRC, RTA_OIF, RTA_GATEWAY, RTA_PRIORITY, RTA_TABLE = 1, 2, 4, 5, 6, 15

_HEADER = struct.Struct("=IHHII")
_RTMSG = struct.Struct("=8BI")
_ERROR = 2
_LARGEST = 1 << 16
_SO_RCVBUFFORCE = 33


def attr(kind, payload):
    length = 4 + len(payload)
    return struct.pack("=HH", length, kind) + payload + bytes(-length % 4)


def nested(kind, *attrs):
    return attr(kind | 0x8000, b"".join(attrs))


def packed(address):
    return socket.inet_pton(family_of(address), address)


def family_of(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def message(kind, flags, body, seq=0):
    return _HEADER.pack(_HEADER.size + len(body), kind, REQUEST | flags, seq, 0) + body


def messages(data):
    """(kind, flags, body) of each message in a datagram."""
    while len(data) >= _HEADER.size:
        length, kind, flags, _, _ = _HEADER.unpack_from(data)
        yield kind, flags, data[_HEADER.size:length]
        data = data[(length + 3) & ~3:]


def attrs(data):
    """{kind: payload}."""
    found = {}
    while len(data) >= 4:
        length, kind = struct.unpack_from("=HH", data)
        if length < 4:
            break
        found[kind & 0x3FFF] = data[4:length]
        data = data[(length + 3) & ~3:]
    return found


class Netlink:
    def __init__(self, bus=ROUTE, groups=0, buffer=0):
        self.socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, bus)
        if buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, buffer)
        self.socket.bind((0, groups))

    def ask(self, kind, flags, body):
        """Sends a request and waits for the kernel's acknowledgement; raises OSError."""
        self.socket.send(message(kind, flags | ACK, body))
        for kind_, _, answer in messages(self.socket.recv(_LARGEST)):
            if kind_ == _ERROR:
                _raise_error(answer)

    def send(self, requests, count):
        """Sends several requests with ACK; returns how many failed."""
        self.socket.send(requests)
        failed = 0
        while count > 0:
            for kind, _, answer in messages(self.socket.recv(_LARGEST)):
                if kind == _ERROR:
                    count -= 1
                    failed += struct.unpack_from("=i", answer)[0] != 0
        return failed

    def hear(self, flags=0):
        """The messages of the next datagram."""
        return list(messages(self.socket.recv(_LARGEST, flags)))

    def close(self):
        self.socket.close()


def _raise_error(answer):
    code = -struct.unpack_from("=i", answer)[0]
    if code != 0:
        raise OSError(code, os.strerror(code))


# -- addresses and routes -------------------------------------------------------------------


def _address(link, kind, flags, address, dev, peer=None):
    own, bits = address.split("/") if "/" in address else (address, "32")
    family = family_of(own)
    body = struct.pack("=BBBBI", family, int(bits), 0x02 if family == socket.AF_INET6 else 0, 0,
                       socket.if_nametoindex(dev))
    link.ask(kind, flags, body + attr(2, packed(own)) + attr(1, packed(peer or own)))


def add_address(link, address, dev, peer=None):
    _address(link, NEWADDR, CREATE | EXCL, address, dev, peer)


def del_address(link, address, dev):
    _address(link, DELADDR, 0, address, dev)


def put_default(link, dev, via=None, flags=CREATE, family=socket.AF_INET):
    """CREATE alone puts it in front of others, as pppd's ioctl does."""
    body = _RTMSG.pack(family, 0, 0, 0, 0, PROTO_BOOT, SCOPE_UNIVERSE if via else SCOPE_LINK, UNICAST, 0)
    body += attr(RTA_TABLE, struct.pack("=I", TABLE_MAIN))
    body += attr(RTA_OIF, struct.pack("=I", socket.if_nametoindex(dev)))
    if via:
        body += attr(RTA_GATEWAY, packed(via))
    if family == socket.AF_INET6:
        body += attr(RTA_PRIORITY, struct.pack("=I", METRIC6))
    link.ask(NEWROUTE, flags, body)


def delete_default(link, dev):
    """IPv4, of the main table. Returns whether there was one."""
    body = _RTMSG.pack(socket.AF_INET, 0, 0, 0, 0, 0, SCOPE_NOWHERE, 0, 0)
    body += attr(RTA_TABLE, struct.pack("=I", TABLE_MAIN))
    body += attr(RTA_OIF, struct.pack("=I", socket.if_nametoindex(dev)))
    try:
        link.ask(DELROUTE, 0, body)
    except ProcessLookupError:  # ESRCH
        return False
    return True


def default_of(kind, body):
    """(family, gateway, interface's index) of a message about a default route of the main table with
    the metric of fo-route; None for any other."""
    if kind not in (NEWROUTE, DELROUTE):
        return None
    family, bits = body[0], body[1]
    found = attrs(body[_RTMSG.size:])
    table = struct.unpack("=I", found.get(RTA_TABLE, struct.pack("=I", body[4])))[0]
    metric = struct.unpack("=I", found.get(RTA_PRIORITY, bytes(4)))[0]
    if bits != 0 or table != TABLE_MAIN or metric != (METRIC6 if family == socket.AF_INET6 else 0):
        return None
    gateway = found.get(RTA_GATEWAY)
    return (family, socket.inet_ntop(family, gateway) if gateway else None,
            struct.unpack("=I", found.get(RTA_OIF, bytes(4)))[0])


def route_to(address, source=None):
    """The request for what a packet to `address` would be sent by."""
    family = family_of(address)
    raw = packed(address)
    body = _RTMSG.pack(family, len(raw) * 8, len(raw) * 8 if source else 0, 0, 0, 0, 0, 0, 0) + attr(RTA_DST, raw)
    return message(GETROUTE, 0, body + (attr(RTA_SRC, packed(source)) if source else b""))


def way_of(link, request):
    """[GATEWAY ]DEVICE of the answer to a request of route_to(); None: there is no way."""
    link.socket.send(request)
    for kind, _, answer in messages(link.socket.recv(_LARGEST)):
        if kind == NEWROUTE and answer[7] == UNICAST:
            found = attrs(answer[_RTMSG.size:])
            gateway = found.get(RTA_GATEWAY)
            dev = socket.if_indextoname(struct.unpack("=I", found[RTA_OIF])[0])
            return f"{socket.inet_ntop(answer[0], gateway)} {dev}" if gateway else dev
    return None


def is_reachable(link, request):
    """Whether the kernel has a route that is no error, by a request of route_to()."""
    link.socket.send(request)
    for kind, _, answer in messages(link.socket.recv(_LARGEST)):
        if kind == _ERROR:
            code = -struct.unpack_from("=i", answer)[0]
            if code not in (errno.ENETUNREACH, errno.EHOSTUNREACH):
                _raise_error(answer)
            return False
        if kind == NEWROUTE:
            return answer[7] == UNICAST  # IPv6 answers with an unreachable route
    return False


# -- conntrack ------------------------------------------------------------------------------

UDP = 17
CTA_TUPLE_ORIG, CTA_TUPLE_REPLY, CTA_TIMEOUT, CTA_MARK = 1, 2, 7, 8
_FLOW_SECONDS = 3600
BATCH = 64


def _tuple(kind, src, dst, sport, dport):
    first = 3 if len(src) == 16 else 1
    return nested(kind,
                  nested(1, attr(first, src), attr(first + 1, dst)),
                  nested(2, attr(1, bytes([UDP])), attr(2, struct.pack(">H", sport)),
                         attr(3, struct.pack(">H", dport))))


def flow_request(src, dst, reply_src, reply_dst, port, dport=53, mark=0):
    """The request that makes a UDP flow; addresses as from packed(). `port` tells it from others."""
    family = socket.AF_INET6 if len(src) == 16 else socket.AF_INET
    body = struct.pack("=BBH", family, 0, 0)
    body += _tuple(CTA_TUPLE_ORIG, src, dst, port, dport)
    body += _tuple(CTA_TUPLE_REPLY, reply_src, reply_dst, dport, port)
    body += attr(CTA_TIMEOUT, struct.pack(">I", _FLOW_SECONDS))
    if mark:
        body += attr(CTA_MARK, struct.pack(">I", mark))
    return message(CT_NEW, CREATE | EXCL | ACK, body)


def flow_requests(src, dst, reply_src, reply_dst, count):
    """Requests for `count` flows between the same hosts, which differ in their ports."""
    addresses = [packed(address) for address in (src, dst, reply_src, reply_dst)]
    for number in range(count):
        yield flow_request(*addresses, 1024 + number % 64000, 53 + number // 64000)


def add_flows(link, requests):
    """Makes flows by requests of flow_request(); returns how many the kernel refused."""
    failed = waiting = 0
    batch = []
    for request in requests:
        batch.append(request)
        waiting += 1
        if waiting == BATCH:
            failed += link.send(b"".join(batch), waiting)
            batch, waiting = [], 0
    if waiting:
        failed += link.send(b"".join(batch), waiting)
    return failed


def flush_flows(link):
    for family in (socket.AF_INET, socket.AF_INET6):
        link.ask(CT_DELETE, 0, struct.pack("=BBH", family, 0, 0))


def count_flows():
    with open("/proc/sys/net/netfilter/nf_conntrack_count", encoding="ascii") as file:
        return int(file.read())
