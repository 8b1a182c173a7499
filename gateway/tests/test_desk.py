"""Whether somebody is at the desk, from looks at leases that Redis may forget."""

from datetime import UTC, datetime, timedelta

import pytest
from gateway.core.desk import REBUILT_S, Look, look
from hypothesis import given
from hypothesis import strategies as st
from services.contracts.leases import AgentLease

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def _lease(agent: str = "kari", presence: str = "available", session: str = "a", at: int = 0):
    changed = NOW + timedelta(seconds=at)
    return AgentLease(
        agent=agent,
        session=session,
        instance="agent-1",
        presence=presence,
        idle_since=NOW,
        changed_at=changed,
    )


def _looks(*steps, settled: bool = True) -> list[bool | None]:
    before, answers = Look(), []
    for now, leases in steps:
        before = look(before, leases, now=now, settled=settled)
        answers.append(before.staffed)
    return answers


def test_nobody_is_there_when_nobody_has_a_lease():
    """LiveHelperChat #412, #570: an empty desk must never look like an open one."""
    assert _looks((0, [])) == [False]


@pytest.mark.parametrize(
    ("departments", "staffed"),
    [(("torg",), True), (("bygg", "torg"), True), (("bygg",), False), ((), False), (None, True)],
)
def test_only_who_answers_whoever_asks_makes_the_desk_staffed(departments, staffed):
    """A specialist at a desk of their own is nobody from the first line."""
    lease = _lease().evolve(departments=departments)
    found = look(Look(), [lease], now=0, settled=True, answering={"torg"})
    assert found.staffed is staffed


@pytest.mark.parametrize("presence", ["busy", "away", "forced_away", "draining"])
def test_who_is_signed_in_but_not_available_is_not_there(presence):
    """Rocket.Chat #20899, Chatwoot #9091: shown online while every agent was away."""
    assert _looks((0, [_lease(presence=presence)])) == [False]


def test_who_goes_away_is_away_at_once():
    """Zammad #4970: the chat stayed on offer after the last agent had gone."""
    assert _looks((0, [_lease()]), (3, [_lease(presence="away", at=1)])) == [True, False]


def test_an_old_device_does_not_speak_for_an_agent_who_has_left():
    """LiveHelperChat #1078: a forgotten tab kept an agent online."""
    forgotten = _lease(session="tab")
    assert _looks((0, [forgotten, _lease(presence="away", session="phone", at=5)])) == [False]


def test_a_wiped_redis_empties_no_desk_while_it_is_rebuilt():
    steps = [(0, [_lease()]), (3, []), (6, []), (8.9, [_lease()]), (12, [_lease()])]
    assert _looks(*steps) == [True] * 5


def test_who_comes_back_first_does_not_hide_who_comes_back_later():
    steps = [(0, [_lease(), _lease("ola", "away")]), (3, [_lease("ola", "away")])]
    assert _looks(*steps) == [True, True]


def test_who_signed_out_is_believed_to_be_there_no_longer_than_it_takes_to_rebuild():
    steps = [(0, [_lease()]), (3, []), (3 + REBUILT_S - 0.1, []), (3 + REBUILT_S, [])]
    assert _looks(*steps) == [True, True, True, False]


def test_a_look_of_long_ago_says_nothing_of_now():
    assert _looks((0, [_lease()]), (3_600, [])) == [True, False]


def test_before_redis_has_settled_a_missing_lease_is_no_news():
    assert _looks(
        (0, []), (1, [_lease()]), (2, [_lease(presence="away", at=1)]), settled=False
    ) == [
        None,
        True,
        None,
    ]


@given(
    st.lists(
        st.tuples(
            st.floats(0.1, 5),
            st.dictionaries(
                st.sampled_from(["kari", "ola", "per"]), st.sampled_from(["available", "away"])
            ),
        ),
        max_size=20,
    )
)
def test_an_answer_is_never_open_longer_than_the_rebuilding_takes(steps):
    before, now, last_seen = Look(), 0.0, float("-inf")
    first_missing = float("inf")
    for wait, present in steps:
        now += wait
        before = look(before, [_lease(a, p) for a, p in present.items()], now=now, settled=True)
        if "available" in present.values():
            last_seen, first_missing = now, float("inf")
            assert before.staffed is True
        elif last_seen > float("-inf"):
            first_missing = min(first_missing, now)
            if now - first_missing >= REBUILT_S:
                assert before.staffed is False
        else:
            assert before.staffed is False
