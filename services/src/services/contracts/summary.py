"""The state of a conversation as desks see it: replaced by a higher `version`, never folded."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from services.contracts.model import Contract

ConversationState = Literal["waiting", "offered", "active", "closed", "written"]


AnswerBy = Literal["email", "phone", "receipt"]
"""How a written answer reaches the citizen: an e-mail with a safe link, a call from the department,
or the receipt number and its secret."""
Alarm = Literal["danger", "threat", "abuse"]
Rating = Literal["yes", "partly", "no"]
"""Did you get an answer to what you wondered about?"""
Outcome = Literal["answered", "guided", "handed_on", "unanswered", "no_enquiry"]
"""What became of it, as the agent says at wrap-up: answered; shown where the answer is; sent on to
somebody outside the chat; not answered; or no enquiry at all."""
ArchiveClass = Literal["none", "archive", "journal"]
"""What the archive makes of it: nothing worth keeping, a record, or a record in the journal."""


class TopicSuggestion(Contract):
    """What an enquiry seems to be about, by the citizen's first words. It decides nothing."""

    topic: str
    score: Annotated[float, Field(ge=0, le=1)]


class PendingOffer(Contract):
    """An offer that is neither accepted nor ended."""

    id: UUID
    agent: str
    deadline: AwareDatetime
    handover: UUID | None = None


class PendingHandover(Contract):
    """A hand-over nobody has accepted yet. The conversation stays with its owner."""

    id: UUID
    from_agent: str
    department: str
    agent: str | None = None
    requested_at: AwareDatetime
    deadline: AwareDatetime


class WrapUp(Contract):
    """After closing: the agent's slot is held until then, or until the agent is done."""

    agent: str
    until: AwareDatetime


class Glimpse(Contract):
    """Somebody outside the wall reads it until then: they broke the glass, and said why."""

    agent: str
    until: AwareDatetime


class Summary(Contract):
    """A conversation without its words."""

    conversation: UUID
    version: int
    state: ConversationState
    topic: str | None
    department: str
    language: str
    priority: int = 5
    """Band: 1 first, 9 last."""
    owner: str | None = None
    epoch: int = 0
    opened_at: AwareDatetime
    entered_at: AwareDatetime
    """The place in line; survives misses, transfers, reconnects and restarts."""
    last_seq: dict[str, int]
    """Highest seq per stream."""
    offer: PendingOffer | None = None
    handover: PendingHandover | None = None
    wrapup: WrapUp | None = None
    missed: tuple[str, ...] = ()
    """Agents who missed or declined it, in order."""
    preferred_agent: str | None = None
    away_since: AwareDatetime | None = None
    """Since when the citizen could not be reached; None while reachable."""
    closed_at: AwareDatetime | None = None
    unanswered_since: AwareDatetime | None = None
    """Since when the owner has had it without a word to the citizen."""
    due_at: AwareDatetime | None = None
    """Deadline of a written answer; None while it is a live conversation."""
    receipt: str | None = None
    """Its number, once it is a written question."""
    answer_by: AnswerBy | None = None
    """Set when there is a way to answer in writing."""
    suggested: TopicSuggestion | None = None
    follows: UUID | None = None
    """The citizen's enquiry before this one."""
    alarm: Alarm | None = None
    """Raised and not yet cleared."""
    nudged_at: AwareDatetime | None = None
    """Since when the citizen has been asked "are you still there?" and has not answered."""
    rating: Rating | None = None
    forget_asked_at: AwareDatetime | None = None
    """When the citizen asked that the words be erased."""
    consulted: tuple[str, ...] = ()
    """Colleagues asked for advice, who read along unseen by the citizen."""
    outcome: Outcome | None = None
    archive: ArchiveClass | None = None
    """None: nobody has said yet."""
    glimpses: tuple[Glimpse, ...] = ()
    """Who broke the glass, each agent once; also those whose time is over."""
