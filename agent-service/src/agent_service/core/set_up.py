"""A set-up that is to replace another: what of it may be, and what the books say of it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from services.contracts import TenantDirectory

OUTDATED: Final = "set_up_outdated"
"""Somebody else changed it meanwhile: `version` is not that of the set-up in force."""
FAULTY: Final = "set_up_faulty"
"""The plan linter found errors in it."""
UNREADABLE: Final = "set_up_invalid"

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


def errors(findings: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the findings for which a set-up may not go live."""
    return [finding for finding in findings if finding.get("severity") == "error"]
