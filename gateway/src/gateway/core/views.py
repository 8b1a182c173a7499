"""What a citizen is shown of the ledger's events and states."""

import hashlib
from collections.abc import Iterable, Sequence
from uuid import UUID

from services.contracts import (
    Author,
    Event,
    EventBody,
    HandedOver,
    HandoverRequested,
    Joined,
    Summary,
    TakenOver,
    TenantDirectory,
)
from services.contracts.wire_citizen import (
    SAvailability,
    SStatus,
    SWelcome,
    WireDepartment,
    WireEvent,
    WireTopic,
)

PAGE_BYTES = 96 * 1024
"""Events of one frame; more come when the client asks on, so a slow reader is never flooded."""


def citizen_sender(secret: str) -> str:
    """Return who acts: a digest of the resume secret, which itself goes no further."""
    return f"citizen:{hashlib.sha256(secret.encode()).hexdigest()[:40]}"


def wire_event(event: Event, viewer: str) -> WireEvent:
    """Return an event as shown to a citizen.

    Agents go by name and department: their ids are what they sign in with.
    """
    return WireEvent(
        seq=event.seq,
        id=event.id,
        stream=event.stream,
        mine=event.sender == viewer,
        author=_nameless(event.author),
        time=event.time,
        body=_shown(event.body),
    )


def _shown(body: EventBody) -> EventBody:
    match body:
        case Joined() | HandedOver() | TakenOver():
            return body.evolve(owner=_nameless(body.owner))
        case HandoverRequested():
            return body.evolve(agent=None)
        case _:
            return body


def _nameless(author: Author) -> Author:
    return author.evolve(id="")


def first_page(events: Sequence[Event], after: int) -> list[Event]:
    """Return the events after a seq, in order, as many as one frame should carry."""
    page: list[Event] = []
    size = 0
    for event in sorted(events, key=lambda e: e.seq):
        if event.seq <= after:
            continue
        size += len(event.model_dump_json())
        if page and size > PAGE_BYTES:
            break
        page.append(event)
    return page


def names_in(events: Iterable[Event]) -> dict[str, str]:
    """Return the shown names of agents that some events tell of, by agent id."""
    names: dict[str, str] = {}
    for event in events:
        told = [event.author]
        if isinstance(event.body, Joined | HandedOver | TakenOver):
            told.append(event.body.owner)
        names |= {author.id: author.name for author in told if author.kind == "agent"}
    return names


def status(
    summary: Summary, *, owner: str | None, token: str | None, receipt_secret: str | None
) -> SStatus:
    """Return where the enquiry is.

    Args:
        summary: the ledger's state.
        owner: shown name of the one who answers.
        token: a copy token, once closed.
        receipt_secret: the secret of its receipt, once it is a written question.
    """
    return SStatus(
        version=summary.version,
        state=summary.state,
        owner=owner,
        department=summary.department,
        handover_department=summary.handover.department if summary.handover else None,
        token=token,
        due_at=summary.due_at,
        receipt=summary.receipt,
        receipt_secret=receipt_secret,
        answer_by=summary.answer_by,
        nudged_at=summary.nudged_at,
        rating=summary.rating,
        forget_asked_at=summary.forget_asked_at,
    )


def welcome(directory: TenantDirectory, *, availability: SAvailability, token: str) -> SWelcome:
    """Return the welcome of a socket that has no conversation yet."""
    return SWelcome(
        tenant=directory.tenant,
        title=directory.title,
        name=directory.name,
        languages=directory.languages,
        look=directory.look,
        privacy=directory.privacy,
        files=directory.files,
        topics=tuple(WireTopic(id=t.id, name=t.name) for t in directory.topics),
        departments=tuple(WireDepartment(id=d.id, name=d.name) for d in directory.departments),
        staffed=availability.staffed,
        availability=availability,
        token=token,
    )


def resumed(
    bare: SWelcome,
    conversation: UUID,
    *,
    events: Sequence[WireEvent],
    last_seq: int,
    state: SStatus | None,
) -> SWelcome:
    """Return the welcome of a socket that goes on with a conversation."""
    return bare.evolve(
        conversation=conversation,
        status=state,
        events=tuple(events),
        last_seq=last_seq,
        more=bool(events) and events[-1].seq < last_seq,
    )
