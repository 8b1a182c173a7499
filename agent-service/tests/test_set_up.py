"""A change of the set-up is taken back exactly, or not at all."""

import json
from datetime import date

import pytest
from agent_service.core import set_up
from agent_service.core.set_up import ChangedSinceError
from hypothesis import given
from hypothesis import strategies as st
from services.contracts import (
    CannedReply,
    DatedHours,
    OpeningHours,
    PlanStep,
    RoutingPlan,
    Span,
    Timing,
    Topic,
)

PARTS = {
    "name": st.text(min_size=1, max_size=9),
    "origins": st.lists(st.sampled_from(["https://a.no", "https://b.no"])).map(tuple),
    "topics": st.lists(
        st.builds(
            Topic,
            id=st.sampled_from(["generelt", "garasje"]),
            department=st.just("byggesak"),
            name=st.dictionaries(st.sampled_from(["nb", "en"]), st.text(max_size=5)),
            words=st.lists(st.text(max_size=5)).map(tuple),
        ),
        max_size=3,
    ).map(tuple),
    "plans": st.lists(
        st.builds(RoutingPlan, id=st.just("p"), steps=st.just((PlanStep(), PlanStep(after_s=9)))),
        max_size=1,
    ).map(tuple),
    "hours": st.none()
    | st.builds(
        OpeningHours,
        week=st.just({"mon": (Span(opens="08:00", closes="15:30"),)}),
        dated=st.just((DatedHours(date=date(2026, 12, 24)),)),
    ),
    "timing": st.builds(Timing, offer_s=st.sampled_from([20.0, 30.5])),
    "replies": st.lists(
        st.builds(
            CannedReply,
            id=st.just("hei"),
            title=st.just("Hei"),
            text=st.dictionaries(st.just("nb"), st.sampled_from(["Hei!", "Heisann"])),
        ),
        max_size=1,
    ).map(tuple),
    "danger_words": st.lists(st.text(max_size=5)).map(tuple),
}
some_parts = st.fixed_dictionaries({}, optional=PARTS)


def in_the_books(before, after):
    """Return what the books say, as a database gives it back."""
    return json.loads(json.dumps(set_up.changes(before, after), sort_keys=True))


@given(before=some_parts, change=some_parts)
def test_undoing_the_last_change_gives_back_what_was_there(directory, before, change):
    was = directory.evolve(**before)
    now = set_up.replaced(was, was.evolve(**change))
    if now is None:
        return

    assert set_up.undone(now, in_the_books(was, now)) == was.evolve(version=now.version)


@given(before=some_parts, change=some_parts, later=some_parts)
def test_what_was_changed_later_stays_or_is_named(directory, before, change, later):
    was = directory.evolve(**before)
    then = was.evolve(**change)
    now = then.evolve(**later)
    line = in_the_books(was, then)
    touched = {name for name in line if getattr(now, name) != getattr(then, name)}
    if touched:
        with pytest.raises(ChangedSinceError) as since:
            set_up.undone(now, line)

        assert set(since.value.parts) == touched
    else:
        back = set_up.undone(now, line)

        assert all(getattr(back, name) == getattr(was, name) for name in line)
        assert all(getattr(back, name) == getattr(now, name) for name in PARTS if name not in line)


def test_a_line_of_an_older_version_has_todays_defaults_on_both_sides(directory):
    topics = [t.model_dump(mode="json") for t in directory.topics]
    for topic in topics:
        del topic["words"]  # there was no such field then
    line = {"topics": {"before": [], "after": topics}}

    assert set_up.undone(directory, line).topics == ()


def test_a_part_there_is_no_more_is_not_undone(directory):
    with pytest.raises(ChangedSinceError) as since:
        set_up.undone(directory, {"moon": {"before": 1, "after": 2}})

    assert since.value.parts == ("moon",)


def test_what_would_be_no_set_up_today_is_none(directory):
    line = {"name": {"before": "", "after": directory.name}}

    assert set_up.undone(directory, line) is None
