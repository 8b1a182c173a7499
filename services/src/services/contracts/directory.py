"""What a tenant has set up: departments, topics, staff. Owned by agent-service."""

from typing import Literal

from pydantic import Field

from services.contracts.model import Contract, Id, Name

Language = Literal["nb", "nn", "en", "se", "smj", "sma"]
Localized = dict[str, str]
"""A short text per language code; `nb` is always there."""


class Department(Contract):
    """A fagavdeling or Servicetorget. A confidential one walls off what follows a hand-over."""

    id: Id
    name: Localized
    confidential: bool = False


class Topic(Contract):
    """What an enquiry may be about, and which department knows it."""

    id: Id
    department: Id
    name: Localized
    direct: bool = False
    """True: straight to the department. False: Servicetorget (the first line) answers first."""
    level: int = Field(default=1, ge=1, le=5)
    """Skill level asked for at first."""


class AgentProfile(Contract):
    """What the routing and the ledger need to know of an agent."""

    id: Id
    name: Name
    departments: tuple[Id, ...] = ()
    """The first is the home department, shown to citizens."""
    roles: tuple[Literal["agent", "leader", "admin"], ...] = ("agent",)
    skills: dict[str, int] = Field(default_factory=dict)
    """Skill id (`topic:<id>`) to level 1-5."""
    languages: tuple[str, ...] = ("nb",)
    capacity: int = Field(default=3, ge=1, le=10)


class Timing(Contract):
    """Waiting times of a tenant, in seconds (DESIGN.md sections 4 and 7)."""

    offer_s: float = 30
    handover_s: float = 120
    wrapup_s: float = 60
    owner_grace_s: float = 60
    preferred_s: float = 20
    lower_level_after_s: float = 45
    generalist_after_s: float = 90
    target_s: float = 60
    citizen_gone_s: float = 1800


class TenantDirectory(Contract):
    """The whole set-up of one municipality at one version."""

    tenant: Id
    version: int
    name: Name
    kommunenummer: str
    title: Localized
    """The words on the icon, such as `Prek med oss`."""
    first_line: Id
    """The department that answers first."""
    languages: tuple[str, ...] = ("nb", "nn", "en")
    origins: tuple[str, ...] = ()
    """Host pages that may embed the widget."""
    departments: tuple[Department, ...] = ()
    topics: tuple[Topic, ...] = ()
    agents: tuple[AgentProfile, ...] = ()
    timing: Timing = Timing()

    def department(self, department_id: str) -> Department | None:
        """Return the department, or None."""
        return next((d for d in self.departments if d.id == department_id), None)

    def topic(self, topic_id: str | None) -> Topic | None:
        """Return the topic, or None."""
        return next((t for t in self.topics if t.id == topic_id), None)

    def agent(self, agent_id: str) -> AgentProfile | None:
        """Return the agent, or None."""
        return next((a for a in self.agents if a.id == agent_id), None)

    def public(self) -> "TenantDirectory":
        """Return the same without staff: what a gateway may know."""
        return self.evolve(agents=())
