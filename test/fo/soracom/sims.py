"""The SIMs of the account and how the service describes them."""

import threading

from . import answer

_S1 = ("s1.minimum", "s1.slow", "s1.standard", "s1.fast", "s1.4xfast")

# From the description of UpdateSpeedClassRequest. A plan that is not here has nothing to change.
CLASSES_OF_PLAN = {
    "plan01s": _S1, "plan01s-LDV": _S1, "planXM1": _S1, "planX3": _S1, "planP1": _S1,
    "plan-D": _S1, "plan-K2": _S1, "plan-K": _S1,
    "plan-US": _S1 + ("s1.8xfast",),
    "plan-DU": ("u1.standard", "u1.slow"),
}

DEFAULT_IMSI = "440101234567890"
DEFAULT_SIM_ID = "8942310022000012345"


class Sim:
    """One SIM, known by its IMSI in one half of the API and by its SIM id in the other."""

    def __init__(self, imsi=DEFAULT_IMSI, sim_id=DEFAULT_SIM_ID, plan="plan-D",
                 speed_class="s1.minimum"):
        self.imsi = imsi
        self.sim_id = sim_id
        self.plan = plan
        self.speed_class = speed_class
        self.online = True
        self.created_ms = 0
        self.modified_ms = 0

    def check_class(self, speed_class):
        if speed_class not in CLASSES_OF_PLAN.get(self.plan, ()):
            raise answer.no_such_class(speed_class, self.plan)

    def wrong_class(self, wanted):
        """Not the wanted class: the present one where possible, as if nothing was done."""
        candidates = (self.speed_class,) + CLASSES_OF_PLAN.get(self.plan, ()) + ("s1.minimum",)
        return next((name for name in candidates if name != wanted), "s1.slow")

    def as_subscriber(self, operator_id):
        return self._common(operator_id) | {
            "apn": "soracom.io",
            "bundles": [],
            "createdAt": self.created_ms,
            "expiredAt": 0,
            "iccid": self.sim_id,
            "imsi": self.imsi,
            "ipAddress": "10.137.31.7",
            "lastModifiedAt": self.modified_ms,
            "locationRegistrationStatus": {"eps": {"lastModifiedTime": self.created_ms,
                                                   "vplmn": "44010"}},
            "msisdn": "812012345678",
            "packetCaptureSessions": [],
            "plan": 1,
            "registeredTime": self.created_ms,
            "subscription": self.plan,
            "type": self.speed_class,
        }

    def as_sim(self, operator_id):
        subscriber = {"imsi": self.imsi, "msisdn": "812012345678", "status": "active",
                      "subscription": self.plan, "bundles": [],
                      "capabilities": {"data": True, "sms": True}}
        profile = {"iccid": self.sim_id, "primaryImsi": self.imsi, "otaSupported": False,
                   "subscribers": {self.imsi: subscriber}}
        return self._common(operator_id) | {
            "activeProfileId": self.sim_id,
            "capabilities": {"data": True, "sms": True},
            "lastLocationUpdateTime": self.created_ms,
            "localInfo": {},
            "profiles": {self.sim_id: profile},
            "type": "uicc",
        }

    def _common(self, operator_id):
        return {
            "createdTime": self.created_ms,
            "expiryAction": "doNothing",
            "lastModifiedTime": self.modified_ms,
            "moduleType": "nano",
            "operatorId": operator_id,
            "previousSession": {"createdTime": self.created_ms, "deletedTime": self.created_ms,
                                "imsi": self.imsi, "subscription": self.plan},
            "serialNumber": "DN0800000000000",
            "sessionStatus": self._session_status(),
            "simId": self.sim_id,
            "speedClass": self.speed_class,
            "status": "active",
            "tags": {"name": "sub"},
            "terminationEnabled": False,
        }

    def _session_status(self):
        return {
            "cell": {"radioType": "LTE", "mcc": 440, "mnc": 10, "tac": 4321, "eci": 123456789},
            "dnsServers": ["100.127.0.53", "100.127.1.53"],
            "imei": "356938035643809",
            "imsi": self.imsi,
            "lastUpdatedAt": self.created_ms,
            "online": self.online,
            "placement": {"infrastructureProvider": "aws", "region": "ap-northeast-1"},
            "sessionId": "b8a1f0c4-0000-4000-8000-000000000001",
            "subscription": self.plan,
            "ueIpAddress": "10.137.31.7",
        }

    def session_event(self, operator_id):
        return {"apn": "soracom.io", "cell": self._session_status()["cell"],
                "createdTime": str(self.created_ms), "dns0": "100.127.0.53",
                "dns1": "100.127.1.53", "event": "Created", "imei": "356938035643809",
                "imsi": self.imsi, "operatorId": operator_id, "simId": self.sim_id,
                "sessionId": self._session_status()["sessionId"], "subscription": self.plan,
                "time": self.created_ms, "ueIpAddress": "10.137.31.7"}


class Sims:
    """All SIMs, each under both of its names; wakes whoever waits for a class."""

    def __init__(self, sims, clock):
        self._clock = clock
        self._changed = threading.Condition()
        self._by_imsi = {sim.imsi: sim for sim in sims}
        self._by_sim_id = {sim.sim_id: sim for sim in sims}
        self.first = sims[0]
        for sim in sims:
            sim.created_ms = sim.modified_ms = clock.now_ms()

    def by_imsi(self, imsi):
        if imsi not in self._by_imsi:
            raise answer.no_subscriber()
        return self._by_imsi[imsi]

    def by_sim_id(self, sim_id):
        if sim_id not in self._by_sim_id:
            raise answer.no_sim()
        return self._by_sim_id[sim_id]

    def by_either(self, name):
        return self._by_imsi.get(name) or self.by_sim_id(name)

    def all(self):
        return list(self._by_imsi.values())

    def set_class(self, sim, speed_class):
        sim.check_class(speed_class)
        with self._changed:
            sim.speed_class = speed_class
            sim.modified_ms = self._clock.now_ms()
            self._changed.notify_all()

    def wait_class(self, sim, speed_class, timeout_s):
        """True as soon as the SIM has the class, False at the timeout."""
        with self._changed:
            return self._changed.wait_for(lambda: sim.speed_class == speed_class, timeout_s)

    def classes(self):
        return {name: sim.speed_class for sim in self.all() for name in (sim.imsi, sim.sim_id)}
