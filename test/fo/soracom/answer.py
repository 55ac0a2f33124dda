"""What the services say back: an Answer, or a Problem raised on the way to one.

Codes seen from the real service are used as they are. Where its code is not known, an
invented one with the digits 9xxx stands in, so that nobody takes it for a fact.
"""

import http
import json
from dataclasses import dataclass, field


@dataclass
class Answer:
    """A status, a body and the headers of its own; those of the transport are added by encode()."""

    status: int
    body: bytes = b""
    content_type: str = ""
    headers: dict = field(default_factory=dict)

    @classmethod
    def json(cls, status, value):
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        return cls(status, text.encode("utf-8", "replace"), "application/json")

    @classmethod
    def text(cls, status, text):
        return cls(status, text.encode(), "text/plain; charset=utf-8")

    def encode(self, keep_alive, length=None):
        """The bytes for the wire. `length` overrides Content-Length, to lie about it."""
        lines = [f"HTTP/1.1 {self.status} {_reason(self.status)}"]
        if self.content_type:
            lines.append(f"Content-Type: {self.content_type}")
        if self.status != http.HTTPStatus.NO_CONTENT:
            lines.append(f"Content-Length: {len(self.body) if length is None else length}")
        lines.append(f"Connection: {'keep-alive' if keep_alive else 'close'}")
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + self.body


def _reason(status):
    try:
        return http.HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


class Problem(Exception):
    """Something the service refuses to do, in the two languages that it speaks."""

    def __init__(self, status, code, english, japanese, headers=None):
        super().__init__(english)
        self.status = status
        self.code = code
        self.messages = {"en": english, "ja": japanese}
        self.headers = headers or {}

    def answer(self, language):
        message = self.messages.get(language, self.messages["en"])
        answer = Answer.json(self.status, {"code": self.code, "message": message})
        answer.headers.update(self.headers)
        return answer


def bad_login():
    return Problem(401, "AUM0002", "Invalid username/password supplied.",
                   "ユーザー名またはパスワードが正しくありません。")


def bad_token():
    return Problem(401, "AGW9401", "API key or token is missing, invalid or expired.",
                   "API キーまたはトークンがないか、無効か、期限切れです。")


def bad_timeout(least, most):
    return Problem(400, "AUM9400", f"tokenTimeoutSeconds must be from {least} to {most}.",
                   f"tokenTimeoutSeconds は {least} から {most} の間で指定してください。")


def no_permission(user, permission):
    return Problem(403, "AUM0017",
                   f"SAM user '{user}' doesn't have permission '{permission}' to perform this "
                   "action. Please ask the administrator of the operator for it.",
                   f"SAM ユーザー '{user}' には、このアクションを実行するための権限 "
                   f"'{permission}' がありません。")


def no_switch():
    return Problem(400, "AUM9401", "Switch user not allowed.",
                   "スイッチユーザーは許可されていません。")


def no_subscriber():
    return Problem(404, "SEM9404", "The specified subscriber does not exist.",
                   "指定された Subscriber は存在しません。")


def no_sim():
    return Problem(404, "SIM9404", "No such SIM found.", "SIM が見つかりません。")


def no_such_class(speed_class, plan):
    return Problem(400, "SEM9400",
                   f"The specified speed class '{speed_class}' does not exist to the subscription "
                   f"'{plan}'.",
                   f"サブスクリプション '{plan}' に速度クラス '{speed_class}' はありません。")


def offline():
    return Problem(400, "SEM0016", "The specified subscriber is offline",
                   "指定された Subscriber はオフラインです")


def nonconforming(status, reason):
    """The request breaks the published definition: the fault of the client under test."""
    return Problem(status, "COM9400", f"Bad request: {reason}", f"不正なリクエスト: {reason}")


def too_many_requests(seconds):
    return Problem(429, "COM9429", "Too many requests. Please wait and try again.",
                   "リクエストが多すぎます。しばらく待ってから再試行してください。",
                   {"X-Soracom-Ratelimit-Remaining": 0,
                    "X-Soracom-Ratelimit-Seconds-Before-Refresh": seconds,
                    "Retry-After": seconds})


def by_status(status):
    """Any 4xx or 5xx, for a fault that a test asked for by its number."""
    known = {401: bad_token, 404: no_subscriber}
    if status in known:
        return known[status]()
    return Problem(status, f"COM9{status}", f"{_reason(status)} (fault asked for by a test).",
                   f"{_reason(status)} (テストが求めた障害)。")
