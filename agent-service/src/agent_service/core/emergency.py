"""The emergency switch: what of it may be, and the set-up that follows from it."""

from datetime import datetime

from services.contracts import Emergency, Refusal, TenantDirectory


def fault(directory: TenantDirectory, wanted: Emergency) -> str | None:
    """Return the code of what is wrong with an emergency in this set-up, or None."""
    if wanted.topic is not None and directory.topic(wanted.topic) is None:
        return Refusal.TOPIC_UNKNOWN
    if any(directory.department(borrowed) is None for borrowed in wanted.borrowed):
        return Refusal.DEPARTMENT_UNKNOWN
    return None


def switched(directory: TenantDirectory, wanted: Emergency | None) -> TenantDirectory | None:
    """Return the next version of a set-up, or None when it is as wanted already.

    Who switches on what is on already is not its author: the first one's name and time stay.
    """
    if _what(directory.emergency) == _what(wanted):
        return None
    return directory.evolve(version=directory.version + 1, emergency=wanted)


def emergency(
    *, banner: dict[str, str], topic: str | None, borrowed: list[str], by: str, now: datetime
) -> Emergency:
    """Return an emergency that begins now."""
    return Emergency(
        since=now, by=by, banner=banner, topic=topic, borrowed=tuple(sorted(set(borrowed)))
    )


def _what(emergency: Emergency | None) -> tuple[object, ...] | None:
    if emergency is None:
        return None
    return (emergency.banner, emergency.topic, emergency.borrowed)
