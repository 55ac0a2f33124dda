"""The operator's account: who may log in, which tokens live, what they allow."""

import base64
import hmac
import json
import secrets
import threading
import uuid
from dataclasses import dataclass

from . import answer

TOKEN_LEAST_S, TOKEN_DEFAULT_S, TOKEN_MOST_S = 180, 86400, 172800

# The article's user: may change the speed class by the IMSI, and nothing else.
SAM_USER = "keepalived"
SAM_PERMISSIONS = frozenset({"Subscriber:updateSpeedClass"})


class Credentials:
    """Secrets made anew for each server, so that a test can search logs for these very strings."""

    def __init__(self):
        self.operator_id = "OP00" + str(secrets.randbelow(10**8)).zfill(8)
        self.email = "root@example.com"
        self.root_password = "Root1-" + secrets.token_urlsafe(12)
        self.sam_password = "Sam1-" + secrets.token_urlsafe(12)
        self.key_id = "keyId-" + secrets.token_hex(16)
        self.key = "secret-" + secrets.token_hex(30)

    def user_for(self, login):
        """The user that an auth request proves to be: a SAM name, "" for the root, None for nobody.

        The order of the three ways is the real server's: key before e-mail before SAM user.
        """
        if "authKeyId" in login or "authKey" in login:
            proven = _same(login, authKeyId=self.key_id, authKey=self.key)
            return SAM_USER if proven else None
        if "email" in login:
            return "" if _same(login, email=self.email, password=self.root_password) else None
        proven = _same(login, operatorId=self.operator_id, userName=SAM_USER,
                       password=self.sam_password)
        return SAM_USER if proven else None

    def profile(self, kind, endpoint):
        """A profile file as the official tools write it; `endpoint` is without /v1, or None."""
        makers = {
            "authkey": {"authKeyId": self.key_id, "authKey": self.key},
            "root": {"email": self.email, "password": self.root_password},
            "go": {"operatorId": self.operator_id, "username": SAM_USER,
                   "password": self.sam_password},
            "ruby": {"operatorId": self.operator_id, "userName": SAM_USER,
                     "password": self.sam_password},
        }
        profile = dict(makers["go" if kind == "sam" else kind])
        if kind != "ruby":
            profile |= {"sandbox": False, "coverageType": "jp"}
        if endpoint:
            # The two tools disagree about whether the base path belongs to it.
            profile["endpoint"] = endpoint + ("/v1" if kind == "ruby" else "")
        return profile


def _same(given, **wanted):
    """Whether every field is there and right; takes the same time for any wrong one."""
    return all([hmac.compare_digest(_octets(str(given.get(name, ""))), _octets(value))
                for name, value in wanted.items()])


@dataclass(frozen=True)
class Session:
    """What one login gave. Permissions stay as they were at the login, as with the real service."""

    api_key: str
    token: str
    user: str                # "" is the root, who may do anything
    permissions: frozenset
    expires_s: float

    def require(self, permission):
        if self.user and permission not in self.permissions:
            raise answer.no_permission(self.user, permission)


class Account:
    """Logs users in and knows their living sessions."""

    def __init__(self, clock):
        self.credentials = Credentials()
        self.permissions = SAM_PERMISSIONS
        self._clock = clock
        self._lock = threading.Lock()
        self._sessions = {}    # by token

    def login(self, request):
        """Returns the body of a successful auth."""
        timeout_s = request.get("tokenTimeoutSeconds", TOKEN_DEFAULT_S)
        user = self.credentials.user_for(request)
        if user is None:
            raise answer.bad_login()
        if not TOKEN_LEAST_S <= timeout_s <= TOKEN_MOST_S:
            raise answer.bad_timeout(TOKEN_LEAST_S, TOKEN_MOST_S)
        session = self._open_session(user, timeout_s)
        body = {"apiKey": session.api_key, "operatorId": self.credentials.operator_id,
                "token": session.token}
        return body | ({"userName": user} if user else {})

    def _open_session(self, user, timeout_s):
        now = self._clock.now()
        session = Session("api-" + str(uuid.uuid4()), self._new_token(now, timeout_s), user,
                          self.permissions, now + timeout_s)
        with self._lock:
            self._sessions = {token: old for token, old in self._sessions.items()
                              if old.expires_s > now}
            self._sessions[session.token] = session
        return session

    def _new_token(self, now, timeout_s):
        """Shaped and sized like the real one, a JSON Web Token; the signature is only noise."""
        head = {"typ": "JWT", "alg": "RS256"}
        claims = {"iss": "https://soracom.io", "aud": "soracom-api", "jti": secrets.token_hex(16),
                  "iat": int(now), "exp": int(now + timeout_s),
                  "operator": {"operatorId": self.credentials.operator_id}}
        return ".".join([_base64(json.dumps(head).encode()), _base64(json.dumps(claims).encode()),
                         _base64(secrets.token_bytes(256))])

    def session(self, api_key, token):
        """The session of a key and token that belong together and live."""
        with self._lock:
            session = self._sessions.get(token)
        if session is None or session.expires_s <= self._clock.now():
            raise answer.bad_token()
        if not hmac.compare_digest(_octets(session.api_key), _octets(api_key)):
            raise answer.bad_token()
        return session

    def logout(self, session):
        with self._lock:
            self._sessions.pop(session.token, None)

    def revoke(self):
        with self._lock:
            self._sessions.clear()

    def live_tokens(self):
        now = self._clock.now()
        with self._lock:
            return sum(session.expires_s > now for session in self._sessions.values())


def _base64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _octets(text):
    # A client can send half of a surrogate pair in JSON: wrong, but no reason to fall over.
    return text.encode("utf-8", "surrogatepass")
