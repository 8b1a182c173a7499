"""Endings, wrap-up, a citizen who is away, and what may be said when."""

import pytest
from services.contracts import (
    AcceptOffer,
    Close,
    EndWrapUp,
    Leave,
    MakeOffer,
    OpenConversation,
    PostMessage,
    PostNote,
    SetReachable,
)

CITIZEN, STRANGER, KARI, OLA = "citizen:c1", "citizen:c2", "agent:kari", "agent:ola"
ROUTER = "router:0"


def test_closing_keeps_the_slot_until_the_wrap_up_is_over(world):
    c = world.open()
    world.join(c, "kari")
    world.say(KARI, Close(conversation=c, epoch=1))
    summary = world.of(c).summary

    assert (summary.state, summary.owner, summary.closed_at) == ("closed", None, world.shelf.now)
    assert summary.wrapup.agent == "kari"
    assert world.load("kari") == 1


@pytest.mark.parametrize(
    ("sender", "wait_s", "refusal", "load"),
    [
        (KARI, 0, None, 0),
        (OLA, 60, "not_allowed", 1),
        (ROUTER, 59, "not_allowed", 1),
        (ROUTER, 60, None, 0),
    ],
)
def test_the_wrap_up_ends_by_its_agent_or_by_time(world, sender, wait_s, refusal, load):
    c = world.open()
    world.join(c, "kari")
    world.say(KARI, Close(conversation=c, epoch=1))
    world.wait(wait_s)

    assert world.say(sender, EndWrapUp(conversation=c)).refusal == refusal
    assert world.load("kari") == load


def test_a_wrap_up_that_is_over_ends_again_without_effect(world):
    c = world.open()
    world.join(c, "kari")
    world.say(KARI, Close(conversation=c, epoch=1))
    world.say(KARI, EndWrapUp(conversation=c))
    again = world.say(KARI, EndWrapUp(conversation=c))

    assert again.refusal is None
    assert world.load("kari") == 0


def test_only_the_owner_closes_under_the_epoch_of_today(world):
    c = world.open()
    world.join(c, "kari")

    assert world.say(OLA, Close(conversation=c, epoch=1)).refusal == "not_allowed"
    assert world.say(KARI, Close(conversation=c, epoch=0)).refusal == "stale_epoch"
    assert world.of(c).summary.state == "active"


def test_a_citizen_who_leaves_while_offered_frees_the_agents_slot(world):
    c = world.open()
    offer = world.offer(c, "kari")
    world.say(CITIZEN, Leave(conversation=c))

    assert world.of(c).summary.state == "closed"
    assert world.of(c).summary.wrapup is None
    assert world.load("kari") == 0
    assert world.say(KARI, AcceptOffer(conversation=c, offer=offer)).refusal == "offer_gone"


def test_the_first_moment_of_absence_stands_until_the_citizen_is_back(world):
    c = world.open()
    first = world.shelf.now
    world.say(ROUTER, SetReachable(conversation=c, reachable=False))
    world.wait(60)
    world.say(ROUTER, SetReachable(conversation=c, reachable=False))

    assert world.of(c).summary.away_since == first
    world.say(ROUTER, SetReachable(conversation=c, reachable=True))
    assert world.of(c).summary.away_since is None


def test_a_citizen_is_given_up_only_after_the_whole_time_by_the_ledgers_clock(world):
    c = world.open()
    world.say(ROUTER, SetReachable(conversation=c, reachable=False))
    gone = Leave(conversation=c, reason="citizen_gone")
    world.wait(1799)
    early = world.say(ROUTER, gone)
    world.wait(1)
    due = world.say(ROUTER, gone)

    assert early.refusal == "not_allowed"
    assert due.refusal is None
    assert world.told(c)[-1].body.reason == "citizen_gone"


def test_a_citizen_who_came_back_is_not_given_up(world):
    """The router decides on what it saw; the citizen may be back when its word arrives."""
    c = world.open()
    world.say(ROUTER, SetReachable(conversation=c, reachable=False))
    world.wait(1800)
    world.say(ROUTER, SetReachable(conversation=c, reachable=True))
    outcome = world.say(ROUTER, Leave(conversation=c, reason="citizen_gone"))

    assert outcome.refusal == "not_allowed"
    assert world.of(c).summary.state == "waiting"


def test_no_timer_ends_a_conversation_that_an_agent_has(world):
    c = world.open()
    world.say(ROUTER, SetReachable(conversation=c, reachable=False))
    world.join(c, "kari")
    world.wait(3600)
    outcome = world.say(ROUTER, Leave(conversation=c, reason="citizen_gone"))

    assert outcome.refusal == "not_waiting"
    assert world.of(c).summary.state == "active"


def test_nobody_leaves_in_the_name_of_another(world):
    c = world.open()

    assert world.say(STRANGER, Leave(conversation=c)).refusal == "not_found"
    for_router = Leave(conversation=c, reason="citizen_gone")
    assert world.say(CITIZEN, for_router).refusal == "not_allowed"
    for_citizen = Leave(conversation=c, reason="citizen_left")
    assert world.say(ROUTER, for_citizen).refusal == "not_allowed"


def test_a_second_opening_by_the_same_citizen_changes_nothing(world, make):
    c = world.open()
    before = world.of(c)
    again = world.say(CITIZEN, OpenConversation(conversation=c, topic="garasje"))
    other = world.say(STRANGER, OpenConversation(conversation=c))

    assert again.refusal is None
    assert not again.events
    assert other.refusal == "not_found"
    assert world.of(c) == before


@pytest.mark.parametrize(
    ("topic", "department"),
    [(None, "torget"), ("skatt", "torget"), ("garasje", "bygg"), ("no-such", "torget")],
)
def test_the_first_line_answers_unless_a_topic_goes_straight_to_its_department(
    world, topic, department
):
    assert world.of(world.open(topic=topic)).summary.department == department


def test_nothing_is_opened_in_a_municipality_that_is_not_set_up(world, make):
    body = OpenConversation(conversation=make.id(1))

    assert world.say(CITIZEN, body, tenant="nowhere").refusal == "unknown_tenant"


def test_an_agent_speaks_only_as_owner_and_a_stranger_not_at_all(world):
    c = world.open()
    world.join(c, "kari")
    words = PostMessage(conversation=c, text="Hei", epoch=1)

    assert world.say(OLA, words).refusal == "not_allowed"
    assert world.say(STRANGER, words).refusal == "not_found"
    assert world.say(KARI, words.evolve(epoch=None)).refusal == "stale_epoch"
    assert world.say(KARI, words).refusal is None


def test_a_note_may_follow_the_closing_and_no_other_words(world):
    c = world.open()
    world.join(c, "kari")
    world.say(KARI, Close(conversation=c, epoch=1))

    assert world.say(KARI, PostNote(conversation=c, text="Følg opp")).refusal is None
    assert world.say(KARI, PostMessage(conversation=c, text="Hei", epoch=1)).refusal == "closed"
    assert world.say(CITIZEN, PostMessage(conversation=c, text="Hei")).refusal == "closed"
    assert world.say(ROUTER, MakeOffer(conversation=c, agent="ola", epoch=1)).refusal == "closed"


@pytest.mark.parametrize("claimed", [-1, 0, 1, 2, 10**30])
def test_what_a_sender_claims_to_have_seen_is_never_more_than_there_was(world, make, claimed):
    """A claim beyond the database's integers once made the whole batch fail."""
    c = world.open()
    books = world.shelf.books()
    said = make.envelope(CITIZEN, PostMessage(conversation=c, text="Hei", seen=claimed))
    books.carry_out(said, lambda: bytes(16))
    (unit,) = books.to_commit()
    entry = unit.sealed[0].entry

    assert entry.event.seq == 2
    assert entry.seen == min(max(claimed, 0), 1)
