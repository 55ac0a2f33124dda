"""The metadata service: the SIM's own record, over plain HTTP, to whoever is behind the SIM."""

import json

from . import answer
from .answer import Answer, Problem
from .contract import Violation

MODES = ("on", "readonly", "off")
FORBIDDEN = "You are not allowed to access Metadata Server."
UNKNOWN_KEY = "Specified key does not exist."
UPDATE_PATH = "/v1/subscriber/update_speed_class"


class _MetadataCall:
    """A request to the metadata service, read."""

    def __init__(self, request, body=None):
        self.request = request
        self.body = body
        self.wrong_class = False


class Metadata:
    """Maps its few paths to the first SIM of the account. The same two verbs as Api."""

    name = "metadata"

    def __init__(self, contract, account, sims, journal):
        self._update = contract.operation("updateSpeedClass")
        self._account = account
        self._sims = sims
        self._journal = journal
        self.mode = "on"

    def read(self, request, _peer):
        try:
            return _MetadataCall(request, self._checked_body(request))
        except Violation as violation:
            self._journal.reject(request, str(violation))
            raise answer.nonconforming(violation.status, str(violation)) from None

    def _checked_body(self, request):
        for name in ("X-Soracom-API-Key", "X-Soracom-Token", "Authorization"):
            if request.values(name):
                raise Violation(f"header: {name} in plain text, where no credentials are needed")
        if request.query:
            raise Violation("query: none is defined for the metadata service")
        if request.path == UPDATE_PATH:
            if request.method != "POST":
                raise Violation("method: only POST is defined for this path", 405)
            return self._update.read_body(request)
        if request.method != "GET":
            raise Violation("method: only GET is defined for this path", 405)
        return None

    def perform(self, call):
        if self.mode == "off" or (self.mode == "readonly" and call.request.method != "GET"):
            return Answer.text(403, FORBIDDEN)
        try:
            return self._dispatch(call)
        except Problem as problem:
            return problem.answer(call.request.language)

    @staticmethod
    def refuse(request, problem):
        return problem.answer(request.language)

    def _dispatch(self, call):
        sim = self._sims.first
        if call.body is not None:
            return self._update_class(call, sim)
        record = self._record(sim)
        if call.wrong_class:
            record["speedClass"] = sim.wrong_class(sim.speed_class)
        if call.request.path == "/v1/subscriber":
            return Answer.json(200, record)
        prefix, _, key = call.request.path.partition(".")
        if prefix != "/v1/subscriber" or key not in record:
            return Answer.text(404, UNKNOWN_KEY)
        value = record[key]
        return Answer.text(200, value if isinstance(value, str) else json.dumps(value))

    def _update_class(self, call, sim):
        wanted = call.body["speedClass"]
        sim.check_class(wanted)
        if call.wrong_class:
            return Answer.json(200, self._record(sim) | {"speedClass": sim.wrong_class(wanted)})
        self._sims.set_class(sim, wanted)
        return Answer.json(200, self._record(sim))

    def _record(self, sim):
        return sim.as_subscriber(self._account.credentials.operator_id)
