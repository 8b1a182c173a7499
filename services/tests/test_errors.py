"""What becomes of a message whose handler failed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from services.errors import (
    MAX_ATTEMPTS,
    ContractViolation,
    DeadLetter,
    NotVouched,
    Permanent,
    RetryAfter,
    ServiceError,
    Transient,
    disposition,
)


@pytest.mark.parametrize(
    ("error", "attempt", "expected"),
    [
        (Transient(), 1, RetryAfter(0.1)),
        (Transient(), 2, RetryAfter(0.2)),
        (Transient(), 3, RetryAfter(0.4)),
        (Transient(), 7, RetryAfter(5.0)),
        (Transient(), MAX_ATTEMPTS, RetryAfter(5.0)),
        (Transient(), 1_000_000, RetryAfter(5.0)),
        (Permanent(), 1, DeadLetter("Permanent")),
        (ContractViolation(), 1, DeadLetter("ContractViolation")),
        (NotVouched(), 1, DeadLetter("NotVouched")),
        (KeyError(), 1, RetryAfter(0.1)),
        (KeyError(), MAX_ATTEMPTS - 1, RetryAfter(5.0)),
        (KeyError(), MAX_ATTEMPTS, DeadLetter("KeyError")),
        (TimeoutError(), MAX_ATTEMPTS, DeadLetter("TimeoutError")),
    ],
)
def test_the_reaction_is_named_by_the_error_and_the_attempt(error, attempt, expected):
    decided = disposition(error, attempt)

    assert decided == (
        RetryAfter(pytest.approx(expected.delay_s))
        if isinstance(expected, RetryAfter)
        else expected
    )


@given(st.integers(1, 10_000_000))
def test_what_is_away_is_waited_for_however_long_it_takes(attempt):
    """At the 1,025th attempt the delay was too large for a float and the worker died of it."""
    decided = disposition(Transient(), attempt)

    assert isinstance(decided, RetryAfter)
    assert 0 < decided.delay_s <= 5


def test_the_reason_of_a_dead_letter_quotes_nothing():
    decided = disposition(Permanent("words of a citizen"), 1)

    assert decided == DeadLetter("Permanent")


def test_an_error_without_a_message_says_what_its_class_says():
    assert str(Transient()) == Transient.__doc__
    assert str(Transient("redis")) == "redis"
    assert {str(error()) for error in ServiceError.__subclasses__()} == {
        Transient.__doc__,
        Permanent.__doc__,
    }
