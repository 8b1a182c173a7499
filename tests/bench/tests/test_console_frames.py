"""What is read out of a browser's trace: the page's own thread, and none of it twice."""

from typing import Any

import pytest

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


def test_what_others_took_from_the_processor_is_no_roughness_of_ours() -> None:
    seen = {"gaps": [16.7, 80.1], "frames": [{"duration": 80, "blockingDuration": 30}], "tasks": []}
    found = frames.document(TRACE, seen, frames_per_s=50, seconds=1)

    assert found["tasks"]["over_50_ms_wall"] == 1
    assert found["tasks"]["over_50_ms_processor"] == 0
    assert found["frames_over_50_ms"] == 1
    assert found["longest_blocking_ms"] == 30
    assert found["busy_percent"] == 0.8
    assert found["processor_ms_by_kind"] == {"script": 4.0}
    assert frames.smooth(found)


def test_a_long_task_of_ours_is_found() -> None:
    seen = {"gaps": [], "frames": [], "tasks": []}
    long = [*TRACE, event(PAGE, "RunTask", 52, 51)]

    assert not frames.smooth(frames.document(long, seen, frames_per_s=50, seconds=1))
