"""Advice from a colleague: who may ask whom, what it opens, and what ends it."""

import pytest
from services.contracts import (
    AskWritten,
    Close,
    Consult,
    EndConsult,
    Leave,
    MakeWritten,
    PostMessage,
    PostNote,
    Requeue,
    TakeOver,
)
from transcript_service.core import involved
from transcript_service.core.rights import agent_may_read

CITIZEN, KARI, OLA, LISE, PER, ROUTER = (
    "citizen:c1", "agent:kari", "agent:ola", "agent:lise", "agent:per", "router:0",
)  # fmt: skip


@pytest.fixture
def owned(world):
    c = world.open()
    world.join(c, "kari")
    return c


def consult(world, conversation, agent="per", sender=KARI, **fields):
    body = Consult(conversation=conversation, **{"epoch": 1, "agent": agent, **fields})
    return world.say(sender, body)


def reads(world, conversation, agent="per"):
    directory = world.shelf.directory
    return agent_may_read(
        world.of(conversation), directory.agent(agent), directory, world.shelf.now
    )


def test_a_colleague_from_anywhere_reads_along_and_writes_notes(world, owned):
    assert not reads(world, owned)
    outcome = consult(world, owned, note="Kan du se på dette?")

    assert [e.body.kind for e in outcome.events] == ["consulted", "note"]
    assert {e.stream for e in outcome.events} == {"desk"}
    assert reads(world, owned)
    assert "per" in involved(world.of(owned))
    assert world.say(PER, PostNote(conversation=owned, text="Ja")).refusal is None


def test_but_says_nothing_to_the_citizen_and_decides_nothing(world, owned):
    consult(world, owned)
    for body in (
        PostMessage(conversation=owned, text="Hei", epoch=1),
        Close(conversation=owned, epoch=1),
        TakeOver(conversation=owned, epoch=1),
        Requeue(conversation=owned, epoch=1, reason="returned_by_agent"),
        Consult(conversation=owned, epoch=1, agent="siv"),
    ):
        assert world.say(PER, body).refusal == "not_allowed"
    assert world.load("per") == 0


def test_only_the_owner_asks_under_the_epoch_of_today_and_somebody_else(world, owned):
    assert consult(world, owned, sender=OLA).refusal == "not_allowed"
    assert consult(world, owned, epoch=0).refusal == "stale_epoch"
    assert consult(world, owned, agent="kari").refusal == "not_allowed"
    assert consult(world, owned, agent="nobody").refusal == "unknown_agent"
    assert world.of(owned).summary.consulted == ()


def test_nobody_outside_is_asked_about_what_is_confidential(world):
    c = world.open(topic="omsorg")
    world.join(c, "nora")

    assert consult(world, c, sender="agent:nora").refusal == "not_allowed"
    assert not reads(world, c)


def test_asked_twice_a_colleague_is_asked_once_and_told_what_is_new(world, owned):
    consult(world, owned)
    silent = consult(world, owned)
    told = consult(world, owned, note="Haster")

    assert silent.refusal is None
    assert silent.events == ()
    assert [e.body.kind for e in told.events] == ["note"]
    assert world.of(owned).summary.consulted == ("per",)


@pytest.mark.parametrize("sender", [KARI, PER])
def test_the_owner_or_the_colleague_ends_it(world, owned, sender):
    consult(world, owned)
    ending = EndConsult(conversation=owned, agent="per")

    assert world.say(OLA, ending).refusal == "not_allowed"
    assert world.say(sender, ending).refusal is None
    assert world.of(owned).summary.consulted == ()
    assert not reads(world, owned)
    assert world.say(PER, PostNote(conversation=owned, text="Hm")).refusal == "not_found"
    assert world.say(KARI, ending).events == ()


def close(world, c):
    return world.say(KARI, Close(conversation=c, epoch=1))


def leave(world, c):
    return world.say(CITIZEN, Leave(conversation=c))


def requeue(world, c):
    return world.say(KARI, Requeue(conversation=c, epoch=1, reason="returned_by_agent"))


def lose(world, c):
    return world.say(ROUTER, Requeue(conversation=c, epoch=1, reason="owner_lost"))


def take(world, c):
    return world.say(LISE, TakeOver(conversation=c, epoch=1))


def put_off(world, c):
    world.say(CITIZEN, AskWritten(conversation=c, answer_by="receipt"))
    return world.say(KARI, MakeWritten(conversation=c, reason="answer_later", epoch=1))


def hand_over(world, c):
    world.hand_over(c, "bygg", agent="siv")
    return world.join(c, "siv")


@pytest.mark.parametrize("end", [close, leave, requeue, lose, take, put_off, hand_over])
def test_it_ends_when_the_conversation_leaves_who_asked(world, owned, end):
    for agent in ("per", "ola"):
        consult(world, owned, agent=agent)
    end(world, owned)
    ended = [e.body.agent for e in world.told(owned, "desk") if e.body.kind == "consult_ended"]

    assert ended == ["per", "ola"]
    assert world.of(owned).summary.consulted == ()
