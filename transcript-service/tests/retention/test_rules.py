"""What is erased when, what stands against it, and the laws that always hold."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from services.contracts import LONGEST_DAYS, Privacy, Retention
from transcript_service.retention.rules import (
    FORGET_BASIS,
    Case,
    decide,
    rule_of,
    shortest_days,
    wish_of,
)

CLOSED = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAY = timedelta(days=1)
CASE = Case("skatt", "none", CLOSED, True, None, False, None)
PRIVACY = Privacy(
    kept_days=90,
    retention=(
        Retention(topic="skatt", archive="none", kept_days=30, legal_basis="fvl. § 11"),
        Retention(archive="journal", kept_days=365, legal_basis="arkivlova § 13"),
    ),
)


def why(privacy=PRIVACY, now=CLOSED + 10 * 365 * DAY, **fields):
    return decide(replace(CASE, **fields), privacy, now).why


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"closed_at": None}, "open"),
        ({"wrapped_up": False}, "open"),
        ({"held": True}, "held"),
        ({"archive": None}, "unclassified"),
        ({"archive": "journal"}, "not_archived"),
        ({"archive": "archive"}, "not_archived"),
        ({"archive": "archive", "received_at": CLOSED}, "no_rule"),
        ({"archive": "journal", "received_at": CLOSED}, "over_time"),
        ({"under_way": True}, "not_archived"),
        ({}, "over_time"),
        ({"topic": None}, "over_time"),
        ({"forget_asked_at": CLOSED}, "forget"),
        ({"forget_asked_at": CLOSED, "archive": None}, "unclassified"),
        ({"forget_asked_at": CLOSED, "archive": "journal"}, "not_archived"),
        (
            {"forget_asked_at": CLOSED, "archive": "journal", "received_at": CLOSED},
            "forget_archived",
        ),
        ({"forget_asked_at": CLOSED, "held": True}, "held"),
    ],
)
def test_the_first_that_stands_against_it_is_the_answer(fields, expected):
    assert why(**fields) == expected


@pytest.mark.parametrize(
    ("days", "fields"),
    [
        (30, {}),
        (90, {"topic": "garasje"}),
        (365 + 7, {"archive": "journal", "received_at": CLOSED + 7 * DAY}),
    ],
)
def test_the_days_count_from_the_end_or_from_the_archives_receipt(days, fields):
    due = CLOSED + days * DAY
    before = decide(replace(CASE, **fields), PRIVACY, due - timedelta(microseconds=1))
    on_time = decide(replace(CASE, **fields), PRIVACY, due)

    assert (before.why, before.due_at) == ("not_due", due)
    assert (on_time.why, on_time.due_at) == ("over_time", due)


def test_a_decision_names_the_law():
    assert decide(CASE, PRIVACY, CLOSED).legal_basis == "fvl. § 11"
    asked = replace(CASE, forget_asked_at=CLOSED)
    assert decide(asked, PRIVACY, CLOSED).legal_basis == FORGET_BASIS


def test_a_topics_own_rule_comes_before_that_of_all_and_the_longest_of_two_alike():
    rules = tuple(
        Retention(topic=topic, archive="archive", kept_days=days)
        for topic, days in (("skatt", 10), ("skatt", 20), (None, 99))
    )
    privacy = Privacy(retention=rules)

    assert rule_of(privacy, "skatt", "archive") == rules[1]
    assert rule_of(privacy, "garasje", "archive") == rules[2]
    assert rule_of(privacy, None, "archive") == rules[2]
    assert rule_of(privacy, "skatt", "journal") is None
    assert shortest_days(privacy) == 10
    assert shortest_days(Privacy()) is None


def test_without_any_rule_nothing_goes_by_time():
    assert why(Privacy()) == "no_rule"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"wrapped_up": False}, "open"),
        ({"held": True}, "held"),
        ({"archive": None}, "to_classify"),
        ({"archive": "journal"}, "to_archive"),
        ({}, "erasing"),
        ({"archive": "journal", "received_at": CLOSED}, "erasing"),
    ],
)
def test_a_wish_is_answered(fields, expected):
    case = replace(CASE, forget_asked_at=CLOSED, **fields)
    assert wish_of(decide(case, Privacy(), CLOSED)) == expected


# Laws

moments = st.integers(0, 20_000_000).map(lambda minutes: CLOSED + timedelta(minutes=minutes))
topics = st.sampled_from([None, "skatt", "garasje"])
classes = st.sampled_from(["none", "archive", "journal"])
rules = st.builds(
    Retention,
    topic=topics,
    archive=classes,
    kept_days=st.integers(1, LONGEST_DAYS),
    legal_basis=st.just("x"),
)
privacies = st.builds(
    Privacy,
    kept_days=st.none() | st.integers(1, LONGEST_DAYS),
    retention=st.lists(rules, max_size=6).map(tuple),
)
cases = st.builds(
    Case,
    topic=topics,
    archive=st.none() | classes,
    closed_at=st.none() | moments,
    wrapped_up=st.booleans(),
    forget_asked_at=st.none() | moments,
    held=st.booleans(),
    received_at=st.none() | moments,
    under_way=st.booleans(),
)


@given(cases, privacies, moments)
def test_a_hold_an_open_choice_and_what_is_not_over_are_never_erased(case, privacy, now):
    decision = decide(case, privacy, now)
    if case.held or case.archive is None or case.closed_at is None or not case.wrapped_up:
        assert not decision.erases
    assert not decide(replace(case, held=True), privacy, now).erases


@given(cases, privacies, moments)
def test_what_must_be_archived_is_never_erased_before_the_archive_has_it(case, privacy, now):
    if case.archive in ("archive", "journal") and case.received_at is None:
        assert not decide(case, privacy, now).erases


@given(cases, privacies, moments, moments)
def test_what_is_erased_at_one_moment_is_erased_at_every_later_one(case, privacy, one, another):
    early, late = sorted((one, another))
    if decide(case, privacy, early).erases:
        assert decide(case, privacy, late).erases


@given(cases, privacies, moments)
def test_by_time_it_goes_when_the_day_that_was_named_has_come_and_not_before(case, privacy, now):
    decision = decide(case, privacy, now)
    if decision.why in ("over_time", "not_due"):
        assert decision.due_at is not None
        assert decision.erases == (decision.due_at <= now)
        assert not decide(case, privacy, decision.due_at - timedelta(seconds=1)).erases


@given(cases, privacies, moments, st.integers(1, LONGEST_DAYS))
def test_a_longer_time_never_erases_more(case, privacy, now, more):
    def prolonged(days):
        return min(days + more, LONGEST_DAYS)

    longer = privacy.evolve(
        kept_days=privacy.kept_days and prolonged(privacy.kept_days),
        retention=tuple(r.evolve(kept_days=prolonged(r.kept_days)) for r in privacy.retention),
    )
    if decide(case, longer, now).erases:
        assert decide(case, privacy, now).erases


@given(cases, privacies, moments)
def test_nothing_is_erased_by_time_sooner_than_the_shortest_rule_says(case, privacy, now):
    shortest = shortest_days(privacy)
    if decide(case, privacy, now).why == "over_time":
        assert shortest is not None
        assert case.closed_at is not None
        begins = case.closed_at if case.archive == "none" else case.received_at
        assert now - begins >= timedelta(days=shortest)


@given(cases, privacies, moments, moments)
def test_a_wish_never_keeps_anything_longer(case, privacy, now, asked):
    if decide(replace(case, forget_asked_at=None), privacy, now).erases:
        assert decide(replace(case, forget_asked_at=asked), privacy, now).erases


@given(cases, privacies, moments, moments)
def test_every_wish_has_an_answer_that_says_what_is_done(case, privacy, now, asked):
    decision = decide(replace(case, forget_asked_at=asked), privacy, now)
    assert (wish_of(decision) == "erasing") == decision.erases
