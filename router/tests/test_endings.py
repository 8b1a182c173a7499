"""What time and absence lead to, and places in line."""

from dataclasses import replace
from datetime import timedelta

import pytest
from router.core import decide, positions
from router.core.deadlines import next_deadline
from services.contracts import (
    EndWrapUp,
    ExpireOffer,
    Leave,
    Requeue,
    ReturnHandover,
    SetReachable,
    derived_id,
)


def commands(view, now):
    return [decision.command for decision in decide(view, now).decisions]


def places(view):
    standing = positions(view.line, view.indexed(), view.line.now)
    return {conversation: one.position for conversation, one in standing.items()}


def test_an_offer_expires_at_its_deadline_and_not_before(make):
    one = make.conversation(1, state="offered", offer=make.offer("a", left_s=0.1))
    view = make.view(one, agents=())
    assert commands(view, make.now) == []
    [decision] = decide(view, make.now + timedelta(seconds=0.1)).decisions
    assert decision.command == ExpireOffer(conversation=make.id(1), offer=make.id(900))
    assert decision.id == derived_id(make.id(900), "expired")


def test_a_hand_over_nobody_accepted_is_returned_with_its_offer(make):
    one = make.conversation(
        1,
        state="active",
        owner="owner",
        handover=make.handover(left_s=0),
        offer=make.offer("b", left_s=0),
    )
    view = make.view(one, agents=(make.agent("owner"), make.agent("b", "bygg")))
    [decision] = decide(view, make.now).decisions
    assert decision.command == ReturnHandover(
        conversation=make.id(1), handover=make.id(800), reason="timeout"
    )
    assert decision.id == derived_id(make.id(800), "returned")


def test_a_wrap_up_ends_at_its_time(make):
    closed = make.conversation(1, state="closed", epoch=2, wrapup=make.wrapup("a", left_s=0))
    [decision] = decide(make.view(closed, agents=()), make.now).decisions
    assert decision.command == EndWrapUp(conversation=make.id(1))
    assert decision.id == derived_id(make.id(1), "wrapup:2")


def test_what_ran_out_ends_while_redis_is_away_and_nothing_else_happens(make):
    expired = make.conversation(1, state="offered", offer=make.offer("a", left_s=-1))
    lost = make.conversation(2, state="active", owner="gone")
    away = replace(
        make.view(expired, lost, make.conversation(3), agents=(make.agent("a"),)), attendance=None
    )
    assert [type(c) for c in commands(away, make.now)] == [ExpireOffer]


@pytest.mark.parametrize(
    ("absent_s", "settled", "requeued"),
    [(49, True, False), (50, True, True), (500, False, False), (None, True, False)],
)
def test_an_owner_is_lost_when_absent_through_the_grace(make, absent_s, settled, requeued):
    one = make.conversation(1, state="active", owner="a", epoch=4)
    absent = {} if absent_s is None else {"a": absent_s}
    view = make.view(one, agents=(make.agent("a"),), leases={}, settled=settled, absent_s=absent)
    found = [c for c in commands(view, make.now) if isinstance(c, Requeue)]
    expected = Requeue(conversation=make.id(1), epoch=4, reason="owner_lost")
    assert found == ([expected] if requeued else [])


def test_an_owner_who_is_away_from_the_desk_is_not_lost(make):
    one = make.conversation(1, state="active", owner="a")
    leases = {"a": make.lease("a", presence="away")}
    view = make.view(one, agents=(make.agent("a"),), leases=leases, absent_s={"a": 999})
    assert commands(view, make.now) == []


@pytest.mark.parametrize("state", ["waiting", "offered", "active"])
def test_a_citizen_without_a_socket_is_away_and_comes_back(make, state):
    one = make.conversation(1, state=state)
    gone = make.view(one, agents=(), citizens=frozenset())
    assert commands(gone, make.now) == [SetReachable(conversation=make.id(1), reachable=False)]
    assert (
        commands(replace(gone, attendance=replace(gone.attendance, settled=False)), make.now) == []
    )
    back = make.view(make.conversation(1, state=state, away_since=make.ago(9)), agents=())
    assert commands(back, make.now) == [SetReachable(conversation=make.id(1), reachable=True)]


def test_a_citizen_away_is_not_offered_to_anyone_and_keeps_the_place(make):
    first = make.conversation(1, waited_s=99, away_since=make.ago(60))
    second = make.conversation(2, waited_s=50)
    view = make.view(first, second, agents=(make.agent("a"),), citizens=frozenset({make.id(2)}))
    assert [d.conversation for d in decide(view, make.now).decisions] == [make.id(2)]
    assert places(view) == {make.id(1): 1, make.id(2): 2}


def test_a_citizen_gone_too_long_leaves_but_never_while_an_agent_has_it(make):
    def at(away_s, state="waiting"):
        one = make.conversation(1, state=state, waited_s=4000, away_since=make.ago(away_s))
        return commands(make.view(one, agents=(), citizens=frozenset()), make.now)

    assert at(1799) == []
    assert at(1800) == [Leave(conversation=make.id(1), reason="citizen_gone")]
    assert at(9999, "active") == at(9999, "offered") == []


def test_the_first_offer_does_not_wait_for_the_lease_to_be_seen(make):
    new = make.conversation(1, waited_s=1)
    view = make.view(new, agents=(make.agent("a"),), citizens=frozenset())
    assert [c.type for c in commands(view, make.now)] == ["offer.make.v1"]


def test_places_are_per_department_and_include_who_is_offered(make):
    line = [
        make.conversation(1, waited_s=30, state="offered", offer=make.offer("a")),
        make.conversation(2, waited_s=20),
        make.conversation(3, waited_s=10, priority=1),
        make.conversation(4, waited_s=5, department="bygg"),
        make.conversation(5, state="active", owner="a"),
    ]
    assert places(make.view(*line, agents=())) == {
        make.id(3): 1,
        make.id(1): 2,
        make.id(2): 3,
        make.id(4): 1,
    }


def test_the_next_deadline_is_the_earliest_to_come(make):
    line = make.line(
        make.conversation(1, state="offered", offer=make.offer("a", left_s=-3)),
        make.conversation(2, state="active", owner="a", handover=make.handover(left_s=40)),
        make.conversation(3, state="closed", wrapup=make.wrapup("a", left_s=12)),
        loads={},
    )
    assert next_deadline(line, make.now) == make.ago(-12)
    assert next_deadline(make.line(loads={}), make.now) is None
