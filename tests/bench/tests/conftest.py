"""A run of the bench whose figures are easy to work out."""

from typing import Any

import pytest
from bench.figures import GENERATOR, OTHERS, Floor, Idle, Measured, Part, Run, Talk

from bench import results


def run(
    conversations: int,
    *,
    per_s: float | None = 50,
    messages: int = 100,
    latency_s: float = 0.010,
    processor_s: float = 0.4,
    doubled: int = 0,
) -> Run:
    talk = Talk(messages, [latency_s] * messages, seconds=10, doubled=doubled)
    return Run(conversations, per_s, talk, {"gateway-1": processor_s, GENERATOR: 1.0, OTHERS: 2.0})


MEASURED = Measured(
    machine={"cores": 2, "python": "3.11.7", "broker": "RabbitMQ 3.10.8"},
    floor=Floor(queue=Part(1, 2), commit=Part(0.5, 1), push=Part(0.25, 1), echo=Part(0.25, 1)),
    end_to_end=[run(1, latency_s=0.008), run(50), run(200, latency_s=0.020)],
    trials=[
        run(100, per_s=50),
        run(100, per_s=400, messages=4000),
        run(100, per_s=800, latency_s=0.5),
    ],
    sustained=run(100, per_s=400, messages=4000, processor_s=8),
    closed=run(50, per_s=None, messages=6000),
    crowds=[run(10, processor_s=0.4), run(50, processor_s=0.5), run(200, processor_s=0.6)],
    memory_bytes={"gateway-1": 64 * 2**20},
    idle=Idle(sockets=2_000, grown_bytes=2_000 * 40 * 1024, processor_s=3, seconds=10),
)


@pytest.fixture
def measured() -> Measured:
    return MEASURED


@pytest.fixture
def found() -> dict[str, Any]:
    return results.document(MEASURED)
