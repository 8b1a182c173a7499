"""Enquiries that are over, their records and packages, made of nothing but what is named."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from services.contracts import (
    ArchiveRules,
    Author,
    Closed,
    Event,
    HandedOver,
    Joined,
    Messaged,
    Opened,
    Summary,
)
from transcript_service.archive.package import Enclosure, pack
from transcript_service.archive.record import Handed, record_of

ENQUIRY = UUID("01936b0c-1111-7aaa-8bbb-0123456789ab")
BEGAN = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
"""Half past two in Norway, in the hour that comes twice."""


def agent(name, department):
    return Author(kind="agent", id=name.lower(), name=name, department=department)


@dataclass
class Enquiries:
    """Builds enquiries in the municipality of `make`."""

    make: object
    events: list = field(default_factory=list)

    def directory(self, **rules):
        return self.make.directory(archive=ArchiveRules(**rules))

    def handed(
        self,
        *,
        archive="archive",
        topic="skatt",
        department="bygg",
        owners=(("Kari", "torget"),),
        contact=None,
        written=False,
        version=1,
        text="Hei",
    ):
        self.events = []
        citizen = Author(kind="citizen")
        self._say(citizen, Opened(topic=topic, department=department, language="nb"))
        self._say(citizen, Messaged(text=text))
        for n, (name, place) in enumerate(owners):
            owner = agent(name, place)
            body = Joined(owner=owner) if n == 0 else HandedOver(handover=UUID(int=n), owner=owner)
            self._say(owner, body)
        self._say(citizen, Closed(reason="agent"))
        summary = Summary(
            conversation=ENQUIRY,
            version=9,
            state="closed",
            topic=topic,
            department=department,
            language="nb",
            opened_at=BEGAN,
            entered_at=BEGAN,
            closed_at=self.events[-1].time,
            last_seq={"dialogue": len(self.events)},
            due_at=BEGAN + timedelta(hours=8) if written else None,
            receipt="S-1" if written else None,
            archive=archive,
        )
        return Handed(summary, tuple(self.events), contact, archive, version)

    def _say(self, author, body):
        seq = len(self.events) + 1
        self.events.append(
            Event(
                conversation=ENQUIRY,
                stream="dialogue",
                seq=seq,
                id=UUID(int=seq),
                sender="system:test",
                author=author,
                epoch=0,
                time=BEGAN + timedelta(minutes=seq),
                body=body,
            )
        )

    def record(self, *, rules=None, **fields):
        return record_of(self.handed(**fields), self.directory(**(rules or {})))

    def package(self, *, sent=(), rules=None, **fields):
        enclosures = [Enclosure(name, kind, content) for name, kind, content in sent]
        return pack(self.record(rules=rules, **fields), b"%PDF-1.7", b"{}", enclosures)


@pytest.fixture
def enquiries(make):
    return Enquiries(make)
