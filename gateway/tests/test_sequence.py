"""Whatever happens to pushes, a socket is sent every event once and in order."""

import json
from datetime import UTC, datetime
from uuid import UUID, uuid4

from gateway.ws.visitor import Visitor
from hypothesis import given
from hypothesis import strategies as st
from services.contracts import Author, Event, Messaged, Opened

NOW = datetime(2026, 11, 24, tzinfo=UTC)
CONVERSATION = UUID(int=1)
CITIZEN = "citizen:abc"


class Outbox:
    def __init__(self) -> None:
        self.seqs: list[int] = []
        self.last_seq = 0
        self.more = False

    def put(self, frame) -> None:
        told = json.loads(frame.model_dump_json())
        if told["type"] == "event":
            self.seqs.append(told["event"]["seq"])
        elif told["type"] == "events":
            self.seqs += [event["seq"] for event in told["events"]]
            self.more = told["more"]


def _event(seq: int, size: int = 1) -> Event:
    body = (
        Opened(topic=None, department="x", language="nb") if seq == 1 else Messaged(text="x" * size)
    )
    return Event(
        conversation=CONVERSATION,
        stream="dialogue",
        seq=seq,
        id=uuid4(),
        sender=CITIZEN,
        author=Author(kind="citizen"),
        epoch=0,
        time=NOW,
        body=body,
    )


def _visitor() -> tuple[Visitor, Outbox]:
    outbox = Outbox()
    visitor = Visitor(1, outbox, "")
    visitor.sender = CITIZEN
    visitor.begin(CONVERSATION)
    return visitor, outbox


@given(st.data())
def test_lost_repeated_and_reordered_pushes_are_healed_by_reading(data):
    n = data.draw(st.integers(1, 30))
    events = [_event(seq, data.draw(st.sampled_from([1, 8_000]))) for seq in range(1, n + 1)]
    steps = st.one_of(st.integers(0, n - 1), st.tuples(st.integers(0, n), st.booleans()))
    visitor, outbox = _visitor()
    visitor.proven = data.draw(st.booleans())
    for step in data.draw(st.lists(steps, max_size=60)):
        if isinstance(step, int):
            visitor.pushed(events[step])
        elif visitor.proven:
            known, sync = step
            after = visitor.sequence.last
            answer = [e for e in events[:known] if e.seq > after]
            if not sync:
                visitor.healed(answer, known)
            elif known >= after:
                visitor.answered(answer, after, known)
    visitor.proven = True
    for _ in range(n + 1):
        visitor.healed([e for e in events if e.seq > visitor.sequence.last], n)
    assert outbox.seqs == list(range(1, n + 1))


def test_nothing_is_shown_before_it_is_proven_whose_it_is():
    visitor, outbox = _visitor()
    visitor.sender = "citizen:another"
    for seq in (1, 2, 3):
        visitor.pushed(_event(seq))
    assert outbox.seqs == []


def test_what_came_before_the_proof_is_shown_with_it():
    visitor, outbox = _visitor()
    events = [_event(seq) for seq in (1, 2, 3)]
    for event in (events[2], events[1], events[0]):
        visitor.pushed(event)
    assert outbox.seqs == [1, 2, 3]


def test_a_repeated_action_is_answered_again():
    visitor, outbox = _visitor()
    events = [_event(seq) for seq in (1, 2)]
    for event in events:
        visitor.pushed(event)
    visitor.pushed(events[1])
    assert outbox.seqs == [1, 2]
    visitor.asked.add(events[1].id)
    visitor.pushed(events[1])
    assert outbox.seqs == [1, 2, 2]


def test_a_long_answer_is_cut_into_pages_that_the_client_asks_on_for():
    visitor, outbox = _visitor()
    visitor.proven = True
    events = [_event(seq, 8_000) for seq in range(1, 31)]
    visitor.healed(events, 30)
    assert outbox.more
    assert 1 < len(outbox.seqs) < 15
