"""What has to hold, and whether it does."""
MOST_FAILOVER_MS = 2000
MOST_FAILBACK_MS = 200
NAMES = {"icmp": "ping", "udp": "UDP"}


def marks(result):
    """[{"text", "holds", "value"}] of a result."""
    found = []
    for name, flow in result["flows"].items():
        title = NAMES[name]
        found += [_gap(f"{title}: gap at failover below {MOST_FAILOVER_MS / 1000:g} s", flow,
                       "failover", MOST_FAILOVER_MS),
                  _gap(f"{title}: gap at failback below {MOST_FAILBACK_MS / 1000:g} s", flow,
                       "failback", MOST_FAILBACK_MS),
                  _mark(f"{title}: the running flow survives failback", flow["alive"],
                        "alive" if flow["alive"] else "dead")]
    speed_class = result["speed_class"]
    found += [_class("s1.fast after failover", speed_class["fast_ms"]),
              _class("s1.minimum after failback", speed_class["minimum_ms"])]
    missed = [check["text"] for check in result["checks"] if not check["holds"]]
    found.append(_mark("all checks of the three states", not missed,
                       f"{len(result['checks']) - len(missed)} of {len(result['checks'])}"))
    return found


def _gap(text, flow, when, most):
    outage = flow[when]
    return _mark(text, outage["gap_ms"] < most and outage["to_ms"] is not None, gap_text(outage))


def _class(text, after):
    return _mark(f"speed class {text}", after is not None,
                 "never" if after is None else f"{after / 1000:.2f} s")


def _mark(text, holds, value):
    return {"text": text, "holds": bool(holds), "value": value}


def gap_text(outage):
    """3.12 s, 24 ms, or that it had no end."""
    gap = outage["gap_ms"]
    text = f"{gap / 1000:.2f} s" if gap >= 1000 else f"{gap:.0f} ms"
    return text if outage["to_ms"] is not None else f"{text} and no end"
