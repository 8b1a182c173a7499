"""The invariants by name, and the verdict on a round."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from chaos.checker import messages, owners, rest
from chaos.checker.evidence import Evidence

Invariant = Callable[[Evidence], Iterator[str]]

INVARIANTS: Final[Mapping[str, Invariant]] = {
    "I1": messages.shown_is_archived,
    "I2": messages.accepted_is_settled,
    "I3": messages.once,
    "I4a": messages.same_order,
    "I4b": messages.senders_keep_order,
    "I4c": messages.answers_follow,
    "I5": owners.capacity_holds,
    "I6": owners.one_owner,
    "I7": owners.none_forgotten,
    "I8": owners.strangers_see_nothing,
    "I10": rest.nothing_left_over,
    "I11": messages.resumes_at_the_next,
    "I12": rest.nothing_grows,
    "F5": rest.presence_whole,
}

NO_SUBJECT: Final = {"I9": "a run has no mail server: what is sent once is told by test_alerts.py"}
"""Invariants of which there is nothing to judge."""


def judge(evidence: Evidence) -> dict[str, list[str]]:
    """Return, per invariant, what violates it."""
    return {name: list(check(evidence)) for name, check in INVARIANTS.items()}
