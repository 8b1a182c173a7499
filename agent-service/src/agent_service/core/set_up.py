"""A set-up that is to replace another: what of it may be, and what the books say of it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from pydantic import ValidationError
from services.contracts import TenantDirectory

OUTDATED: Final = "set_up_outdated"
"""Somebody else changed it meanwhile: `version` is not that of the set-up in force."""
FAULTY: Final = "set_up_faulty"
"""The plan linter found errors in it."""
UNREADABLE: Final = "set_up_invalid"
CHANGED_SINCE: Final = "set_up_changed_since"
"""A part of it is no longer as that change left it."""
NOT_UNDOABLE: Final = "not_undoable"
"""The emergency has its own switch."""

_NOT_BY_HAND: Final = frozenset({"tenant", "version", "emergency"})
"""Never changed with the rest: the emergency has its own switch."""


def replaced(now: TenantDirectory, wanted: TenantDirectory) -> TenantDirectory | None:
    """Return the next version, or None when it is as wanted already."""
    kept = {name: getattr(now, name) for name in _NOT_BY_HAND}
    same = wanted.evolve(**kept)
    return None if same == now else same.evolve(version=now.version + 1)


def changes(before: TenantDirectory, after: TenantDirectory) -> dict[str, dict[str, Any]]:
    """Return each part that differs, as it was and as it is, for the books and for undoing it."""
    was, is_now = before.model_dump(mode="json"), after.model_dump(mode="json")
    return {
        name: {"before": was[name], "after": value}
        for name, value in is_now.items()
        if name not in _NOT_BY_HAND and was[name] != value
    }


class ChangedSinceError(Exception):
    """A change cannot be taken back without taking a later one along."""

    def __init__(self, parts: Sequence[str]) -> None:
        """Take the names of the parts that were changed since."""
        super().__init__(CHANGED_SINCE)
        self.parts = tuple(parts)


def undone(now: TenantDirectory, change: Mapping[str, Mapping[str, Any]]) -> TenantDirectory | None:
    """Return the set-up in force with each part as it was before a change.

    Args:
        now: the set-up in force; its version is kept.
        change: as `changes` wrote it in the books, perhaps by an older version of this service.

    Returns:
        None when what was then is no set-up by today's rules.

    Raises:
        ChangedSinceError: a part is no longer as the change left it.
    """
    # Read as set-ups: what the books did not say then has today's default in both.
    left = _with(now, {name: sides["after"] for name, sides in change.items()})
    parts = [name for name in change if left is None or _differ(name, left, now)]
    if parts:
        raise ChangedSinceError(parts)
    return _with(now, {name: sides["before"] for name, sides in change.items()})


def _differ(name: str, one: TenantDirectory, other: TenantDirectory) -> bool:
    known = name in TenantDirectory.model_fields
    return not known or bool(getattr(one, name) != getattr(other, name))


def _with(now: TenantDirectory, parts: Mapping[str, Any]) -> TenantDirectory | None:
    try:
        return TenantDirectory.model_validate(
            {**now.model_dump(mode="json"), **parts}, extra="ignore"
        )
    except ValidationError:
        return None


def errors(findings: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the findings for which a set-up may not go live."""
    return [finding for finding in findings if finding.get("severity") == "error"]
