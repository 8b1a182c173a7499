"""What a tenant's citizens are told of who is there and when."""

from datetime import datetime

from services.contracts import OpeningHours, TenantDirectory
from services.contracts.wire_citizen import SAvailability
from services.hours import HoursState, hours_of, state


def answering(directory: TenantDirectory) -> frozenset[str]:
    """Return the departments whose agents answer whoever asks about nothing in particular.

    That is the first line, who helps it out by the plan for all topics, and who is borrowed.
    """
    found = {directory.first_line}
    if (plan := directory.plan(None)) is not None:
        found.update(*(step.departments for step in plan.steps))
    if directory.emergency is not None:
        found.update(directory.emergency.borrowed)
    return frozenset(found)


def availability(
    directory: TenantDirectory, *, staffed: bool | None, now: datetime
) -> SAvailability:
    """Return a tenant's availability at an instant.

    Args:
        directory: whose hours count: a department's, else the tenant's, else always open.
        staffed: whether somebody is at the desk; None: not known.
        now: the time, with its zone.
    """
    known: list[tuple[OpeningHours | None, HoursState]] = []

    def state_of(department: str) -> HoursState:
        # Most departments keep the tenant's hours, which need to be reckoned once.
        hours = hours_of(directory, department)
        for seen, found in known:
            if seen is hours:
                return found
        known.append((hours, state(hours, now)))
        return known[-1][1]

    first = state_of(directory.first_line)
    return SAvailability(
        open=first.open,
        staffed=staffed,
        closes_at=first.closes_at,
        opens_at=first.opens_at,
        reason=dict(first.reason),
        banner=directory.emergency.banner if directory.emergency else {},
        departments={d.id: state_of(d.id).open for d in directory.departments},
    )
