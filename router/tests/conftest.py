"""Builders of small worlds: one tenant, two departments, agents and conversations by number."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from router.core import Attendance, Recent, Roster, View
from services.contracts import (
    AgentLoad,
    AgentProfile,
    Department,
    LineRead,
    PendingHandover,
    PendingOffer,
    Summary,
    TenantDirectory,
    Timing,
    Topic,
    WrapUp,
)
from services.contracts.leases import AgentLease

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


class Make:
    """Builds what a view is made of. Times are seconds before (or after) `NOW`."""

    now = NOW

    def id(self, n: int) -> UUID:
        return UUID(int=(1 << 100) + n)

    def ago(self, seconds: float) -> datetime:
        return NOW - timedelta(seconds=seconds)

    def agent(self, name: str, *departments: str, **fields: Any) -> AgentProfile:
        return AgentProfile(
            id=name, name=name.title(), departments=departments or ("torget",), **fields
        )

    def lease(self, name: str, *, idle_s: float = 0, presence: str = "available") -> AgentLease:
        return AgentLease.model_validate(
            {
                "agent": name,
                "session": "s",
                "instance": "i",
                "presence": presence,
                "idle_since": self.ago(idle_s),
                "changed_at": self.ago(idle_s),
            }
        )

    def conversation(self, n: int, *, waited_s: float = 100, **fields: Any) -> Summary:
        given = {
            "conversation": self.id(n),
            "version": 1,
            "state": "waiting",
            "topic": None,
            "department": "torget",
            "language": "nb",
            "opened_at": self.ago(waited_s),
            "entered_at": self.ago(waited_s),
            "last_seq": {"dialogue": 1},
        }
        return Summary(**{**given, **fields})

    def offer(self, agent: str, *, left_s: float = 20, n: int = 900) -> PendingOffer:
        return PendingOffer(id=self.id(n), agent=agent, deadline=self.ago(-left_s))

    def handover(
        self, department: str = "bygg", *, left_s: float = 100, agent: str | None = None
    ) -> PendingHandover:
        return PendingHandover(
            id=self.id(800),
            from_agent="owner",
            department=department,
            agent=agent,
            requested_at=self.ago(120 - left_s),
            deadline=self.ago(-left_s),
        )

    def wrapup(self, agent: str, *, left_s: float) -> WrapUp:
        return WrapUp(agent=agent, until=self.ago(-left_s))

    def directory(self, *agents: AgentProfile, timing: Timing | None = None) -> TenantDirectory:
        return TenantDirectory(
            tenant="testvik",
            version=1,
            name="Testvik",
            kommunenummer="9999",
            title={"nb": "Prek"},
            first_line="torget",
            departments=(
                Department(id="torget", name={"nb": "Torget"}),
                Department(id="bygg", name={"nb": "Bygg"}),
            ),
            topics=(
                Topic(id="garasje", department="bygg", name={"nb": "Garasje"}, level=3),
                Topic(id="generelt", department="torget", name={"nb": "Generelt"}),
            ),
            agents=agents,
            timing=timing or Timing(),
        )

    def department(self, name: str, **fields: Any) -> Department:
        return Department(id=name, name={"nb": name.title()}, **fields)

    def changed(self, view: View, **fields: Any) -> View:
        return replace(view, **fields)

    def with_directory(self, view: View, **changes: Any) -> View:
        """Return the view under another set-up."""
        return replace(view, directory=view.directory.evolve(**changes))

    def with_roster(self, view: View) -> View:
        """Return the view with an index that is kept, as between the rounds of a replica."""
        return replace(view, roster=Roster(view.directory))

    def line(self, *conversations: Summary, loads: dict[str, tuple[int, int]]) -> LineRead:
        return LineRead(
            tenant="testvik",
            now=NOW,
            conversations=conversations,
            loads=tuple(
                AgentLoad(agent=agent, load=load, capacity=capacity)
                for agent, (load, capacity) in loads.items()
            ),
        )

    def view(
        self,
        *conversations: Summary,
        agents: tuple[AgentProfile, ...],
        loads: dict[str, int] | None = None,
        leases: dict[str, AgentLease] | None = None,
        citizens: frozenset[UUID] | None = None,
        settled: bool = True,
        absent_s: dict[str, float] | None = None,
        recent: Recent | None = None,
        timing: Timing | None = None,
    ) -> View:
        here = leases if leases is not None else {a.id: self.lease(a.id) for a in agents}
        seen = frozenset(c.conversation for c in conversations) if citizens is None else citizens
        return View(
            self.directory(*agents, timing=timing),
            self.line(
                *conversations,
                loads={a.id: ((loads or {}).get(a.id, 0), a.capacity) for a in agents},
            ),
            Attendance(here, seen, settled, absent_s or {}),
            recent or Recent(),
        )


@pytest.fixture(scope="session")
def make() -> Make:
    return Make()
