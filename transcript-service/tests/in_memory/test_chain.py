"""The chain's bytes, and that it tells any change but the erasing of a body."""

import hashlib
import json
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from services.contracts import Author, Event, Messaged
from transcript_service.core import Entry, seal
from transcript_service.core.chain import (
    START,
    canonical,
    hash_body,
    instant,
    link,
    metadata,
)

SALT = bytes(range(16))
GOLDEN = "5bb2b42563011fcdfa6aa178982ca1977e915f459bd36ad0d90a97d93951986a"


@pytest.fixture
def event(make):
    return Event(
        conversation=make.id(1),
        stream="dialogue",
        seq=2,
        id=make.id(2),
        sender="citizen:c1",
        author=Author(kind="citizen"),
        epoch=0,
        time=make.now,
        body=Messaged(text="Hei, æøå \U0001f600"),
    )


def test_the_byte_format_is_the_published_one(event, make):
    """Once rows are sealed like this, no later version of the program may seal them otherwise."""
    sealed = seal("testvik", Entry(event, make.id(2), 1), START, SALT)
    about = (
        '{"author":{"department":"","id":"","kind":"citizen","name":""},'
        '"cause":"00000010-0000-0000-0000-000000000002",'
        '"conversation":"00000010-0000-0000-0000-000000000001","epoch":0,"format":1,'
        '"id":"00000010-0000-0000-0000-000000000002","kind":"message","seen":1,'
        '"sender":"citizen:c1","seq":2,"stream":"dialogue","tenant":"testvik",'
        '"time":"2026-11-24T12:00:00.000000Z"}'
    )
    body = '{"kind":"message","masked":0,"text":"Hei, æøå \U0001f600"}'
    body_hash = hashlib.sha256(SALT + body.encode()).digest()

    assert sealed.body == body
    assert metadata("testvik", event, "message", make.id(2), 1).decode() == about
    assert sealed.body_hash == body_hash
    assert sealed.hash == hashlib.sha256(bytes(32) + about.encode() + body_hash).digest()
    assert sealed.hash.hex() == GOLDEN


def test_a_chain_can_be_checked_without_the_bodies_that_were_erased(event, make):
    first = seal("testvik", Entry(event, make.id(2)), START, SALT)
    second = seal("testvik", Entry(event.evolve(seq=3), make.id(3)), first.hash, SALT)
    previous = START
    for sealed in (first, second):
        about = metadata("testvik", sealed.entry.event, "message", sealed.entry.cause, 0)
        previous = link(previous, about, sealed.body_hash)

    assert previous == second.hash


CHANGES = {
    "conversation": lambda e, make: e.evolve(conversation=make.id(9)),
    "stream": lambda e, make: e.evolve(stream="desk"),
    "seq": lambda e, make: e.evolve(seq=e.seq + 1),
    "id": lambda e, make: e.evolve(id=make.id(9)),
    "sender": lambda e, make: e.evolve(sender="citizen:c2"),
    "author": lambda e, make: e.evolve(author=Author(kind="agent", id="kari", name="Kari")),
    "epoch": lambda e, make: e.evolve(epoch=1),
    "time": lambda e, make: e.evolve(time=e.time + timedelta(microseconds=1)),
    "body": lambda e, make: e.evolve(body=Messaged(text="Hei, æøå")),
}


@pytest.mark.parametrize("field", list(CHANGES))
def test_any_field_that_is_changed_changes_the_hash(event, make, field):
    before = seal("testvik", Entry(event, make.id(2), 1), START, SALT)
    after = seal("testvik", Entry(CHANGES[field](event, make), make.id(2), 1), START, SALT)

    assert after.hash != before.hash


def test_every_field_of_an_event_is_among_those_changed():
    assert set(CHANGES) == set(Event.model_fields)


@pytest.mark.parametrize("what", ["tenant", "cause", "seen", "previous", "salt"])
def test_what_surrounds_an_event_is_sealed_with_it(event, make, what):
    given_ = {"tenant": "testvik", "cause": make.id(2), "seen": 1, "previous": START, "salt": SALT}
    other = {
        "tenant": "annenvik",
        "cause": make.id(3),
        "seen": 2,
        "previous": hashlib.sha256(b"x").digest(),
        "salt": bytes(16),
    }

    def sealed(tenant, cause, seen, previous, salt):
        return seal(tenant, Entry(event, cause, seen), previous, salt).hash

    assert sealed(**{**given_, what: other[what]}) != sealed(**given_)


def test_a_time_is_hashed_in_utc_with_microseconds_wherever_it_was_written():
    oslo = datetime(2026, 11, 24, 13, 0, 0, 7, tzinfo=timezone(timedelta(hours=1)))

    assert instant(oslo) == "2026-11-24T12:00:00.000007Z"


@given(st.dictionaries(st.text(), st.integers() | st.text() | st.none()))
def test_canonical_json_is_the_same_for_the_same_document_and_reads_back(document):
    shuffled = dict(reversed(document.items()))

    assert canonical(shuffled) == canonical(document)
    assert json.loads(canonical(document)) == document


@given(st.text(), st.text())
def test_two_bodies_never_share_a_hash_under_one_salt(one, two):
    assert (hash_body(SALT, one) == hash_body(SALT, two)) == (one == two)
