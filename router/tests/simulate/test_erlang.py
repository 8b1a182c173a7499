"""The formulas, against closed forms of the lines that have one."""

import math

import pytest
from router.simulate.erlang import erlang_a, erlang_c


@pytest.mark.parametrize("occupancy", [0.1, 0.5, 0.9, 0.99])
def test_one_server_is_the_textbook_line(occupancy):
    promise = erlang_c(1, occupancy / 60, 60)

    assert promise.probability_of_wait == pytest.approx(occupancy)
    assert promise.mean_wait_s == pytest.approx(60 * occupancy / (1 - occupancy))
    slack = (1 - occupancy) / 60
    assert promise.service_level_20s == pytest.approx(1 - occupancy * math.exp(-20 * slack))


@pytest.mark.parametrize("occupancy", [0.1, 0.5, 0.9])
def test_two_servers_have_a_closed_form_too(occupancy):
    promise = erlang_c(2, 2 * occupancy / 60, 60)

    assert promise.probability_of_wait == pytest.approx(2 * occupancy**2 / (1 + occupancy))


@pytest.mark.parametrize(("servers", "load"), [(3, 2.0), (10, 8.0), (50, 47.5)])
def test_erlang_c_is_his_sum(servers, load):
    below = math.fsum(load**n / math.factorial(n) for n in range(servers))
    last = load**servers / math.factorial(servers) * servers / (servers - load)

    promise = erlang_c(servers, load / 360, 360)

    assert promise.probability_of_wait == pytest.approx(last / (below + last))


@pytest.mark.parametrize("load", [0, 3, 4])
def test_a_line_that_grows_for_ever_is_promised_nothing(load):
    with pytest.raises(ValueError, match="needs more"):
        erlang_c(3, load / 60, 60)


@pytest.mark.parametrize(("servers", "load"), [(1, 0.5), (4, 3.2), (50, 45)])
def test_endless_patience_is_erlang_c(servers, load):
    patient, endless = erlang_a(servers, load / 60, 60, 1e12), erlang_c(servers, load / 60, 60)

    assert patient.probability_of_wait == pytest.approx(endless.probability_of_wait, rel=1e-6)
    assert patient.mean_wait_s == pytest.approx(endless.mean_wait_s, rel=1e-6)
    assert patient.abandoned == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(("servers", "load"), [(1, 0.5), (4, 6), (30, 33), (900, 1000)])
def test_patience_as_long_as_a_conversation_makes_the_crowd_poisson(servers, load):
    """Everyone then leaves at the same rate, answered or not."""
    below = math.fsum(
        math.exp(n * math.log(load) - load - math.lgamma(n + 1)) for n in range(servers)
    )

    promise = erlang_a(servers, load / 60, 60, 60)

    assert promise.probability_of_wait == pytest.approx(1 - below)


@pytest.mark.parametrize(("servers", "load"), [(1, 2), (6, 5), (20, 30)])
def test_who_comes_is_answered_or_gives_up(servers, load):
    """What servers do in all is what comes in, less what gives up: here by counting servers."""
    patience_s, weights = 90, [1.0]
    for n in range(1, 400):
        leaving = min(n, servers) / 60 + max(n - servers, 0) / patience_s
        weights.append(weights[-1] * load / 60 / leaving)
    busy = sum(min(n, servers) * w for n, w in enumerate(weights)) / sum(weights)

    promise = erlang_a(servers, load / 60, 60, patience_s)

    assert load * (1 - promise.abandoned) == pytest.approx(busy)
