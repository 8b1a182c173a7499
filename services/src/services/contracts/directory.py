"""What a tenant has set up: departments, topics, staff. Owned by agent-service."""

from typing import Annotated, Final, Literal

from pydantic import AwareDatetime, Field

from services.contracts.archive import ArchiveRules
from services.contracts.files import FileRules
from services.contracts.hours import OpeningHours
from services.contracts.look import Look, Privacy
from services.contracts.model import Contract, Id, Name, Text
from services.contracts.plans import RoutingPlan
from services.contracts.summary import ArchiveClass

Language = Literal["nb", "nn", "en", "se", "smj", "sma"]
Localized = dict[str, str]
"""A short text per language code; `nb` is always there."""
Role = Literal["agent", "leader", "supervisor", "archivist", "admin"]
"""`leader`: of the own departments. `supervisor`: of every department outside a wall. `archivist`:
reads what is closed, and the audit. `admin`: the set-up, and no conversation."""


_MAIL: Final = r'[^\s<>()\[\],;:"\\@]+'
"""Nothing that could end a header, name a second receiver, or bear a name beside the address."""
MailAddress = Annotated[str, Field(max_length=254, pattern=rf"^{_MAIL}@{_MAIL}\.{_MAIL}$")]
"""Of a mailbox or of a member of staff. Whether anyone reads there is found out by writing."""


class AlertTargets(Contract):
    """Who gets an e-mail when an enquiry asks for a department and nobody sees it at a desk."""

    department: tuple[MailAddress, ...] = Field(default=(), max_length=20)
    """Told first;"""
    leader: tuple[MailAddress, ...] = Field(default=(), max_length=20)
    """and these, where it goes on waiting."""


class Department(Contract):
    """A fagavdeling or Servicetorget. A confidential one walls off what follows a hand-over."""

    id: Id
    name: Localized
    confidential: bool = False
    hours: OpeningHours | None = None
    """None: the tenant's."""
    alerts: AlertTargets = AlertTargets()
    """Besides the tenant's."""


class Topic(Contract):
    """What an enquiry may be about, and which department knows it."""

    id: Id
    department: Id
    name: Localized
    direct: bool = False
    """True: straight to the department. False: Servicetorget (the first line) answers first."""
    level: int = Field(default=1, ge=1, le=5)
    """Skill level asked for at first."""
    words: tuple[str, ...] = ()
    """What citizens call it: synonyms by which a topic is suggested."""
    archive: ArchiveClass | None = None
    """What the archive mostly makes of it: chosen already at the wrap-up, to be changed there."""


class CannedReply(Contract):
    """An answer that is written once; the desk fills in what stands in braces (`docs/glossary`)."""

    id: Id
    department: Id | None = None
    """None: for every department."""
    title: Name
    """What agents find it by, with `words`."""
    text: dict[str, Text]
    """Per language; `nb` is always there."""
    words: tuple[str, ...] = ()


class AgentProfile(Contract):
    """What the routing and the ledger need to know of an agent."""

    id: Id
    name: Name
    departments: tuple[Id, ...] = ()
    """The first is the home department, shown to citizens."""
    roles: tuple[Role, ...] = ("agent",)
    skills: dict[str, int] = Field(default_factory=dict)
    """Skill id (`topic:<id>`) to level 1-5."""
    languages: tuple[str, ...] = ("nb",)
    capacity: int = Field(default=3, ge=1, le=10)

    @property
    def answers_in(self) -> tuple[Id, ...]:
        """The departments whose enquiries are offered: none to who only leads or looks after."""
        return self.departments if "agent" in self.roles else ()

    @property
    def leads(self) -> bool:
        """Whether the agent leads anything."""
        return not {"leader", "supervisor"}.isdisjoint(self.roles)

    @property
    def leads_all(self) -> bool:
        """Whether the agent leads every department."""
        return "supervisor" in self.roles

    def leads_in(self, department: str) -> bool:
        """Return whether the agent leads a department."""
        return self.leads_all or ("leader" in self.roles and department in self.departments)


class Timing(Contract):
    """Waiting times of a tenant, in seconds (DESIGN.md sections 4 and 7)."""

    offer_s: float = 30
    handover_s: float = 120
    handover_away_s: float = 900
    """The same, when nobody who is asked was at a desk: they are sent an alert first."""
    wrapup_s: float = 60
    owner_grace_s: float = 60
    preferred_s: float = 20
    lower_level_after_s: float = 20
    generalist_after_s: float = 45
    """The last step comes while the target can still be met (docs/adr/0020)."""
    target_s: float = 60
    citizen_gone_s: float = 1800
    offer_written_after_s: float = 180
    """Waiting so long, the citizen is offered a written answer."""
    written_due_s: float = 8 * 3600
    """A written question is answered within so many seconds of open hours."""
    first_reply_nudge_s: float = 60
    """Accepted and silent so long: the agent is nudged;"""
    first_reply_leader_s: float = 120
    """then the leaders are told;"""
    first_reply_requeue_s: float = 180
    """then the enquiry is offered on, at its old place."""
    nudge_s: float = 60
    """Asked whether they are still there and silent so long, the citizen is taken to have left."""
    glimpse_s: float = 3600
    """How long one may read what is behind a wall after breaking the glass."""
    follows_days: float = 30
    """A citizen who writes again so soon is put to the same agent where possible."""
    alert_s: float = 30
    """Asked so long, a department that is not at the desk is sent an alert;"""
    alert_leader_s: float = 600
    """and its leaders so long after that."""


class Emergency(Contract):
    """*Beredskap*: switched on by one command, off by another. All desks and widgets show it."""

    since: AwareDatetime
    by: Id
    banner: dict[str, str] = Field(default_factory=dict)
    """Shown to every citizen, per language."""
    topic: Id | None = None
    """Lifted before all others."""
    borrowed: tuple[Id, ...] = ()
    """Departments whose agents answer for the first line meanwhile."""


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
    hours: OpeningHours | None = None
    """None: whenever somebody is there."""
    plans: tuple[RoutingPlan, ...] = ()
    emergency: Emergency | None = None
    look: Look = Look()
    privacy: Privacy = Privacy()
    files: FileRules = FileRules()
    archive: ArchiveRules = ArchiveRules()
    replies: tuple[CannedReply, ...] = ()
    danger_words: tuple[str, ...] = ()
    """Words of danger to life besides the product's own."""
    alerts: AlertTargets = AlertTargets()
    """For every department."""

    def department(self, department_id: str) -> Department | None:
        """Return the department, or None."""
        return next((d for d in self.departments if d.id == department_id), None)

    def topic(self, topic_id: str | None) -> Topic | None:
        """Return the topic, or None."""
        return next((t for t in self.topics if t.id == topic_id), None)

    def agent(self, agent_id: str) -> AgentProfile | None:
        """Return the agent, or None."""
        return next((a for a in self.agents if a.id == agent_id), None)

    def plan(self, topic_id: str | None) -> RoutingPlan | None:
        """Return the plan of a topic: that which names it, else the one for all. Or None."""
        named = (p for p in self.plans if topic_id in p.topics)
        return next(named, None) or next((p for p in self.plans if not p.topics), None)

    def leads_straight(self, topic: Topic) -> bool:
        """Return whether a topic goes straight to its department, past the first line.

        Its plan decides; where that leaves it open, the topic itself.
        """
        plan = self.plan(topic.id)
        return topic.direct if plan is None or plan.direct is None else plan.direct

    def public(self) -> "TenantDirectory":
        """Return the same without staff and what only they need: what a gateway may know."""
        departments = tuple(each.evolve(alerts=AlertTargets()) for each in self.departments)
        return self.evolve(
            agents=(),
            replies=(),
            archive=ArchiveRules(),
            departments=departments,
            alerts=AlertTargets(),
        )
