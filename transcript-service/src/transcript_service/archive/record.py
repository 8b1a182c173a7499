"""What is said of an enquiry in the archive: decided here, written as XML by `message`.

Pure, and by what was committed alone, so that the same enquiry makes the same record. No title
names anybody: a citizen is anonymous, and where the topic itself says too much (a confidential
department, a shielded topic) the public title says nothing of it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, Literal

from services.contracts import (
    ArchiveRules,
    Author,
    Event,
    HandedOver,
    Joined,
    Localized,
    Messaged,
    Shielding,
    Summary,
    TakenOver,
    TenantDirectory,
)

from transcript_service.copies.document import reference
from transcript_service.copies.words import OSLO
from transcript_service.core.rights import is_confidential

SYSTEM: Final = "Prek med oss"
"""The system that hands over; part of every key we are known by."""
HIDDEN: Final = "*****"
"""What stands in a public title for what is not public."""

ArchivedAs = Literal["archive", "journal"]

_WORDS: Final = {
    "nb": {
        "chat": "Chat",
        "written": "Skriftlig spørsmål",
        "about": "{kind} om {topic}",
        "no_topic": "uten valgt tema",
        "citizen": "Ukjent innbygger",
        "replaces": "Erstatter registreringen med nøkkel {key}: arkivvalget ble endret.",
        "conversation": "Samtalen",
    },
    "nn": {
        "chat": "Chat",
        "written": "Skriftleg spørsmål",
        "about": "{kind} om {topic}",
        "no_topic": "utan valt tema",
        "citizen": "Ukjend innbyggjar",
        "replaces": "Erstattar registreringa med nøkkel {key}: arkivvalet vart endra.",
        "conversation": "Samtalen",
    },
}


@dataclass(frozen=True, slots=True)
class Handed:
    """What is handed over: an enquiry and its dialogue up to a moment, and which time it is."""

    summary: Summary
    events: tuple[Event, ...]
    contact: str | None
    """Where the citizen wanted a written answer: an e-mail address or a telephone number."""
    archive: ArchivedAs
    version: int = 1


@dataclass(frozen=True, slots=True)
class Party:
    """Who took part: `EA` the citizen, `IM` who answered last, `IK` who answered before."""

    kind: Literal["EA", "IM", "IK"]
    name: str
    email: str | None = None
    telephone: str | None = None
    unit: str | None = None
    agent: str | None = None


@dataclass(frozen=True, slots=True)
class Folder:
    """The saksmappe."""

    key: str
    title: str
    public_title: str
    began: date
    status: Literal["A", "B"]
    """`A`: ended. `B`: further enquiries come."""
    unit: str
    responsible: str | None
    shielding: Shielding | None


@dataclass(frozen=True, slots=True)
class Record:
    """The registrering, and the folder it lies in."""

    key: str
    """Ours, by which the archive knows a repeat."""
    archive: ArchivedAs
    creator: str
    folder: Folder
    title: str
    public_title: str
    description: str | None
    shielding: Shielding | None
    classification: tuple[str, str, str] | None
    """Of the municipality's key: system, class, and what the class is called here."""
    parties: tuple[Party, ...]
    journal_status: Literal["J", "M"]
    ended_on: date
    received_at: datetime
    """The first word, with Norway's offset."""
    document_title: str = field(default="Samtalen")


def record_of(handed: Handed, directory: TenantDirectory) -> Record:
    """Return what is said of an enquiry that is over."""
    return _Registry(handed, directory).record()


def archive_language(directory: TenantDirectory) -> Literal["nb", "nn"]:
    """Return the language of titles: the municipality's own written form."""
    return "nn" if directory.languages[:1] == ("nn",) else "nb"


def owners(events: Sequence[Event]) -> Iterator[Author]:
    """Yield who answered, each time somebody began to."""
    for event in events:
        match event.body:
            case Joined(owner=owner) | HandedOver(owner=owner) | TakenOver(owner=owner):
                yield owner


class _Registry:
    def __init__(self, handed: Handed, directory: TenantDirectory) -> None:
        self._handed = handed
        self._summary = handed.summary
        self._directory = directory
        self._rules: ArchiveRules = directory.archive
        self._language = archive_language(directory)
        self._words = _WORDS[self._language]
        self._owners = tuple(owners(handed.events))
        self._topic = directory.topic(handed.summary.topic)

    def record(self) -> Record:
        summary, version = self._summary, self._handed.version
        key = str(summary.conversation)
        shielding = self._rules.shielding if self._is_shielded() else None
        topic = self._topic_name()
        citizen, about = self._words["citizen"], self._words["about"]
        public_topic = HIDDEN if shielding else topic
        return Record(
            key=key if version == 1 else f"{key}/{version}",
            archive=self._handed.archive,
            creator=self._rules.creator or self._directory.name,
            folder=self._folder(shielding),
            title=f"{about.format(kind=self._kind(), topic=topic)} – {citizen}",
            public_title=f"{about.format(kind=self._kind(), topic=public_topic)} – {HIDDEN}",
            description=self._description(key, version),
            shielding=shielding,
            classification=self._classification(),
            parties=tuple(self._parties()),
            journal_status=self._rules.journal_status,
            ended_on=_there(self._ended_at()).date(),
            received_at=_there(self._first_word()),
            document_title=self._words["conversation"],
        )

    def _folder(self, shielding: Shielding | None) -> Folder:
        summary, opened = self._summary, _there(self._summary.opened_at)
        if self._rules.folder == "topic_year":
            # It is others', too: it is shielded by its topic, and not by what befell this one.
            hidden = self._is_topic_shielded()
            department = self._topic.department if self._topic else self._directory.first_line
            title = f"{self._words['chat']} – {self._topic_name()} {opened.year}"
            public = f"{self._words['chat']} – {HIDDEN} {opened.year}"
            return Folder(
                key="/".join((self._directory.tenant, summary.topic or "-", str(opened.year))),
                title=title,
                public_title=public if hidden else title,
                began=date(opened.year, 1, 1),
                status="B",
                unit=self._department_name(department),
                responsible=None,
                shielding=self._rules.shielding if hidden else None,
            )
        head = f"{self._kind()} {reference(summary.conversation)}"
        title = f"{head} – {self._topic_name()}"
        return Folder(
            key=str(summary.conversation),
            title=title,
            public_title=f"{head} – {HIDDEN}" if shielding else title,
            began=opened.date(),
            status="A",
            unit=self._department_name(summary.department),
            responsible=self._owners[-1].name if self._owners else None,
            shielding=shielding,
        )

    def _parties(self) -> Iterator[Party]:
        contact = self._handed.contact
        email = contact if contact and "@" in contact else None
        telephone = contact if contact and not email else None
        yield Party("EA", self._words["citizen"], email=email, telephone=telephone)
        last = self._owners[-1] if self._owners else None
        unit = self._department_name(last.department if last else self._summary.department)
        yield Party("IM", unit, unit=unit, agent=last.name if last else None)
        named = {(last.department, last.id)} if last else set()
        for owner in self._owners[:-1]:
            if (owner.department, owner.id) not in named:
                named.add((owner.department, owner.id))
                unit = self._department_name(owner.department)
                yield Party("IK", unit, unit=unit, agent=owner.name)

    def _is_shielded(self) -> bool:
        departments = {self._summary.department, *(owner.department for owner in self._owners)}
        return self._is_topic_shielded() or any(
            is_confidential(department, self._directory) for department in departments
        )

    def _is_topic_shielded(self) -> bool:
        if self._summary.topic in self._rules.shielded_topics:
            return True
        return self._topic is not None and is_confidential(self._topic.department, self._directory)

    def _classification(self) -> tuple[str, str, str] | None:
        found = self._rules.classes.get(self._summary.topic or "")
        if not found:
            return None
        return self._rules.classification_system, found, self._topic_name()

    def _description(self, key: str, version: int) -> str | None:
        if version == 1:
            return None
        former = key if version == 2 else f"{key}/{version - 1}"  # noqa: PLR2004 - the one after 1
        return self._words["replaces"].format(key=former)

    def _kind(self) -> str:
        return self._words["written" if self._summary.due_at else "chat"]

    def _topic_name(self) -> str:
        if self._topic is None:
            return self._words["no_topic"]
        return self._named(self._topic.name)

    def _department_name(self, department: str) -> str:
        found = self._directory.department(department)
        return self._named(found.name) if found else department

    def _named(self, name: Localized) -> str:
        return name.get(self._language) or name["nb"]

    def _first_word(self) -> datetime:
        said = (e.time for e in self._handed.events if isinstance(e.body, Messaged))
        return next(said, self._summary.opened_at)

    def _ended_at(self) -> datetime:
        assert self._summary.closed_at is not None  # noqa: S101 - only what is over comes here
        return self._summary.closed_at


def _there(moment: datetime) -> datetime:
    """Return a moment on Norway's clock, in whole seconds."""
    return moment.astimezone(OSLO).replace(microsecond=0)


def is_over(summary: Summary) -> bool:
    """Return whether an enquiry can be handed over: ended, and its wrap-up too."""
    return summary.state == "closed" and summary.wrapup is None


__all__ = [
    "HIDDEN",
    "SYSTEM",
    "ArchivedAs",
    "Folder",
    "Handed",
    "Party",
    "Record",
    "archive_language",
    "is_over",
    "owners",
    "record_of",
]
