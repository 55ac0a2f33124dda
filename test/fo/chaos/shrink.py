"""The smallest plan that still fails: faults are left out, by halves and then one by one. Pure, but for `fails`."""


def shrink(plan, fails, tries):
    """`fails(plan)` plays it. At most so many are played. Returns the smallest that failed."""
    size = max(1, len(plan.faults) // 2)
    while tries > 0 and size >= 1 and len(plan.faults) > 1:
        smaller = None
        for at in range(0, len(plan.faults), size):
            candidate = plan.without(plan.faults[at:at + size])
            if not candidate.faults or tries == 0:
                continue
            tries -= 1
            if fails(candidate):
                smaller = candidate
                break
        if smaller is not None:
            plan, size = smaller, max(1, min(size, len(smaller.faults) // 2))
        elif size == 1:
            break
        else:
            size //= 2
    return plan
