"""The nudge: who asks, what takes it back, and that it holds nobody up."""

import pytest
from services.contracts import (
    AnswerNudge,
    AskWritten,
    Close,
    Leave,
    MakeWritten,
    Nudge,
    PostMessage,
    PostNote,
    Requeue,
    TakeOver,
)
from transcript_service.core.words import only_adds_words

CITIZEN, OTHER, KARI, OLA, LISE, ROUTER = (
    "citizen:c1", "citizen:c2", "agent:kari", "agent:ola", "agent:lise", "router:0",
)  # fmt: skip


@pytest.fixture
def nudged(world):
    c = world.open()
    world.join(c, "kari")
    world.say(KARI, PostMessage(conversation=c, text="Fant du det?", epoch=1))
    assert world.say(KARI, Nudge(conversation=c, epoch=1)).refusal is None
    return c


def since(world, conversation):
    return world.of(conversation).summary.nudged_at


def test_both_see_it_asked_and_since_when(world, nudged):
    event = world.told(nudged)[-1]

    assert (event.body.kind, event.author.id) == ("nudged", "kari")
    assert since(world, nudged) == world.shelf.now


def test_asked_again_nothing_is_said_and_the_first_moment_stands(world, nudged):
    began = world.shelf.now
    world.wait(10)
    again = world.say(KARI, Nudge(conversation=nudged, epoch=1))

    assert (again.refusal, again.events) == (None, ())
    assert since(world, nudged) == began


def test_only_the_owner_asks_and_only_under_its_epoch(world, nudged):
    c = world.open(2)
    world.join(c, "kari")

    assert world.say(OLA, Nudge(conversation=c, epoch=1)).refusal == "not_allowed"
    assert world.say(LISE, Nudge(conversation=c, epoch=1)).refusal == "not_allowed"
    assert world.say(KARI, Nudge(conversation=c, epoch=0)).refusal == "stale_epoch"
    assert since(world, c) is None


def test_a_yes_is_seen_by_both_and_said_once(world, nudged):
    yes = world.say(CITIZEN, AnswerNudge(conversation=nudged))
    again = world.say(CITIZEN, AnswerNudge(conversation=nudged))

    assert [event.body.kind for event in yes.events] == ["nudge_answered"]
    assert (again.refusal, again.events) == (None, ())
    assert since(world, nudged) is None


def test_the_citizens_words_take_it_back_and_nobody_elses_do(world, nudged):
    world.say(KARI, PostMessage(conversation=nudged, text="Hallo?", epoch=1))
    world.say(KARI, PostNote(conversation=nudged, text="Stille"))
    assert since(world, nudged) is not None

    said = world.say(CITIZEN, PostMessage(conversation=nudged, text="Ja!"))
    assert [event.body.kind for event in said.events] == ["message"]
    assert since(world, nudged) is None


def test_a_stranger_answers_for_nobody(world, nudged):
    assert world.say(OTHER, AnswerNudge(conversation=nudged)).refusal == "not_found"
    assert since(world, nudged) is not None


@pytest.mark.parametrize(
    ("sender", "command"),
    [
        (KARI, lambda c: Requeue(conversation=c, epoch=1, reason="returned_by_agent")),
        (ROUTER, lambda c: Requeue(conversation=c, epoch=1, reason="owner_lost")),
        (LISE, lambda c: TakeOver(conversation=c, epoch=1)),
        (KARI, lambda c: Close(conversation=c, epoch=1)),
        (CITIZEN, lambda c: Leave(conversation=c)),
        (KARI, lambda c: MakeWritten(conversation=c, reason="answer_later", epoch=1)),
    ],
)
def test_it_ends_with_the_ownership(world, nudged, sender, command):
    world.say(CITIZEN, AskWritten(conversation=nudged, answer_by="receipt"))
    assert since(world, nudged) is not None
    assert world.say(sender, command(nudged)).refusal is None

    assert since(world, nudged) is None


def test_it_ends_with_a_hand_over_that_is_accepted_and_not_before(world, nudged):
    world.hand_over(nudged, "bygg")
    assert since(world, nudged) is not None

    world.join(nudged, "per")
    assert since(world, nudged) is None


def test_who_has_said_goodbye_needs_none(world):
    c = world.open()
    world.join(c, "kari")

    assert world.say(KARI, Close(conversation=c, epoch=1)).refusal is None


def test_words_that_answer_it_change_more_than_words(world, make, nudged):
    asked = world.of(nudged)
    words = make.envelope(CITIZEN, PostMessage(conversation=nudged, text="Ja"))
    owner = make.envelope(KARI, PostMessage(conversation=nudged, text="Hei", epoch=1))
    world.carry_out(words)

    assert [only_adds_words(e, asked) for e in (words, owner)] == [False, True]
    assert only_adds_words(words, world.of(nudged))
