"""Presence: what is chosen, what missed offers do, and who is right when devices disagree."""

from datetime import timedelta

import pytest
from agent_service.core import presence
from agent_service.core.presence import State, newer, told
from hypothesis import given
from hypothesis import strategies as st
from services.clock import utc_now

START = utc_now()
CHOICES = ("available", "busy", "away", "draining")
PRESENCES = (*CHOICES, "forced_away")

states = st.builds(
    State,
    presence=st.sampled_from(PRESENCES),
    changed_at=st.integers(0, 1_000).map(lambda s: START + timedelta(seconds=s)),
    idle_since=st.integers(0, 1_000).map(lambda s: START + timedelta(seconds=s)),
    reason=st.text(max_size=5),
    misses=st.integers(0, 3),
)


def at(seconds):
    return START + timedelta(seconds=seconds)


def state(kind="available", **fields):
    return State(**({"presence": kind, "changed_at": at(0), "idle_since": at(0)} | fields))


@pytest.mark.parametrize(
    ("kind", "misses", "after", "reason"),
    [
        ("available", 0, "available", ""),
        ("available", 1, "forced_away", "missed_offers"),
        ("busy", 1, "busy", ""),
        ("draining", 1, "draining", ""),
        ("away", 5, "away", ""),
        ("forced_away", 2, "forced_away", ""),
    ],
)
def test_the_second_missed_offer_in_a_row_forces_an_available_agent_away(
    kind, misses, after, reason
):
    missed = presence.miss(state(kind, misses=misses), at(30), at(31))

    assert (missed.presence, missed.reason, missed.misses) == (after, reason, misses + 1)
    assert missed.idle_since == at(30)


def test_the_first_missed_offer_puts_an_agent_last_in_the_idle_order():
    missed = presence.miss(state(idle_since=at(-600)), at(30), at(31))

    assert missed.idle_since == at(30)


@pytest.mark.parametrize("kind", PRESENCES)
@pytest.mark.parametrize("choice", CHOICES)
def test_a_choice_is_obeyed_from_everywhere_and_forgives_what_was_missed(kind, choice):
    chosen = presence.choose(state(kind, misses=2, idle_since=at(-9)), choice, "lunsj", at(5))

    assert (chosen.presence, chosen.reason, chosen.misses) == (choice, "lunsj", 0)
    assert chosen.idle_since == at(-9)


def test_work_forgives_what_was_missed_and_counts_as_no_longer_idle():
    worked = presence.work(state(misses=1), at(40))

    assert (worked.misses, worked.idle_since, worked.presence) == (0, at(40), "available")


@pytest.mark.parametrize(
    ("kind", "load", "after"),
    [
        ("draining", 0, "away"),
        ("draining", 1, "draining"),
        ("available", 0, "available"),
        ("busy", 0, "busy"),
    ],
)
def test_draining_ends_with_the_last_conversation(kind, load, after):
    assert presence.drained(state(kind), load, at(5)).presence == after


def test_the_same_miss_told_by_another_replica_is_not_counted_again():
    """Both replicas of an agent with two devices hear of the miss; one tells before the other sees.

    Counted twice, the first missed offer would have forced the agent away.
    """
    here, there = state(), state()
    here = presence.miss(here, at(30), at(31))
    heard = state(here.presence, changed_at=here.changed_at, misses=here.misses)
    there = told(there, heard)
    there = presence.miss(there, at(30), at(31))

    assert there.misses == 1
    assert there.presence == "available"


def test_two_offers_missed_one_after_the_other_are_two_misses():
    missed = presence.miss(presence.miss(state(), at(30), at(31)), at(32), at(33))

    assert missed.presence == "forced_away"


def test_what_another_replica_tells_leaves_the_place_in_the_idle_order_alone():
    mine = state(idle_since=at(-300))
    heard = state("busy", changed_at=at(9))

    assert told(mine, heard).idle_since == at(-300)


@given(states, states)
def test_two_devices_agree_whoever_speaks_first(mine, other):
    assert newer(mine, other).changed_at == newer(other, mine).changed_at
    assert newer(mine, other).changed_at == max(mine.changed_at, other.changed_at)


@given(states, st.integers(0, 2_000), st.integers(0, 2_000))
def test_a_miss_is_counted_at_most_once_and_never_undone_by_time(before, deadline, now):
    once = presence.miss(before, at(deadline), at(now))

    assert presence.miss(once, at(deadline), at(now + 1)) is once
    assert once.misses in (before.misses, before.misses + 1)


@given(st.lists(st.sampled_from(["miss", "work", "choose", "drained"]), max_size=12))
def test_only_a_second_miss_in_a_row_forces_away_and_only_a_choice_brings_back(steps):
    current, row = state(), 0
    for n, step in enumerate(steps, start=1):
        before, now = current, at(n * 60)
        match step:
            case "miss":
                current, row = presence.miss(current, now, now), row + 1
            case "work":
                current, row = presence.work(current, now), 0
            case "choose":
                current, row = presence.choose(current, "available", "", now), 0
            case "drained":
                current = presence.drained(current, 0, now)

        assert current.misses == row
        if current.presence != before.presence:
            assert (step, current.presence) == (
                ("miss", "forced_away") if row > 1 else ("choose", "available")
            )
