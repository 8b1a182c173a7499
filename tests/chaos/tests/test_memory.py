"""Growth of memory, from samples."""

from chaos.memory import WARM_UP_S, growth, slope_per_h


def test_a_steady_climb_is_measured_in_mib_an_hour():
    assert round(slope_per_h([(n * 10, 50 + n / 360) for n in range(360)]), 6) == 1


def test_what_grows_in_the_warm_up_alone_does_not_count():
    samples = [(float(n), min(n, WARM_UP_S / 2)) for n in range(0, 7200, 10)]
    grown = growth("gateway 1", samples)

    assert (grown.lived_s, round(grown.mib_per_h, 6)) == (7190, 0)


def test_one_sample_is_no_slope():
    assert growth("gateway 1", [(0.0, 50.0)]).mib_per_h == 0
