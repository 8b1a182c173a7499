"""What an alert is about, and whom it is for. Never a word of the enquiry."""

from datetime import timedelta
from typing import Final, Literal
from uuid import UUID

from pydantic import AwareDatetime
from services.contracts import (
    AnswerReady,
    ArchiveClass,
    Contract,
    CopyReady,
    DepartmentAlerted,
    Milestone,
    MilestoneReached,
)

About = Literal[
    "handover",
    "written",
    "waiting",
    "danger",
    "unclassified",
    "answer",
    "copy",
    "unsure",
    "milestone",
]
Stage = Literal["department", "leader"]
Kind = Literal["email", "webhook"]

EVERY: Final = "*"
"""A target of every department."""
GIVE_UP: Final = timedelta(hours=24)
"""An alert that could not be delivered for so long says nothing anybody could still act on."""
MILESTONES_GIVE_UP: Final = timedelta(days=7)
"""Another system counts on every one of them, and may be away over a holiday."""
_TO_CITIZENS: Final = frozenset({"answer", "copy"})
_FIRST_S, _LONGEST_S = 5.0, 3600.0


class Matter(Contract):
    """What is told outside the chat."""

    about: About
    stage: Stage = "department"
    conversation: UUID
    department: str = ""
    said_at: AwareDatetime
    """When it came to be."""
    due_at: AwareDatetime | None = None
    receipt: str = ""
    language: str = "nb"
    """The citizen's. What goes to a department is in bokmål."""
    milestone: Milestone | None = None
    """With the three below: what other systems are told of."""
    topic: str | None = None
    by_letter: bool = False
    """Whether it is a written question."""
    archive: ArchiveClass | None = None

    @property
    def once(self) -> bool:
        """Whether it is rather not told than told twice: a letter to a citizen."""
        return self.about in _TO_CITIZENS


def alerted(body: DepartmentAlerted, said_at: AwareDatetime) -> Matter:
    """Return the matter of an alert to a department or its leaders."""
    return Matter(
        about=body.about,
        stage=body.stage,
        conversation=body.conversation,
        department=body.department,
        said_at=said_at,
        due_at=body.due_at,
    )


def answered(body: AnswerReady, said_at: AwareDatetime) -> Matter:
    """Return the matter of a written answer, of which the citizen is told by e-mail."""
    return Matter(
        about="answer",
        conversation=body.conversation,
        department=body.department or "",
        said_at=said_at,
        receipt=body.receipt,
        language=body.language,
    )


def copied(body: CopyReady, said_at: AwareDatetime) -> Matter:
    """Return the matter of a link to the copy, which the citizen asked for by e-mail."""
    return Matter(
        about="copy",
        conversation=body.conversation,
        said_at=said_at,
        language=body.language,
    )


def reached(body: MilestoneReached) -> Matter:
    """Return the matter of a milestone, of which other systems are told."""
    return Matter(
        about="milestone",
        conversation=body.conversation,
        department=body.department,
        said_at=body.at,
        language=body.language,
        milestone=body.milestone,
        topic=body.topic,
        by_letter=body.written,
        archive=body.archive,
    )


def unsure(letter: Matter) -> Matter | None:
    """Return what a department is told of a letter that may have come or not.

    Who wanted a copy sees whether it came, and may ask again.
    """
    if letter.about != "answer":
        return None
    return letter.evolve(about="unsure", language="nb")


def delay_s(attempts: int) -> float:
    """Return how long to wait after so many attempts that failed, in seconds."""
    # The exponent is bounded: a float has no room for more than a thousand doublings.
    return min(_FIRST_S * 2.0 ** min(attempts - 1, 20), _LONGEST_S)
