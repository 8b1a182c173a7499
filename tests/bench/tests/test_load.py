"""The load generator counts what it should, against a system that answers at once or not."""

from collections.abc import Callable

import pytest
from bench.clients import Arrivals

from bench import load

Answer = Callable[[Arrivals, str, bool], None]


def dialogues(many: int, arrivals: Arrivals, answer: Answer) -> list[tuple[load.Say, load.Say]]:
    async def citizen(message: str, _text: str) -> None:
        answer(arrivals, message, True)

    async def owner(message: str, _text: str) -> None:
        answer(arrivals, message, False)

    return [(citizen, owner)] * many


def show(arrivals: Arrivals, message: str, by_citizen: bool, seq: int = 1) -> None:
    event = {
        "id": message,
        "seq": seq,
        "author": {"kind": "citizen" if by_citizen else "agent"},
        "body": {"kind": "message"},
    }
    arrivals.arrived(event, at_citizen=not by_citizen)


async def test_every_message_offered_is_sent_and_arrives_once() -> None:
    arrivals = Arrivals()

    talk = await load.offered(dialogues(3, arrivals, show), arrivals, per_s=1000, seconds=0.1)

    assert (talk.sent, talk.arrived, talk.whole) == (100, 100, True)


async def test_the_same_event_by_two_ways_is_shown_once_but_two_events_are_a_double() -> None:
    def twice(arrivals: Arrivals, message: str, by_citizen: bool) -> None:
        show(arrivals, message, by_citizen)
        show(arrivals, message, by_citizen)

    def stored_twice(arrivals: Arrivals, message: str, by_citizen: bool) -> None:
        show(arrivals, message, by_citizen)
        show(arrivals, message, by_citizen, seq=2)

    arrivals = Arrivals()

    once = await load.offered(dialogues(2, arrivals, twice), arrivals, per_s=1000, seconds=0.02)
    doubles = await load.offered(
        dialogues(2, arrivals, stored_twice), arrivals, per_s=1000, seconds=0.02
    )

    assert once.whole
    assert doubles.doubled == 20


async def test_what_is_never_shown_is_lost_and_what_waits_behind_it_is_held_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(load, "DRAIN_S", 0.01)
    arrivals = Arrivals()

    talk = await load.offered(
        dialogues(1, arrivals, lambda *_: None), arrivals, per_s=1000, seconds=0.01
    )

    assert (talk.sent, talk.lost, talk.held_back) == (2, 2, 8)
    assert not talk.sustained


async def test_a_run_that_falls_behind_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "DRAIN_S", 0.01)
    monkeypatch.setattr(load, "BACKLOG_S", 0.01)
    arrivals = Arrivals()

    talk = await load.offered(
        dialogues(1, arrivals, lambda *_: None), arrivals, per_s=1000, seconds=60
    )

    assert talk.held_back == 11
    assert talk.sent == 2


async def test_one_who_was_held_back_speaks_when_the_former_words_have_arrived() -> None:
    arrivals = Arrivals()
    first: list[tuple[str, bool]] = []

    def keep_the_first(arrivals: Arrivals, message: str, by_citizen: bool) -> None:
        """The citizen's first words arrive only when their reader has said three things."""
        if not first:
            first.append((message, by_citizen))
            return
        show(arrivals, message, by_citizen)
        said[by_citizen] += 1
        if said[False] == 3 and len(first) == 1:
            show(arrivals, *first[0])
            first.append(first[0])

    said = {True: 0, False: 0}

    talk = await load.offered(
        dialogues(1, arrivals, keep_the_first), arrivals, per_s=1000, seconds=0.01
    )

    assert (talk.sent, talk.arrived, talk.held_back) == (10, 10, 0)
    assert said == {True: 4, False: 5}


async def test_in_a_closed_run_each_side_answers_the_other() -> None:
    arrivals, turns = Arrivals(), []

    def answer(arrivals: Arrivals, message: str, by_citizen: bool) -> None:
        turns.append(by_citizen)
        show(arrivals, message, by_citizen)

    talk = await load.closed(dialogues(1, arrivals, answer), arrivals, seconds=0.01)

    assert talk.arrived == len(turns) > 1
    assert turns == [n % 2 == 0 for n in range(len(turns))]
