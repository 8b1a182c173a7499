"""Whether a conversation is kept or erased, why, and from when on. Pure: `now` is an argument.

What stands against erasing is looked at first, and the first that stands is the answer: it is not
over; it is held; nobody has classified it; the law wants it in the archive and the archive has not
confirmed it. Only then a wish to be forgotten, and only then the time, may erase.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from services.contracts import Privacy, Retention
from services.contracts.summary import ArchiveClass

Keeping = Literal["open", "held", "unclassified", "not_archived", "no_rule", "not_due"]
Erasing = Literal["over_time", "forget", "forget_archived"]
Wish = Literal["open", "held", "to_classify", "to_archive", "erasing"]
"""What becomes of a wish to be forgotten."""

FORGET_BASIS: Final = "personvernforordningen art. 17 nr. 1"
"""By which law a wish is granted where the municipality's own rule does not stand against it."""

_WISHES: Final[Mapping[str, Wish]] = {
    "open": "open",
    "held": "held",
    "unclassified": "to_classify",
    "not_archived": "to_archive",
}


@dataclass(frozen=True, slots=True)
class Case:
    """All that a decision about one conversation rests on."""

    topic: str | None
    archive: ArchiveClass | None
    closed_at: datetime | None
    """None: it is not over."""
    wrapped_up: bool
    """Whether the wrap-up is over: until then the agent still classifies."""
    forget_asked_at: datetime | None
    held: bool
    received_at: datetime | None
    """When the archive confirmed that it has it, as it is classified now."""
    under_way: bool = False
    """Whether a package of it is on its way to the archive, and no answer is there yet."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be done with a conversation, and why."""

    why: Keeping | Erasing
    due_at: datetime | None = None
    """From when on it is erased; None when no date can be named."""
    kept_days: int | None = None
    legal_basis: str = ""

    @property
    def erases(self) -> bool:
        """Whether it is erased now."""
        return self.why in ("over_time", "forget", "forget_archived")


def decide(case: Case, privacy: Privacy, now: datetime) -> Decision:
    """Return what is to be done with a conversation at a moment."""
    if case.closed_at is None or not case.wrapped_up:
        return Decision("open")
    rule = None if case.archive is None else rule_of(privacy, case.topic, case.archive)
    begins = case.closed_at if case.archive == "none" else case.received_at
    due_at = begins + timedelta(days=rule.kept_days) if rule and begins else None
    kept_days, basis = (rule.kept_days, rule.legal_basis) if rule else (None, "")
    if case.held:
        return Decision("held", None, kept_days, basis)
    if case.archive is None:
        return Decision("unclassified")
    if begins is None or case.under_way:
        return Decision("not_archived", None, kept_days, basis)
    if case.forget_asked_at is not None:
        why: Erasing = "forget" if case.archive == "none" else "forget_archived"
        return Decision(why, max(begins, case.forget_asked_at), kept_days, FORGET_BASIS)
    if due_at is None:
        return Decision("no_rule")
    return Decision("over_time" if due_at <= now else "not_due", due_at, kept_days, basis)


def rule_of(privacy: Privacy, topic: str | None, archive: ArchiveClass) -> Retention | None:
    """Return the rule for a topic and class: its own, else that of every topic; or None.

    Of several for the same, the one that keeps the longest: what is erased does not come back.
    """
    of_class = [rule for rule in privacy.retention if rule.archive == archive]
    for wanted in ((topic,) if topic is not None else ()) + (None,):
        found = [rule for rule in of_class if rule.topic == wanted]
        if found:
            return max(found, key=lambda rule: rule.kept_days)
    if archive == "none" and privacy.kept_days is not None:
        return Retention(kept_days=privacy.kept_days)
    return None


def shortest_days(privacy: Privacy) -> int | None:
    """Return how long anything is kept at the least; None: no rule erases anything by time."""
    days = [rule.kept_days for rule in privacy.retention]
    if privacy.kept_days is not None:
        days.append(privacy.kept_days)
    return min(days, default=None)


def wish_of(decision: Decision) -> Wish:
    """Return what becomes of a wish to be forgotten, by the decision about its conversation."""
    return _WISHES.get(decision.why, "erasing")
