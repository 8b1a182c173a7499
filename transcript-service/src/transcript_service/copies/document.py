"""What was said by whom and when, in one language's words and in no form yet.

Every form of the copy is made of this (JSON alone repeats the events exactly), so that no form says
more or less than another.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.contracts import (
    AlarmCleared,
    Alarmed,
    Attached,
    Author,
    Blocked,
    Classified,
    Consulted,
    ConsultEnded,
    ContactGiven,
    Event,
    EventBody,
    GlassBroken,
    HandedOver,
    Joined,
    MadeWritten,
    Messaged,
    Moved,
    Noted,
    Nudged,
    Offered,
    OfferEnded,
    Rated,
    Requeued,
    TakenOver,
    TenantDirectory,
    TopicSet,
)
from services.contracts.files import MEDIA_TYPES, PICTURES

from transcript_service.copies import words
from transcript_service.core.erased import was_erased
from transcript_service.reads import Transcript

_REFERENCE = 8
"""So many of the last digits of a conversation's id are its reference."""


@dataclass(frozen=True, slots=True)
class Said:
    """One event in words."""

    time: datetime
    who: str
    """Who said it, with their department; empty for what merely happened."""
    words: str
    remark: str = ""
    """What we say of the words: that something was removed from them."""


@dataclass(frozen=True, slots=True)
class Document:
    """A stream of a conversation in words, in order."""

    language: str
    municipality: str
    title: str
    topic: str
    """Empty when it was about nothing in particular."""
    reference: str
    opened_at: datetime
    closed_at: datetime | None
    said: tuple[Said, ...]

    @property
    def made_at(self) -> datetime:
        """When it came to be as it is. Of one that is closed this never changes unasked."""
        times = [said.time for said in self.said]
        return max([self.closed_at or self.opened_at, *times])


def document_of(
    transcript: Transcript, directory: TenantDirectory | None, language: str
) -> Document:
    """Put a transcript into words."""
    summary = transcript.conversation.summary
    name = directory.name if directory else ""
    speech = _Speech(transcript, directory, language)
    return Document(
        language=language,
        municipality=name,
        title=words.texts(language)["title"].format(name=name),
        topic=speech.topic(summary.topic) if summary.topic else "",
        reference=reference(summary.conversation),
        opened_at=summary.opened_at,
        closed_at=summary.closed_at,
        said=tuple(speech.said(event) for event in transcript.events),
    )


def reference(conversation: UUID) -> str:
    """Return what people can read to each other, as the console shows it."""
    return str(conversation)[-_REFERENCE:].upper()


class _Speech:
    """Says events in one language, with the names of one set-up."""

    def __init__(
        self, transcript: Transcript, directory: TenantDirectory | None, language: str
    ) -> None:
        self._directory = directory
        self._language = language
        self._words = words.texts(language)
        made = [e.seq for e in transcript.events if isinstance(e.body, MadeWritten)]
        self._written_from = made[0] if made else None

    def said(self, event: Event) -> Said:
        body = event.body
        if was_erased(event):
            return Said(event.time, self._speaker(event), self._words["erased"])
        match body:
            case Messaged():
                return Said(event.time, self._speaker(event), body.text, self._removed(body.masked))
            case Noted():
                kind = self._words["whisper" if body.whisper else "note"]
                who = f"{self._speaker(event)} ({kind})"
                return Said(event.time, who, body.text, self._removed(body.masked))
            case Attached():
                said = self._words["attached"].format(**self._file(body))
                return Said(event.time, self._speaker(event), said, self._removed(body.masked))
            case Rated():
                return Said(event.time, "", self._rating(body), self._removed(body.masked))
            case GlassBroken():
                return Said(event.time, "", self._told(event), self._removed(body.masked))
            case _:
                return Said(event.time, "", self._told(event))

    def topic(self, topic: str) -> str:
        found = self._directory.topic(topic) if self._directory else None
        return found.name.get(self._language, found.name["nb"]) if found else topic

    def _department(self, department: str) -> str:
        found = self._directory.department(department) if self._directory else None
        return found.name.get(self._language, found.name["nb"]) if found else department

    def _speaker(self, event: Event) -> str:
        author = event.author
        match author.kind:
            case "citizen":
                return self._words["citizen"]
            case "agent":
                return f"{author.name}, {self._department(author.department)}"
            case "system":
                return ""

    def _removed(self, masked: int) -> str:
        return self._words["masked" if masked == 1 else "masked_more"].format(n=masked) * (
            masked > 0
        )

    def _file(self, body: Attached) -> dict[str, str]:
        known = "picture" if body.media_type in PICTURES else _ending(body.media_type)
        return {
            "name": body.name,
            "kind": self._words.get(f"file_{known}", self._words["file_other"]),
            "size": words.size(body.size, self._language),
        }

    def _rating(self, body: Rated) -> str:
        said = self._words["rated"].format(rating=self._words[f"rating_{body.rating}"])
        return f"{said}\n{body.comment}" if body.comment else said

    def _told(self, event: Event) -> str:
        body = event.body
        if isinstance(body, Requeued) and self._was_written(event):
            return self._words["requeued_written"]
        department = self._department(getattr(body, "department", ""))
        known = {"who": self._who(event), "department": department, **self._details(body)}
        return self._words[body.kind].format(**known).strip()

    def _was_written(self, event: Event) -> bool:
        """Return whether it was a written question by then: it never went back in line."""
        return self._written_from is not None and self._written_from < event.seq

    def _who(self, event: Event) -> str:
        match event.body:
            case Joined(owner=owner) | HandedOver(owner=owner) | TakenOver(owner=owner):
                return self._name(owner)
            case Nudged() | Moved() | Classified() | GlassBroken():
                return self._name(event.author)
            case (
                Offered(agent=agent)
                | OfferEnded(agent=agent)
                | Consulted(agent=agent)
                | ConsultEnded(agent=agent)
            ):
                profile = self._directory.agent(agent) if self._directory else None
                return profile.name if profile else agent
            case _:
                return ""

    def _name(self, author: Author) -> str:
        return f"{author.name} ({self._department(author.department)})"

    def _details(self, body: EventBody) -> dict[str, str]:
        match body:
            case MadeWritten():
                way = self._words[f"way_{body.answer_by}"]
                return {"due": words.moment(body.due_at), "receipt": body.receipt, "way": way}
            case ContactGiven():
                return {"way": self._words[f"way_{body.answer_by}"], "contact": body.contact or ""}
            case TopicSet():
                return {"topic": self.topic(body.topic)}
            case Alarmed() | AlarmCleared():
                return {"alarm": self._words[f"alarm_{body.alarm}"]}
            case Blocked() | GlassBroken():
                return {"until": words.moment(body.until), "reason": body.reason}
            case Moved():
                return {"former": self._department(body.from_department)}
            case Classified():
                return {
                    "outcome": self._words[f"outcome_{body.outcome or 'open'}"],
                    "archive": self._words[f"archive_{body.archive or 'open'}"],
                }
            case _:
                return {}


def _ending(media_type: str) -> str:
    return MEDIA_TYPES.get(media_type, ("other",))[0]
