"""The figures are the ones that were measured, divided by the right things."""

from bench.cost import per_message_ms
from bench.floor import Floor
from bench.report import Result, Run, line
from bench.town import Talk


def run(many: int, *, messages: int, seconds: float, latency_s: float, ms: float) -> Run:
    talk = Talk(messages, seconds, [latency_s] * messages)
    return Run(many, 0, talk, {"gateway": ms, "load generator": 1.0})


RESULT = Result(
    floor=Floor(queue_ms=3, commit_ms=1, push_ms=1),
    calm=run(50, messages=100, seconds=10, latency_s=0.010, ms=4),
    full=run(50, messages=3000, seconds=10, latency_s=0.1, ms=4),
    few=run(10, messages=1000, seconds=10, latency_s=0.1, ms=3),
    many=run(150, messages=3000, seconds=10, latency_s=0.1, ms=5),
    socket_kib=39.96,
)


def test_latency_is_set_against_the_floor_and_throughput_is_of_the_full_run() -> None:
    figures = line(RESULT)

    assert figures["floor_ms"]["sum"] == 5
    assert figures["calm_over_floor"] == 2
    assert figures["sustained_per_s"] == 300
    assert figures["idle_socket_kib"] == 40


def test_the_cost_of_many_is_compared_with_the_cost_of_few() -> None:
    assert line(RESULT)["processor_many_over_few"] == 1.5


def test_processor_time_is_the_difference_a_message() -> None:
    before, after = {"gateway": 1.0}, {"gateway": 3.0, "router": 1.0}

    assert per_message_ms(before, after, 100) == {"gateway": 20.0, "router": 10.0}
