"""Offers: a slot held until a deadline, accepted once, ended once, never beyond the capacity."""

import pytest
from services.contracts import (
    AcceptOffer,
    DeclineOffer,
    ExpireOffer,
    MakeOffer,
    Offered,
    OfferEnded,
    TakeOver,
)

CITIZEN, KARI, OLA, ROUTER = "citizen:c1", "agent:kari", "agent:ola", "router:0"


def test_an_offer_holds_a_slot_until_its_deadline_by_the_ledgers_clock(world):
    c = world.open()
    offer = world.offer(c, "kari")
    summary = world.of(c).summary

    assert (summary.state, summary.owner, summary.epoch) == ("offered", None, 0)
    assert (summary.offer.id, summary.offer.agent) == (offer, "kari")
    assert (summary.offer.deadline - world.shelf.now).total_seconds() == 30
    assert world.load("kari") == 1
    assert isinstance(world.told(c, "desk")[-1].body, Offered)


def test_accepting_moves_owner_and_epoch_together_and_keeps_the_load(world):
    c = world.open()
    world.join(c, "kari")
    summary = world.of(c).summary
    joined = world.told(c)[-1]

    assert (summary.state, summary.owner, summary.epoch) == ("active", "kari", 1)
    assert summary.offer is None
    assert world.load("kari") == 1
    assert joined.body.owner.name == "Kari"
    assert joined.epoch == 1


def test_a_colleague_cannot_accept_or_decline_what_was_offered_to_another(world):
    c = world.open()
    offer = world.offer(c, "kari")

    for command in (AcceptOffer, DeclineOffer):
        assert world.say(OLA, command(conversation=c, offer=offer)).refusal == "offer_gone"
    assert world.of(c).summary.offer.agent == "kari"


@pytest.mark.parametrize("command", [AcceptOffer, DeclineOffer])
def test_an_answer_to_an_offer_does_not_tell_whether_there_is_such_a_conversation(
    world, make, command
):
    there, made_up = world.open(), make.id(77)

    told = [
        world.say("agent:per", command(conversation=c, offer=make.id(78))).refusal
        for c in (there, made_up)
    ]
    assert told == ["offer_gone", "offer_gone"]


@pytest.mark.parametrize("accepted", [True, False])
def test_an_old_offer_is_neither_accepted_nor_declined_in_place_of_the_new_one(world, accepted):
    c = world.open()
    old = world.offer(c, "kari")
    world.say(KARI, DeclineOffer(conversation=c, offer=old))
    new = world.offer(c, "kari")
    command = AcceptOffer if accepted else DeclineOffer

    assert world.say(KARI, command(conversation=c, offer=old)).refusal == "offer_gone"
    assert world.of(c).summary.offer.id == new


@pytest.mark.parametrize("outcome", ["declined", "expired"])
def test_a_missed_offer_goes_back_to_the_old_place_in_line_and_names_who_missed_it(world, outcome):
    c = world.open()
    entered = world.of(c).summary.entered_at
    offer = world.offer(c, "kari")
    world.wait(31)
    if outcome == "declined":
        world.say(KARI, DeclineOffer(conversation=c, offer=offer))
    else:
        world.say(ROUTER, ExpireOffer(conversation=c, offer=offer))
    summary = world.of(c).summary

    assert (summary.state, summary.offer, summary.missed) == ("waiting", None, ("kari",))
    assert summary.entered_at == entered
    assert world.load("kari") == 0
    assert world.told(c, "desk")[-1].body.outcome == outcome
    assert world.shelf.offers[offer].state == outcome


def test_an_offer_does_not_expire_before_the_ledgers_own_clock_says_so(world):
    c = world.open()
    offer = world.offer(c, "kari")
    world.wait(29.9)
    early = world.say(ROUTER, ExpireOffer(conversation=c, offer=offer))
    world.wait(0.1)
    due = world.say(ROUTER, ExpireOffer(conversation=c, offer=offer))

    assert early.refusal == "not_allowed"
    assert due.refusal is None


def test_an_offer_can_still_be_accepted_late_while_nobody_ended_it(world):
    c = world.open()
    offer = world.offer(c, "kari")
    world.wait(300)
    world.say(KARI, AcceptOffer(conversation=c, offer=offer))

    assert world.of(c).summary.owner == "kari"


def test_nobody_is_offered_more_than_their_capacity(world):
    for n in (1, 2):
        world.offer(world.open(n), "kari")
    third = world.open(3)
    refused = world.say(ROUTER, MakeOffer(conversation=third, agent="kari", epoch=0))

    assert refused.refusal == "capacity"
    assert world.load("kari") == 2
    assert world.of(third).summary.state == "waiting"


def test_commands_of_one_batch_see_each_others_slots(world, make):
    c = [world.open(n) for n in (1, 2, 3)]
    world.carry_out(
        *(make.envelope(ROUTER, MakeOffer(conversation=x, agent="kari", epoch=0)) for x in c)
    )

    assert world.load("kari") == 2
    assert [world.of(x).summary.state for x in c] == ["offered", "offered", "waiting"]


def test_a_lowered_capacity_lets_the_load_only_shrink(world, make):
    kept = [world.open(n) for n in (1, 2)]
    for c in kept:
        world.join(c, "kari")
    world.shelf.publish(make.directory(version=2, capacity=1))
    more = world.say(ROUTER, MakeOffer(conversation=world.open(3), agent="kari", epoch=0))
    taken = world.say(KARI, TakeOver(conversation=make.id(3), epoch=0))

    assert world.load("kari") == 2
    assert (more.refusal, taken.refusal) == ("capacity", "capacity")


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"epoch": 1}, "stale_epoch"),
        ({"agent": "nobody"}, "unknown_agent"),
        ({"handover": "11111111-1111-1111-1111-111111111111"}, "no_handover"),
    ],
)
def test_an_offer_decided_on_what_is_not_so_is_refused(world, fields, refusal):
    c = world.open()
    command = MakeOffer(**{"conversation": c, "agent": "kari", "epoch": 0, **fields})

    assert world.say(ROUTER, command).refusal == refusal
    assert world.of(c).summary.state == "waiting"


def test_the_owner_is_not_offered_their_own_conversation(world):
    c = world.open()
    world.join(c, "kari")
    handover = world.hand_over(c)
    own = MakeOffer(conversation=c, agent="kari", epoch=1, handover=handover)

    assert world.say(ROUTER, own).refusal == "not_allowed"


def test_an_offer_ends_by_itself_when_the_conversation_is_taken_from_the_line(world):
    c = world.open()
    world.offer(c, "kari")
    world.say(OLA, TakeOver(conversation=c, epoch=0))
    ended = [e.body for e in world.told(c, "desk") if isinstance(e.body, OfferEnded)]

    assert [(e.agent, e.outcome) for e in ended] == [("kari", "rescinded")]
    assert (world.load("kari"), world.load("ola")) == (0, 1)
    assert world.of(c).summary.owner == "ola"
