"""The API itself: what each operation does to the account and its SIMs."""

from . import answer
from .answer import Answer, Problem
from .contract import Violation


class Api:
    """Turns a request into a Call (read) and a Call into an Answer (perform)."""

    name = "api"

    def __init__(self, contract, account, sims, ratelimit, journal):
        self.contract = contract
        self._account = account
        self._sims = sims
        self._ratelimit = ratelimit
        self._journal = journal
        self._open = {"auth": self._auth}
        self._secured = {
            "logout": self._logout,
            "switchUser": self._switch_user,
            "getSubscriber": self._get_class,
            "getSim": self._get_class,
            "listSubscribers": self._list_subscribers,
            "updateSpeedClass": self._update_class,
            "updateSimSpeedClass": self._update_class,
            "listSessionEvents": self._session_events,
            "listSimSessionEvents": self._session_events,
            "getAirStats": self._air_stats,
            "getAirStatsOfSim": self._air_stats,
            "subscriberDownlinkPingToUserEquipment": self._ping,
            "sendDownlinkPing": self._ping,
        }
        # Whoever may log in may log out, whatever else he may not.
        self._always_permitted = {"logout", "switchUser"}

    def read(self, request, peer):
        """The request as a Call; counts and raises what breaks the definition."""
        try:
            call = self.contract.read(request)
        except Violation as violation:
            self._journal.reject(request, str(violation))
            if violation.status == 401:
                raise answer.bad_token() from None
            raise answer.nonconforming(violation.status, str(violation)) from None
        call.peer = peer
        return call

    def perform(self, call):
        key = call.peer if call.operation.id == "auth" else call.operation.template
        headers, over = self._ratelimit.count((call.operation.id, key))
        try:
            if over:
                raise self._ratelimit.refusal(headers)
            result = self._dispatch(call)
        except Problem as problem:
            result = problem.answer(call.request.language)
        result.headers = headers | result.headers
        return result

    def refuse(self, request, problem):
        """The Answer to what read() has refused."""
        headers, _ = self._ratelimit.count(("refused", request.path))
        result = problem.answer(request.language)
        result.headers = headers | result.headers
        return result

    def _dispatch(self, call):
        if call.operation.id in self._open:
            status, body = self._open[call.operation.id](call)
        else:
            session = self._account.session(call.request.value("X-Soracom-API-Key"),
                                            call.request.value("X-Soracom-Token"))
            if call.operation.id not in self._always_permitted:
                session.require(call.operation.permission)
            status, body = self._secured[call.operation.id](call, session)
        if status == 204:
            return Answer(204)
        call.operation.check_answer(body)
        return Answer.json(status, body)

    def _auth(self, call):
        return 200, self._account.login(call.body)

    def _logout(self, _call, session):
        self._account.logout(session)
        return 204, None

    def _switch_user(self, _call, _session):
        raise answer.no_switch()

    def _sim(self, call):
        if "imsi" in call.path_values:
            return self._sims.by_imsi(call.path_values["imsi"])
        return self._sims.by_sim_id(call.path_values["sim_id"])

    def _described(self, call, sim):
        operator_id = self._account.credentials.operator_id
        if "imsi" in call.path_values:
            return sim.as_subscriber(operator_id)
        return sim.as_sim(operator_id)

    def _get_class(self, call, _session):
        sim = self._sim(call)
        body = self._described(call, sim)
        if call.wrong_class:
            body["speedClass"] = sim.wrong_class(sim.speed_class)
        return 200, body

    def _update_class(self, call, _session):
        sim = self._sim(call)
        wanted = call.body["speedClass"]
        sim.check_class(wanted)
        if call.wrong_class:
            return 200, self._described(call, sim) | {"speedClass": sim.wrong_class(wanted)}
        self._sims.set_class(sim, wanted)
        return 200, self._described(call, sim)

    def _list_subscribers(self, call, _session):
        wanted = [name for name in call.query.get("speed_class_filter", "").split("|") if name]
        operator_id = self._account.credentials.operator_id
        return 200, [sim.as_subscriber(operator_id) for sim in self._sims.all()
                     if not wanted or sim.speed_class in wanted]

    def _session_events(self, call, _session):
        sim = self._sim(call)
        return 200, [sim.session_event(self._account.credentials.operator_id)]

    def _air_stats(self, call, _session):
        sim = self._sim(call)
        start_s = int(call.query["from"])
        traffic = {"uploadByteSizeTotal": 123456, "uploadPacketSizeTotal": 789,
                   "downloadByteSizeTotal": 654321, "downloadPacketSizeTotal": 987}
        return 200, [{"date": "20261122", "unixtime": start_s,
                      "dataTrafficStatsMap": {sim.speed_class: traffic}}]

    def _ping(self, call, _session):
        if not self._sim(call).online:
            raise answer.offline()
        sent = call.body.get("numberOfPingRequests", 1)
        return 200, {"success": True, "rtt": "rtt min/avg/max/mdev = 56.0/74.5/93.0/18.5 ms",
                     "stat": f"{sent} packets transmitted, {sent} received, 0% packet loss"}
