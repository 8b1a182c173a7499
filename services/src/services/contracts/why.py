"""Why a decision of the routing came out as it did: enough to explain it, not ten thousand rows."""

from typing import Literal
from uuid import UUID

from pydantic import Field

from services.contracts.model import Contract

Verdict = Literal[
    "eligible",
    "missed",
    "owner",
    "not_asked",
    "not_there",
    "busy",
    "away",
    "forced_away",
    "draining",
    "full",
    "skill",
    "level",
    "language",
    "left_alone",
]
"""What a decision found of an agent: `eligible`, or the first reason why not."""


class Candidate(Contract):
    """One agent as seen by a decision."""

    agent: str
    verdict: Verdict
    load: int
    capacity: int


class Why(Contract):
    """The reasons of one decision about one conversation."""

    outcome: Literal["offered", "waiting"]
    reason: str
    """A code: `preferred_agent`, `asked`, `lower`, `anyone`; or why it waits: `nobody_free`,
    `nobody_there`, `no_staff`, `preferred_agent_soon`, `citizen_away`, `closed`."""
    agent: str | None = None
    plan: str = ""
    step: int = 0
    """Index of the plan's step that held."""
    level: str = ""
    """That step's `level`."""
    department: str = ""
    skills: dict[str, int] = Field(default_factory=dict)
    """What was asked for at first."""
    language: str = ""
    counts: dict[str, int] = Field(default_factory=dict)
    """Agents who might answer by verdict."""
    candidates: tuple[Candidate, ...] = ()
    """The first five in order of choice."""
    handover: UUID | None = None
