"""Three routers, more citizens than slots, and routers that die: the ledger's own log tells."""

from collections.abc import Iterator

import pytest
from bench.burst import AGENTS, CAPACITY, ROUTERS, measure
from ledger_log import Archive, broken_epochs, most_at_once, steps
from native.system import WholeSystem

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]


@pytest.fixture
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeSystem]:
    """A system of its own, whose first line the test staffs anew."""
    folder = tmp_path_factory.mktemp("burst") / "run"
    with WholeSystem(folder, profile="load") as running:
        running.launcher("scale", "router", str(ROUTERS))
        yield running


async def test_a_burst_fills_every_slot_and_none_twice_whatever_router_is_lost(
    crowded: WholeSystem,
) -> None:
    found = await measure(crowded)
    async with Archive(crowded) as archive:
        log = await steps(archive)
        over = await archive.fetch("SELECT id FROM ledger.agent WHERE load > capacity")

    most = most_at_once(log)
    assert len(most) == AGENTS
    assert set(most.values()) == {CAPACITY}
    assert over == []
    assert broken_epochs(log) == []
    assert {kind: len(times) for kind, times in found.lost_s.items()} == {
        "freeze": ROUTERS,
        "kill": ROUTERS,
    }
