"""An owner who has said nothing yet: since when, and how the conversation is offered on."""

import pytest
from services.contracts import (
    AcceptOffer,
    AskWritten,
    PostMessage,
    PostNote,
    Requeue,
    TakeOver,
)
from transcript_service.core.words import only_adds_words

CITIZEN, KARI, OLA, LISE, PER, ROUTER = (
    "citizen:c1", "agent:kari", "agent:ola", "agent:lise", "agent:per", "router:0",
)  # fmt: skip


def no_reply(conversation, epoch=1):
    return Requeue(conversation=conversation, epoch=epoch, reason="no_reply")


@pytest.fixture
def owned(world):
    c = world.open()
    world.join(c, "kari")
    return c


def since(world, conversation):
    return world.of(conversation).summary.unanswered_since


def test_it_runs_from_the_moment_somebody_has_it_until_they_speak(world, owned):
    began = world.shelf.now
    world.wait(5)
    world.say(CITIZEN, PostMessage(conversation=owned, text="Hallo?"))
    world.say(KARI, PostNote(conversation=owned, text="Sjekker"))
    assert since(world, owned) == began

    world.say(KARI, PostMessage(conversation=owned, text="Hei", epoch=1))
    assert since(world, owned) is None


def test_it_begins_again_with_every_new_owner(world, owned):
    world.say(KARI, PostMessage(conversation=owned, text="Hei", epoch=1))
    world.wait(5)
    world.say(LISE, TakeOver(conversation=owned, epoch=1))
    assert since(world, owned) == world.shelf.now

    world.wait(5)
    world.hand_over(owned, "bygg")
    world.join(owned, "per")
    assert since(world, owned) == world.shelf.now


def test_nobody_is_hurried_over_a_written_question(world):
    c = world.open()
    world.say(CITIZEN, AskWritten(conversation=c, answer_by="receipt"))
    world.join(c, "kari")
    world.wait(10**6)

    assert since(world, c) is None
    assert world.say(ROUTER, no_reply(c)).refusal == "not_allowed"


def test_it_is_offered_on_at_its_old_place_and_not_to_who_was_silent(world, owned):
    entered = world.of(owned).summary.entered_at
    world.wait(180)
    outcome = world.say(ROUTER, no_reply(owned))
    summary = world.of(owned).summary

    assert outcome.events[-1].body.reason == "no_reply"
    assert (summary.state, summary.owner, summary.epoch) == ("waiting", None, 2)
    assert (summary.missed, summary.entered_at) == (("kari",), entered)
    assert summary.unanswered_since is None
    assert world.load("kari") == 0
    late = PostMessage(conversation=owned, text="Hei", epoch=1)
    assert world.say(KARI, late).refusal == "stale_epoch"


def test_not_before_its_time_nor_after_an_answer_nor_by_an_agent(world, owned):
    world.wait(179)
    assert world.say(ROUTER, no_reply(owned)).refusal == "not_allowed"
    world.wait(1)
    assert world.say(KARI, no_reply(owned)).refusal == "not_allowed"
    world.say(KARI, PostMessage(conversation=owned, text="Hei", epoch=1))
    assert world.say(ROUTER, no_reply(owned)).refusal == "not_allowed"


def test_while_colleagues_are_asked_to_go_on_it_is_not_taken_away(world, owned):
    world.hand_over(owned, "bygg")
    world.wait(180)

    assert world.say(ROUTER, no_reply(owned)).refusal == "handover_pending"
    assert world.of(owned).summary.handover is not None


def test_only_what_adds_nothing_but_words_is_decided_on_what_is_remembered(world, make, owned):
    silent = world.of(owned)
    world.say(KARI, PostMessage(conversation=owned, text="Hei", epoch=1))
    answered = world.of(owned)
    citizen = make.envelope(CITIZEN, PostMessage(conversation=owned, text="Hei"))
    danger = citizen.evolve(body=citizen.body.evolve(alarm="danger"))
    owner = make.envelope(KARI, PostMessage(conversation=owned, text="Hei", epoch=1))
    note = make.envelope(KARI, PostNote(conversation=owned, text="Husk"))
    other = make.envelope(ROUTER, no_reply(owned))

    assert [only_adds_words(e, silent) for e in (citizen, danger, owner, note, other)] == [
        True, False, False, True, False,
    ]  # fmt: skip
    assert only_adds_words(owner, answered)


def test_a_wait_ends_with_the_first_agent_in_the_line_it_was_in(world, owned):
    began = world.of(owned).answered
    world.wait(60)
    world.hand_over(owned, "bygg")
    world.join(owned, "per")

    assert began == (world.of(owned).summary.entered_at, "torget")
    assert world.of(owned).answered == began


def test_a_written_question_waits_in_no_line(world):
    c = world.open()
    world.say(CITIZEN, AskWritten(conversation=c, answer_by="receipt"))
    offer = world.offer(c, "kari")
    world.say(KARI, AcceptOffer(conversation=c, offer=offer))

    assert world.of(c).answered is None
