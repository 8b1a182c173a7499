"""What goes on for ever goes on, whatever happens in it; what ends is told of if it failed."""

import asyncio

import pytest
from services.tasks import Tasks

from services import tasks


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    monkeypatch.setattr(tasks, "AGAIN_S", 0)


async def test_what_must_not_end_is_begun_again_when_it_failed(capsys):
    """One unforeseen error of a client once left every citizen of a gateway unreachable."""
    began, well = 0, asyncio.Event()

    async def work():
        nonlocal began
        began += 1
        if began < 3:
            raise RuntimeError("the handler is closed")
        well.set()
        await asyncio.Event().wait()

    kept = Tasks()
    kept.keep("attendance", work)
    await asyncio.wait_for(well.wait(), 5)
    await kept.cancel()

    assert began == 3
    assert capsys.readouterr().out.count("task_failed") == 2


async def test_what_is_kept_ends_when_it_is_cancelled():
    began, ended = asyncio.Event(), asyncio.Event()

    async def work():
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    kept = Tasks()
    kept.keep("work", work)
    await began.wait()
    await kept.cancel()

    assert ended.is_set()


async def test_a_task_that_fails_is_told_of_and_not_begun_again(capsys):
    began = 0

    async def work():
        nonlocal began
        began += 1
        raise ValueError

    spawned = Tasks()
    task = spawned.spawn("once", work())
    await asyncio.wait({task})

    assert began == 1
    assert "task_failed" in capsys.readouterr().out
