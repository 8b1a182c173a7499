"""The rest of a duty: a share of its time, between a least and a most."""

from hypothesis import given
from hypothesis import strategies as st
from transcript_service.keeper.pace import Pace

TOOK_S = st.floats(min_value=0.0, max_value=1e6)


@given(TOOK_S, TOOK_S)
def test_it_rests_no_shorter_after_a_longer_round(one: float, other: float):
    pace = Pace(3.0, rests=9, most_s=60.0)
    assert 3.0 <= pace.after(min(one, other)) <= pace.after(max(one, other)) <= 60.0


@given(TOOK_S)
def test_it_takes_no_more_than_its_share(took: float):
    rest_s = Pace(15.0, rests=19).after(took)
    assert took <= (took + rest_s) * 0.05 * (1 + 1e-9)


@given(TOOK_S)
def test_a_duty_that_is_soon_done_comes_evenly(took: float):
    assert Pace(20.0).after(took) == 20.0
