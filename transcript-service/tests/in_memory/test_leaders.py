"""What who leads a department does to its conversations: move them, and whisper to who has them."""

import pytest
from services.contracts import (
    AskWritten,
    ClearAlarm,
    Close,
    Consult,
    ExpireOffer,
    MakeOffer,
    Move,
    OpenConversation,
    PostNote,
    Requeue,
    SetReachable,
    TakeOver,
)

CITIZEN, KARI, OLA, LISE, PER, NORA, GRO, ARVE, ADA = (
    "citizen:c1", "agent:kari", "agent:ola", "agent:lise", "agent:per", "agent:nora", "agent:gro",
    "agent:arve", "agent:ada",
)  # fmt: skip
ROUTER = "router:0"


def move(world, conversation, sender=LISE, department="bygg", epoch=0):
    return world.say(sender, Move(conversation=conversation, department=department, epoch=epoch))


# Moving


def test_moved_it_stands_in_the_other_line_at_its_old_place_with_its_topic(world):
    c = world.open(topic="skatt")
    before = world.of(c).summary
    world.wait(90)
    outcome = move(world, c)
    after = world.of(c).summary
    (event,) = outcome.events

    assert (event.stream, event.author.id) == ("desk", "lise")
    assert (event.body.department, event.body.from_department) == ("bygg", "torget")
    assert (after.state, after.department) == ("waiting", "bygg")
    assert (after.topic, after.entered_at, after.epoch) == ("skatt", before.entered_at, 0)


def test_whoever_was_offered_it_is_not_any_more(world):
    c = world.open()
    world.offer(c, "kari")
    outcome = move(world, c)
    after = world.of(c).summary

    assert [e.body.kind for e in outcome.events] == ["offer_ended", "moved"]
    assert (after.state, after.offer, world.load("kari")) == ("waiting", None, 0)


def test_a_written_question_keeps_its_deadline_and_is_in_no_line(world):
    c = world.open()
    world.say(CITIZEN, AskWritten(conversation=c, answer_by="receipt"))
    due = world.of(c).summary.due_at
    world.offer(c, "kari")
    assert move(world, c).refusal is None

    after = world.of(c).summary
    assert (after.state, after.department, after.due_at) == ("written", "bygg", due)


def test_who_missed_it_in_the_one_line_may_be_offered_it_in_the_other(world):
    c = world.open(topic="garasje")
    world.offer(c, "siv")
    world.wait(30)
    offer = world.of(c).summary.offer
    world.say(ROUTER, ExpireOffer(conversation=c, offer=offer.id))
    assert world.of(c).summary.missed == ("siv",)
    move(world, c, GRO, "torget")

    assert world.of(c).summary.missed == ()


@pytest.mark.parametrize(("department", "preferred"), [("bygg", None), ("torget", "kari")])
def test_nobody_is_waited_for_who_does_not_work_there(world, department, preferred):
    c = world.make.id(1)
    world.say(CITIZEN, OpenConversation(conversation=c, preferred_agent="kari", topic="garasje"))
    move(world, c, GRO, "torget")
    move(world, c, LISE, department)

    assert world.of(c).summary.preferred_agent == preferred


@pytest.mark.parametrize(
    ("topic", "sender", "refusal"),
    [
        (None, LISE, None),
        (None, GRO, None),
        (None, KARI, "not_allowed"),
        (None, PER, "not_found"),
        (None, ARVE, "not_found"),
        (None, ADA, "not_found"),
        ("garasje", LISE, "not_found"),
        ("garasje", PER, "not_allowed"),
        ("garasje", GRO, None),
        ("omsorg", GRO, "not_found"),
        ("omsorg", LISE, "not_found"),
        ("omsorg", NORA, "not_allowed"),
    ],
)
def test_only_who_leads_its_department_moves_it(world, topic, sender, refusal):
    c = world.open(topic=topic)
    before = world.of(c)
    target = "barn" if topic is None else "torget"

    assert move(world, c, sender, target).refusal == refusal
    assert (world.of(c) == before) is (refusal is not None)


def test_out_from_behind_a_wall_it_is_moved_by_a_leader_inside(world, make):
    staff = tuple(
        agent.evolve(roles=("leader",)) if agent.id == "nora" else agent
        for agent in make.directory().agents
    )
    world.shelf.publish(make.directory(version=2, agents=staff))
    c = world.open(topic="omsorg")

    assert move(world, c, NORA, "torget").refusal is None
    assert world.say(NORA, PostNote(conversation=c, text="Se")).refusal == "not_found"


def test_moved_behind_a_wall_it_is_gone_for_who_moved_it(world):
    c = world.open()
    assert move(world, c, LISE, "barn").refusal is None

    assert world.say(LISE, PostNote(conversation=c, text="Se")).refusal == "not_found"
    assert world.say(NORA, TakeOver(conversation=c, epoch=0)).refusal is None


def test_to_where_it_stands_it_is_not_moved(world):
    c = world.open()
    world.offer(c, "kari")
    outcome = move(world, c, department="torget")

    assert (outcome.refusal, outcome.events) == (None, ())
    assert world.of(c).summary.offer is not None


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [({"department": "nowhere"}, "department_unknown"), ({"epoch": 1}, "stale_epoch")],
)
def test_a_move_that_cannot_be_is_refused(world, fields, refusal):
    c = world.open()

    assert move(world, c, **fields).refusal == refusal


def test_an_epoch_that_went_on_meanwhile_is_told(world):
    """Somebody had it and put it back between the look and the click."""
    c = world.open()
    world.join(c, "kari")
    world.say(KARI, Requeue(conversation=c, epoch=1, reason="returned_by_agent"))

    assert move(world, c, epoch=0).refusal == "stale_epoch"
    assert move(world, c, epoch=2).refusal is None


def test_what_somebody_has_is_not_moved(world):
    c = world.open()
    world.join(c, "kari")

    assert move(world, c, epoch=1).refusal == "not_waiting"


def test_a_moved_one_is_offered_and_answered_where_it_stands_now(world):
    c = world.open()
    world.say(ROUTER, SetReachable(conversation=c, reachable=False))
    move(world, c)
    offered = MakeOffer(conversation=c, agent="per", epoch=0)
    assert world.say(ROUTER, offered).refusal is None
    world.say(PER, TakeOver(conversation=c, epoch=0))

    assert world.of(c).answered == (world.shelf.now, "bygg")


# Whispering


@pytest.fixture
def owned(world):
    c = world.open()
    world.join(c, "kari")
    return c


def whisper(world, conversation, sender):
    return world.say(sender, PostNote(conversation=conversation, text="Spør", whisper=True))


@pytest.mark.parametrize(
    ("sender", "refusal"),
    [
        (LISE, None),
        (GRO, None),
        (KARI, "not_allowed"),
        (OLA, "not_allowed"),
        (PER, "not_found"),
        (ADA, "not_found"),
    ],
)
def test_who_leads_it_whispers_to_who_has_it(world, owned, sender, refusal):
    outcome = whisper(world, owned, sender)

    assert outcome.refusal == refusal
    assert [(e.stream, e.body.whisper) for e in outcome.events] == (
        [] if refusal else [("desk", True)]
    )


def test_nobody_whispers_to_nobody_or_to_themselves(world, owned):
    waiting = world.open(2)
    assert whisper(world, waiting, LISE).refusal == "not_active"
    world.say(LISE, TakeOver(conversation=owned, epoch=1))
    assert whisper(world, owned, LISE).refusal == "not_allowed"
    world.say(LISE, Close(conversation=owned, epoch=2))
    assert whisper(world, owned, GRO).refusal == "not_active"


def test_a_note_is_no_whisper(world, owned):
    outcome = world.say(LISE, PostNote(conversation=owned, text="Fint"))

    assert outcome.events[0].body.whisper is False


def test_behind_a_wall_a_supervisor_leads_nothing_even_when_asked_for_advice(world, make):
    """The wall went up while she was being asked: she may still say what she was asked about."""
    c = world.open(topic="garasje")
    world.join(c, "per")
    world.say(PER, Consult(conversation=c, epoch=1, agent="gro"))
    departments = tuple(
        of.evolve(confidential=of.id != "torget") for of in make.directory().departments
    )
    world.shelf.publish(make.directory(version=2, departments=departments))

    assert world.say(GRO, PostNote(conversation=c, text="Ja")).refusal is None
    assert whisper(world, c, GRO).refusal == "not_allowed"
    assert world.say(GRO, ClearAlarm(conversation=c)).refusal == "not_allowed"
    assert world.say(GRO, TakeOver(conversation=c, epoch=1)).refusal == "not_allowed"
