"""Alarms that stand until they are dealt with, and citizens who may open no more for a while."""

import pytest
from services.contracts import (
    Block,
    ClearAlarm,
    Close,
    Consult,
    EndWrapUp,
    Leave,
    OpenConversation,
    PostMessage,
    RaiseAlarm,
)

CITIZEN, OTHER, KARI, OLA, LISE, PER, NORA, GRO, ARVE, ADA = (
    "citizen:c1", "citizen:c2", "agent:kari", "agent:ola", "agent:lise", "agent:per", "agent:nora",
    "agent:gro", "agent:arve", "agent:ada",
)  # fmt: skip


@pytest.fixture
def owned(world):
    c = world.open()
    world.join(c, "kari")
    return c


def alarms(world, conversation):
    told = [event.body for event in world.told(conversation, "desk")]
    return [body.alarm for body in told if body.kind == "alarmed"]


def test_words_of_danger_raise_it_once_however_many_there_are(world):
    c = world.open()
    words = PostMessage(conversation=c, text="Hjelp", alarm="danger")
    first, second = world.say(CITIZEN, words), world.say(CITIZEN, words)

    assert [e.body.kind for e in first.events] == ["message", "alarmed"]
    assert [e.stream for e in first.events] == ["dialogue", "desk"]
    assert [e.body.kind for e in second.events] == ["message"]
    assert world.of(c).summary.alarm == "danger"


def test_an_agents_own_words_raise_none(world, owned):
    world.say(KARI, PostMessage(conversation=owned, text="Ring 113", epoch=1, alarm="danger"))

    assert world.of(owned).summary.alarm is None


def test_of_several_the_gravest_stands_and_each_is_noted(world, owned):
    for alarm in ("abuse", "danger", "threat", "danger"):
        world.say(KARI, RaiseAlarm(conversation=owned, alarm=alarm))
    world.say(CITIZEN, PostMessage(conversation=owned, text="Faen", alarm="abuse"))

    assert world.of(owned).summary.alarm == "danger"
    assert alarms(world, owned) == ["abuse", "danger", "threat"]


def test_who_reads_it_may_raise_it_and_nobody_else(world, owned):
    alarm = RaiseAlarm(conversation=owned, alarm="threat")

    assert world.say(PER, alarm).refusal == "not_found"
    assert world.say(OLA, alarm).refusal is None


def test_a_former_owner_behind_the_wall_raises_none(world, owned):
    world.hand_over(owned, "barn")
    world.join(owned, "nora")

    for body in (
        RaiseAlarm(conversation=owned, alarm="threat"),
        ClearAlarm(conversation=owned),
        Block(conversation=owned, reason="Hets"),
    ):
        assert world.say(KARI, body).refusal == "not_found"


@pytest.mark.parametrize(
    ("sender", "refusal"),
    [(OLA, "not_allowed"), (KARI, None), (LISE, None), (GRO, None), (ADA, "not_found")],
)
def test_the_owner_or_who_leads_it_has_dealt_with_it(world, owned, sender, refusal):
    world.say(OLA, RaiseAlarm(conversation=owned, alarm="threat"))

    assert world.say(sender, ClearAlarm(conversation=owned)).refusal == refusal
    assert (world.of(owned).summary.alarm is None) == (refusal is None)


def test_it_stands_when_the_citizen_has_left_and_can_be_cleared_then(world, owned):
    world.say(CITIZEN, PostMessage(conversation=owned, text="Farvel", alarm="danger"))
    world.say(CITIZEN, Leave(conversation=owned))
    assert world.of(owned).summary.alarm == "danger"

    assert world.say(KARI, ClearAlarm(conversation=owned)).refusal is None
    assert world.say(KARI, ClearAlarm(conversation=owned)).events == ()


# Blocks


def block(world, conversation, sender=KARI, **fields):
    return world.say(sender, Block(conversation=conversation, reason="Gjentatt hets", **fields))


def test_a_block_closes_it_and_tells_why_to_the_desk_alone(world, owned):
    outcome = block(world, owned)
    summary = world.of(owned).summary
    shown = world.told(owned)[-1].body

    assert outcome.refusal is None
    assert (shown.kind, shown.reason) == ("closed", "blocked")
    assert "hets" not in repr(world.told(owned))
    assert (summary.state, summary.wrapup.agent) == ("closed", "kari")
    (noted,) = [e for e in outcome.events if e.body.kind == "blocked"]
    assert (noted.stream, noted.body.reason) == ("desk", "Gjentatt hets")


def test_while_it_lasts_this_citizen_opens_nothing_and_others_do(world, owned):
    block(world, owned, hours=2)
    opening = OpenConversation(conversation=world.make.id(2))
    assert world.say(CITIZEN, opening).refusal == "blocked"
    assert world.say(OTHER, OpenConversation(conversation=world.make.id(3))).refusal is None
    again = world.say(CITIZEN, OpenConversation(conversation=owned))
    assert again.refusal is None

    world.wait(2 * 3600 - 1)
    assert world.say(CITIZEN, opening).refusal == "blocked"
    world.wait(1)
    assert world.say(CITIZEN, opening).refusal is None


def test_an_opening_in_the_same_batch_is_refused_too(world, make, owned):
    blocking = make.envelope(KARI, Block(conversation=owned, reason="Hets"))
    opening = make.envelope(CITIZEN, OpenConversation(conversation=make.id(2)))

    assert world.carry_out(blocking, opening).refusal == "blocked"


def test_a_shorter_block_does_not_end_a_longer_one(world, owned):
    block(world, owned, hours=48)
    block(world, owned, sender=LISE, hours=1)
    world.wait(2 * 3600)

    opening = OpenConversation(conversation=world.make.id(5))
    assert world.say(CITIZEN, opening).refusal == "blocked"


def test_a_leader_of_another_department_who_was_asked_for_advice_answers_for_nothing(world, make):
    c = world.open(topic="garasje")
    world.join(c, "per")
    world.say(PER, Consult(conversation=c, epoch=1, agent="lise"))

    assert world.say(LISE, RaiseAlarm(conversation=c, alarm="threat")).refusal is None
    assert world.say(LISE, ClearAlarm(conversation=c)).refusal == "not_allowed"
    assert block(world, c, sender=LISE).refusal == "not_allowed"


@pytest.mark.parametrize(
    ("sender", "refusal"),
    [
        (OLA, "not_allowed"),
        (PER, "not_found"),
        (NORA, "not_found"),
        (ADA, "not_found"),
        (LISE, None),
        (KARI, None),
        (GRO, None),
    ],
)
@pytest.mark.parametrize("closed", [False, True])
def test_the_owner_also_the_last_one_and_who_leads_it_may_block(
    world, owned, closed, sender, refusal
):
    """Who insults and leaves is gone before anybody can answer."""
    if closed:
        world.say(KARI, Close(conversation=owned, epoch=1))
        world.say(KARI, EndWrapUp(conversation=owned))

    assert block(world, owned, sender=sender).refusal == refusal
    kinds = [e.body.kind for e in world.told(owned)]
    assert kinds.count("closed") == (1 if closed or refusal is None else 0)


def test_the_archive_may_look_at_what_is_closed_and_blocks_nobody(world, owned):
    world.say(KARI, Close(conversation=owned, epoch=1))

    assert block(world, owned, sender=ARVE).refusal == "not_allowed"
    assert world.say(ARVE, ClearAlarm(conversation=owned)).refusal == "not_allowed"
