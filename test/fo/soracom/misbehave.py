"""How the faults of requests look on the wire."""

from . import answer
from .answer import Answer

_HTML = """<html>
<head><title>{0}</title></head>
<body><center><h1>{0}</h1></center></body>
</html>
"""
_TICK_S = 0.05       # `slow` sends in pieces this far apart, so that one byte a second is possible
_CUT_OFF = 20        # bytes of the body that `truncated` keeps back
_HUGE_PIECE = b"A" * 65536


def substitute(fault, request, port):
    """The Answer that takes the real one's place; None when the fault has none to give."""
    if fault.answer_status:
        return _status(fault, request)
    if fault.kind == "html":
        status = fault.status or 503
        page = Answer.text(status, _HTML.format(f"{status} from the load balancer"))
        page.content_type = "text/html"
        return page
    if fault.kind == "empty":
        return Answer(200, b"", "application/json")
    if fault.kind == "redirect":
        # Back to this server, on a path that the definition does not have: a client that
        # follows is seen among the rejections.
        return Answer(302, headers={"Location": f"https://localhost:{port}/elsewhere"})
    return None


def _status(fault, request):
    problem = answer.by_status(fault.answer_status)
    wait_s = int(fault.seconds)
    if fault.answer_status == 429:
        problem = answer.too_many_requests(wait_s)
    elif wait_s:
        problem.headers["Retry-After"] = wait_s
    return problem.answer(request.language)


def wire(fault, given, keep_alive):
    """The bytes to be sent for the Answer `given`, under `fault` (or None)."""
    kind = fault.kind if fault else ""
    if kind in ("hang", "reset"):
        return b""
    if kind == "huge":
        return (b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n"
                b'{"speedClass":"')
    if kind == "truncated":
        length = max(len(given.body), _CUT_OFF)
        return given.encode(False, length + 1)[:-_CUT_OFF]
    return given.encode(keep_alive)


def deliver(fault, connection, data):
    """Sends `data` as the fault wants it. Returns whether the connection can go on."""
    _DELIVERIES.get(fault.kind if fault else "", _whole)(fault, connection, data)
    return fault is None or fault.kind not in ("hang", "reset", "huge", "truncated")


def _whole(_fault, connection, data):
    connection.send(data)


def _hang(_fault, connection, _data):
    connection.absorb()


def _reset(_fault, connection, _data):
    connection.reset()


def _huge(_fault, connection, data):
    while True:    # until the client goes or the connection is dropped, which raises
        connection.send(data)
        data = _HUGE_PIECE


def _slow(fault, connection, data):
    step = max(1, int(fault.bytes_per_second * _TICK_S))
    for start in range(0, len(data), step):
        connection.send(data[start:start + step])
        connection.pause(step / fault.bytes_per_second)


def _delay(fault, connection, data):
    connection.pause(fault.seconds)
    connection.send(data)


_DELIVERIES = {"hang": _hang, "reset": _reset, "huge": _huge, "slow": _slow, "delay": _delay}
