"""Whose conversations a search may find, and which it is narrowed to: as marks in the index.

A row of the index has, besides its words, marks such as `#d:torget`: what of the conversation the
right to read goes by, and what one may filter by. So rights, filters and words are one question to
one index. It only finds candidates: `core/rights.py` has the last word on each, as it is now.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from services.contracts import AgentProfile, TenantDirectory

from transcript_service.core.rights import walled_off, works_in
from transcript_service.rows import Row
from transcript_service.search.asked import lexeme

UNCLASSIFIED: Final = "unclassified"

_TENANT, _STATE, _DEPARTMENT, _TOPIC = "t", "s", "d", "o"
_OUTCOME, _ARCHIVE, _OWNED = "u", "c", "a"
_INVOLVED, _ASKED, _GLIMPSE = "i", "h", "g"


@dataclass(frozen=True, slots=True)
class Filters:
    """What the found are to be; None: anything."""

    department: str | None = None
    topic: str | None = None
    agent: str | None = None
    """Somebody who has had it."""
    outcome: str | None = None
    archive: str | None = None
    """A class of the archive, or `unclassified`."""
    state: str | None = None

    def marks(self) -> Iterator[tuple[str, str]]:
        """Yield each as kind and value."""
        kinds = (
            (_DEPARTMENT, self.department),
            (_TOPIC, self.topic),
            (_OWNED, self.agent),
            (_OUTCOME, self.outcome),
            (_ARCHIVE, self.archive),
            (_STATE, self.state),
        )
        return ((kind, value) for kind, value in kinds if value is not None)


def _mark(kind: str, value: str) -> str:
    return lexeme(f"#{kind}:{value}")


def marks_of(document: Row) -> set[str]:
    """Return the marks of a conversation, from `ledger.conversation_document`."""
    offer, handover = document["offer"] or {}, document["handover"] or {}
    involved = {
        document["owner"],
        document["wrapup_agent"],
        offer.get("agent"),
        handover.get("agent"),
        handover.get("from_agent"),
        *(document["consulted"] or ()),
    }
    pairs: list[tuple[str, Any]] = [
        (_TENANT, document["tenant"]),
        (_STATE, document["state"]),
        (_DEPARTMENT, document["department"]),
        (_TOPIC, document["topic"]),
        (_OUTCOME, document["outcome"]),
        (_ARCHIVE, document["archive"] or UNCLASSIFIED),
        (_ASKED, handover.get("department")),
        *((_OWNED, agent) for agent in document["agents"]),
        *((_INVOLVED, agent) for agent in involved),
        *((_GLIMPSE, glimpse["agent"]) for glimpse in document["glimpses"] or ()),
    ]
    return {_mark(kind, value) for kind, value in pairs if value}


def reach(tenant: str, profile: AgentProfile, directory: TenantDirectory, filters: Filters) -> str:
    """Return a `tsquery` of all that an agent may read and that passes the filters."""
    walls = [of.id for of in directory.departments if walled_off(of.id, profile, directory)]
    open_to_all = "".join(f" & !{_mark(_DEPARTMENT, of)}" for of in walls)
    mine = [of for of in profile.departments if works_in(profile, of)]
    ways = [
        _mark(_INVOLVED, profile.id),
        *(_mark(_DEPARTMENT, of) for of in mine),
        *(_mark(_ASKED, of) for of in mine),
        _mark(_GLIMPSE, profile.id),
    ]
    everything = _mark(_TENANT, tenant)
    if profile.leads_all:
        ways.append(f"({everything}{open_to_all})")
    else:
        ways.append(f"({_mark(_OWNED, profile.id)}{open_to_all})")
        if "archivist" in profile.roles:
            ways.append(f"({_mark(_STATE, 'closed')}{open_to_all})")
    narrowed = "".join(f" & {_mark(kind, value)}" for kind, value in filters.marks())
    return f"{everything}{narrowed} & ({' | '.join(ways)})"
