"""How soon a tenant is looked at again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from router.core import due_s

TICK_S, IDLE_S = 1.0, 5.0


@pytest.fixture
def due(make):
    def of(*conversations, agents=(), **more):
        view = make.view(*conversations, agents=agents, **more)
        return due_s(view, make.now, tick_s=TICK_S, idle_tick_s=IDLE_S)

    return of


def test_a_tenant_in_which_nobody_is_is_looked_at_rarely(due):
    assert due() == IDLE_S


@pytest.mark.parametrize("state", ["waiting", "offered"])
def test_who_waits_is_looked_at_every_tick(due, make, state):
    assert due(make.conversation(1, state=state)) == TICK_S


def test_who_is_to_change_hands_is_looked_at_every_tick(due, make):
    handed = make.conversation(1, state="active", owner="a", handover=make.handover(left_s=40))
    assert due(handed, agents=[make.agent("a")]) == TICK_S


def test_what_is_in_good_hands_is_looked_at_rarely(due, make):
    assert due(make.conversation(1, state="active", owner="a"), agents=[make.agent("a")]) == IDLE_S


def test_a_missing_owner_is_looked_at_every_tick(due, make):
    """The grace is counted from look to look."""
    owned = make.conversation(1, state="active", owner="a")
    assert due(owned, agents=[make.agent("a")], leases={}, absent_s={"a": 3.0}) == TICK_S


def test_a_written_question_alone_is_looked_at_rarely(due, make):
    assert due(make.conversation(1, state="written", due_at=make.ago(-3600))) == IDLE_S


@given(left_s=st.floats(0.001, 4.9))
def test_a_wrap_up_is_ended_when_its_time_is_up(make, left_s):
    closed = make.conversation(1, state="closed", wrapup=make.wrapup("a", left_s=left_s))
    view = make.view(closed, agents=[make.agent("a")])
    assert due_s(view, make.now, tick_s=TICK_S, idle_tick_s=IDLE_S) == pytest.approx(
        left_s, abs=1e-5
    )


@pytest.mark.parametrize("stage", ["first_reply_nudge_s", "first_reply_leader_s"])
def test_an_owner_who_is_silent_is_looked_at_when_the_next_stage_is_reached(due, make, stage):
    after_s = getattr(make.directory().timing, stage)
    silent = make.conversation(1, state="active", owner="a", unanswered_since=make.ago(after_s - 2))
    assert due(silent, agents=[make.agent("a")]) == pytest.approx(2, abs=1e-5)
