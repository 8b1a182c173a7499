"""Hand-overs, taking over and putting back: who owns a conversation, and under which epoch."""

import pytest
from services.contracts import (
    AcceptOffer,
    Close,
    HandedOver,
    HandoverReturned,
    Joined,
    Leave,
    MakeOffer,
    PostMessage,
    RequestHandover,
    Requeue,
    ReturnHandover,
    TakenOver,
    TakeOver,
)

CITIZEN, KARI, OLA, LISE, PER, GRO, ARVE, ADA = (
    "citizen:c1", "agent:kari", "agent:ola", "agent:lise", "agent:per", "agent:gro", "agent:arve",
    "agent:ada",
)  # fmt: skip
ROUTER = "router:0"


@pytest.fixture
def owned(world):
    c = world.open()
    world.join(c, "kari")
    return c


def test_while_a_hand_over_is_pending_the_owner_keeps_conversation_slot_and_epoch(world, owned):
    world.hand_over(owned)
    summary = world.of(owned).summary

    assert (summary.state, summary.owner, summary.epoch) == ("active", "kari", 1)
    assert world.load("kari") == 1
    assert (summary.handover.deadline - world.shelf.now).total_seconds() == 120
    said = PostMessage(conversation=owned, text="Et øyeblikk", epoch=1)
    assert world.say(KARI, said).refusal is None


def test_who_is_not_at_a_desk_is_given_the_time_it_takes_to_come(world, owned):
    asked = RequestHandover(conversation=owned, epoch=1, department="bygg", away=True)
    assert world.say(KARI, asked).refusal is None

    deadline = world.of(owned).summary.handover.deadline
    assert (deadline - world.shelf.now).total_seconds() == 900


def test_accepting_a_hand_over_moves_owner_epoch_department_and_slot_at_once(world, owned):
    handover = world.hand_over(owned)
    world.join(owned, "per")
    summary = world.of(owned).summary
    last = world.told(owned)[-1]

    assert (summary.owner, summary.epoch, summary.department) == ("per", 2, "bygg")
    assert (world.load("kari"), world.load("per")) == (0, 1)
    assert isinstance(last.body, HandedOver)
    assert last.body.owner.department == "bygg"
    assert world.shelf.handovers[handover].state == "accepted"


def test_the_note_of_a_hand_over_is_for_the_desk_alone(world, owned):
    world.hand_over(owned, note="Ring før du svarer")

    assert world.told(owned, "desk")[-1].body.text == "Ring før du svarer"
    assert "Ring" not in repr(world.told(owned))


@pytest.mark.parametrize(
    ("sender", "reason", "wait_s", "refusal"),
    [
        (KARI, "cancelled", 0, None),
        (ROUTER, "timeout", 120, None),
        (ROUTER, "timeout", 119, "not_allowed"),
        (ROUTER, "cancelled", 120, "not_allowed"),
        (KARI, "timeout", 120, "not_allowed"),
        (OLA, "cancelled", 120, "not_allowed"),
    ],
)
def test_a_hand_over_is_returned_by_its_owner_or_by_time(
    world, owned, sender, reason, wait_s, refusal
):
    handover = world.hand_over(owned)
    world.wait(wait_s)
    back = ReturnHandover(conversation=owned, handover=handover, reason=reason)

    assert world.say(sender, back).refusal == refusal
    assert (world.of(owned).summary.handover is None) == (refusal is None)


def test_returning_a_hand_over_frees_the_slot_of_who_was_asked(world, owned):
    handover = world.hand_over(owned)
    offer = world.offer(owned, "per")
    world.say(KARI, ReturnHandover(conversation=owned, handover=handover, reason="cancelled"))

    assert world.load("per") == 0
    late = AcceptOffer(conversation=owned, offer=offer)
    assert world.say(PER, late).refusal == "offer_gone"
    assert world.of(owned).summary.owner == "kari"


@pytest.mark.parametrize(
    ("department", "agent", "refusal"),
    [
        ("bygg", None, None),
        ("bygg", "per", None),
        ("torget", "ola", None),
        ("torget", None, "handover_target_unknown"),
        ("nowhere", None, "handover_target_unknown"),
        ("bygg", "ola", "handover_target_unknown"),
        ("torget", "kari", "handover_target_unknown"),
        ("bygg", "nobody", "handover_target_unknown"),
    ],
)
def test_a_hand_over_goes_to_another_department_or_to_a_colleague(
    world, owned, department, agent, refusal
):
    command = RequestHandover(conversation=owned, epoch=1, department=department, agent=agent)

    assert world.say(KARI, command).refusal == refusal


def test_a_second_hand_over_waits_for_the_first(world, owned):
    world.hand_over(owned)
    again = RequestHandover(conversation=owned, epoch=1, department="bygg")

    assert world.say(KARI, again).refusal == "handover_pending"


def test_an_agent_from_the_line_joins_and_a_leader_takes_over_from_a_colleague(world):
    c = world.open()
    world.say(KARI, TakeOver(conversation=c, epoch=0))
    joined = world.told(c)[-1]
    world.say(LISE, TakeOver(conversation=c, epoch=1))
    taken = world.told(c)[-1]

    assert isinstance(joined.body, Joined)
    assert isinstance(taken.body, TakenOver)
    assert world.of(c).summary.owner == "lise"
    assert world.of(c).summary.epoch == 2
    assert (world.load("kari"), world.load("lise")) == (0, 1)


@pytest.mark.parametrize(
    ("taker", "epoch", "refusal"),
    [
        (OLA, 1, "not_allowed"),
        (PER, 1, "not_found"),
        (KARI, 1, "not_allowed"),
        (LISE, 0, "stale_epoch"),
        (GRO, 0, "stale_epoch"),
        (ARVE, 1, "not_found"),
        (ADA, 1, "not_found"),
        ("agent:nobody", 1, "unknown_agent"),
    ],
)
def test_taking_over_is_refused(world, owned, taker, epoch, refusal):
    assert world.say(taker, TakeOver(conversation=owned, epoch=epoch)).refusal == refusal
    assert world.of(owned).summary.owner == "kari"


def test_taking_over_needs_a_free_slot_also_for_leaders(world, owned):
    for n in (2, 3):
        world.say(LISE, TakeOver(conversation=world.open(n), epoch=0))

    assert world.say(LISE, TakeOver(conversation=owned, epoch=1)).refusal == "capacity"
    assert world.load("lise") == 2


def test_taking_over_what_is_offered_to_oneself_needs_no_second_slot(world):
    for n in (1, 2):
        world.offer(world.open(n), "kari")
    taken = world.say(KARI, TakeOver(conversation=world.make.id(2), epoch=0))

    assert taken.refusal is None
    assert world.load("kari") == 2


@pytest.mark.parametrize(
    ("sender", "reason", "missed"),
    [(KARI, "returned_by_agent", ("kari",)), (ROUTER, "owner_lost", ())],
)
def test_put_back_it_keeps_its_place_in_line_and_fences_the_former_owner(
    world, owned, sender, reason, missed
):
    entered = world.of(owned).summary.entered_at
    world.say(sender, Requeue(conversation=owned, epoch=1, reason=reason))
    summary = world.of(owned).summary

    assert (summary.state, summary.owner, summary.epoch) == ("waiting", None, 2)
    assert (summary.entered_at, summary.missed) == (entered, missed)
    assert world.load("kari") == 0
    late = PostMessage(conversation=owned, text="Er du der?", epoch=1)
    assert world.say(KARI, late).refusal == "stale_epoch"


@pytest.mark.parametrize(
    ("sender", "reason"),
    [(OLA, "returned_by_agent"), (KARI, "owner_lost"), (ROUTER, "returned_by_agent")],
)
def test_only_the_owner_returns_it_and_only_the_router_says_that_an_owner_is_lost(
    world, owned, sender, reason
):
    command = Requeue(conversation=owned, epoch=1, reason=reason)

    assert world.say(sender, command).refusal == "not_allowed"


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        (lambda c: (LISE, TakeOver(conversation=c, epoch=1)), "taken_over"),
        (lambda c: (ROUTER, Requeue(conversation=c, epoch=1, reason="owner_lost")), "owner_lost"),
        (lambda c: (KARI, Requeue(conversation=c, epoch=1, reason="returned_by_agent")), "cancelled"),  # noqa: E501 - a table
        (lambda c: (CITIZEN, Leave(conversation=c)), "closed"),
    ],
)  # fmt: skip
def test_a_pending_hand_over_ends_with_the_ownership_it_was_asked_under(world, owned, how, reason):
    world.hand_over(owned)
    world.offer(owned, "per")
    world.say(*how(owned))
    ended = [e.body.reason for e in world.told(owned) if isinstance(e.body, HandoverReturned)]

    assert ended == [reason]
    assert world.of(owned).summary.handover is None
    assert world.of(owned).summary.offer is None
    assert world.load("per") == 0


def test_an_offer_for_a_hand_over_names_it(world, owned):
    world.hand_over(owned)
    without = MakeOffer(conversation=owned, agent="per", epoch=1)

    assert world.say(ROUTER, without).refusal == "no_handover"


def test_that_it_has_ended_is_told_to_nobody_who_may_not_know_that_it_began(world, make):
    c = world.open(topic="garasje")
    world.join(c, "per")
    world.say(PER, Close(conversation=c, epoch=1))

    for stranger, conversation in ((OLA, c), (OLA, make.id(77))):
        took = world.say(stranger, TakeOver(conversation=conversation, epoch=1))
        assert took.refusal == "not_found"
    assert world.say("agent:siv", TakeOver(conversation=c, epoch=1)).refusal == "closed"
