"""What is read out of a browser's trace: the page's own thread, and none of it twice."""

from typing import Any

import pytest
from bench.console_waits import Look

from bench import console_frames as frames

PAGE, SPARE = (7, 1), (8, 1)


def named(thread: tuple[int, int], name: str) -> dict[str, Any]:
    pid, tid = thread
    return {"name": "thread_name", "ph": "M", "pid": pid, "tid": tid, "args": {"name": name}}


def event(
    thread: tuple[int, int], name: str, wall_ms: float, processor_ms: float
) -> dict[str, Any]:
    pid, tid = thread
    times = {"dur": wall_ms * 1000, "tdur": processor_ms * 1000}
    return {"name": name, "ph": "X", "pid": pid, "tid": tid, **times}


TRACE = [
    named(PAGE, "CrRendererMain"),
    named(SPARE, "CrRendererMain"),
    named((7, 2), "Compositor"),
    event(PAGE, "RunTask", 80, 6),
    # The scheduler's name for the same task, and what was done in it.
    event(PAGE, "ThreadControllerImpl::RunTask", 80, 6),
    event(PAGE, "FunctionCall", 70, 4),
    event(PAGE, "RunTask", 3, 2),
    event(SPARE, "RunTask", 5, 5),
    event((7, 2), "RunTask", 500, 500),
]


def test_the_page_is_the_renderer_that_did_most() -> None:
    assert frames.main_thread(TRACE) == PAGE


def test_every_task_of_the_page_is_counted_once() -> None:
    assert frames.tasks(TRACE) == [(80, 6), (3, 2)]


def test_a_trace_without_a_page_is_refused() -> None:
    with pytest.raises(ValueError, match="no renderer"):
        frames.main_thread([named(PAGE, "Compositor"), event(PAGE, "RunTask", 1, 1)])


def seen(*gaps: tuple[float, float]) -> dict[str, Any]:
    """What a page saw itself: the ends and lengths of its frames, its mark at 1,000 ms."""
    frames_ms = [{"duration": 80, "blockingDuration": 30}]
    return {
        "marked": 1_000,
        "gaps": [{"end": end, "ms": ms} for end, ms in gaps],
        "frames": frames_ms,
        "tasks": [],
    }


MARK = {"name": "watching", "ph": "R", "pid": 7, "tid": 1, "ts": 500e6}
"""The page's mark at 500 s of the trace's clock."""
WAITED = [Look(500.0, 1.0, 0.5), Look(500.1, 1.004, 0.57), Look(500.2, 1.006, 0.57)]
"""A thread that ran for 4 ms of the first 100 ms, and waited 70 ms for a core."""


def test_what_others_took_from_the_processor_is_no_task_of_ours() -> None:
    found = frames.document([*TRACE, MARK], seen((1_016.7, 16.7)), {"main": WAITED}, seconds=1)

    assert found["tasks"]["over_50_ms_wall"] == 1
    assert found["tasks"]["over_50_ms_processor"] == 0
    assert found["longest_blocking_ms"] == 30
    assert found["busy_percent"] == 0.8
    assert found["processor_ms_by_kind"] == {"script": 4.0}
    assert found["waited_for_a_core_ms"] == {"main": 70.0}


def test_a_long_task_of_ours_is_found() -> None:
    long = [*TRACE, MARK, event(PAGE, "RunTask", 52, 51)]

    assert frames.document(long, seen(), {}, seconds=1)["tasks"]["over_50_ms_processor"] == 1


def test_a_long_frame_is_found_with_what_its_threads_did_meanwhile() -> None:
    found = frames.document(
        [*TRACE, MARK], seen((1_016.7, 16.7), (1_100, 83.3)), {"main": WAITED}, seconds=1
    )

    assert found["frames_over_50_ms"] == 1
    assert found["most_run_in_one_ms"] == 4.0
    assert found["long_frames"] == [
        {"ms": 83.3, "at_s": 0.1, "main": {"ran_ms": 4.0, "waited_ms": 70.0}}
    ]
    assert not frames.smooth([found])


def test_three_refreshes_of_a_screen_are_not_over_50_ms_whatever_the_clock_rounds_them_to() -> None:
    found = frames.document([*TRACE, MARK], seen((1_050.1, 50.1)), {"main": WAITED}, seconds=1)

    assert found["frames_over_50_ms"] == 0
    assert frames.smooth([found])


def test_one_rough_round_of_several_is_not_smooth() -> None:
    assert frames.smooth([{"frames_over_50_ms": 0}])
    assert not frames.smooth([{"frames_over_50_ms": 0}, {"frames_over_50_ms": 1}])


def test_what_the_page_is_told_is_counted_and_what_another_is_told_is_not() -> None:
    told = [{"name": "WebSocketReceive", "ph": "I", "pid": pid, "tid": 1} for pid in (7, 7, 8)]

    assert frames.told([*TRACE, *told]) == 2


def test_a_trace_without_the_pages_mark_is_refused() -> None:
    with pytest.raises(ValueError, match="no mark"):
        frames.marked(TRACE)
