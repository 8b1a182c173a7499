"""What a console costs its browser, out of the browser's own tracing. Pure but for its scripts."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from math import inf
from typing import Any, Final

from bench.console_waits import Look, spent
from bench.figures import percentile_ms

SMOOTH_MS: Final = 50.0
"""A frame that takes longer is felt."""
LONG_MS: Final = SMOOTH_MS + 0.2
"""Three refreshes of a screen are 50 ms, and the page's two readings may each be 0.1 ms off."""
TASK: Final = "RunTask"
CATEGORIES: Final = [
    "devtools.timeline",
    "disabled-by-default-devtools.timeline",
    "blink.user_timing",
]
_MARK: Final = "watching"
"""The page's mark of a moment that its clock and the trace's both name."""

WATCH: Final = """
window.gaps = [];
window.animationFrames = [];
window.longTasks = [];
const watch = (type, into) => new PerformanceObserver((list) => into.push(...list.getEntries()))
  .observe({ type });
window.startWatching = () => {
  window.marked = performance.mark("watching").startTime;
  watch("long-animation-frame", window.animationFrames);
  watch("longtask", window.longTasks);
  let before = performance.now();
  const look = (now) => {
    window.gaps.push({ end: now, ms: now - before });
    before = now;
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
};
window.watched = () => ({
  marked: window.marked,
  gaps: window.gaps,
  frames: window.animationFrames.map(({ duration, blockingDuration }) =>
    ({ duration, blockingDuration })),
  tasks: window.longTasks.map(({ duration }) => duration),
});
"""
"""Frames as the page itself sees them, by the clock on the wall."""

USABLE: Final = """
window.usable = new Promise((resolve) => {
  const look = () => {
    if (document.querySelector(SELECTOR) === null) return;
    observer.disconnect();
    // Drawn at the next frame, and on screen after it.
    requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now())));
  };
  const observer = new MutationObserver(look);
  observer.observe(document, { subtree: true, childList: true });
});
"""
"""Milliseconds from the start of the navigation until something is on screen."""

Trace = Mapping[str, Any]


def main_thread(events: Sequence[Trace]) -> tuple[int, int]:
    """Return process and thread of the renderer that did most: the page's, not a spare one's.

    Raises:
        ValueError: the trace has no renderer.
    """
    renderers = {
        (event["pid"], event["tid"])
        for event in events
        if event["name"] == "thread_name" and event["args"]["name"] == "CrRendererMain"
    }
    used: Counter[tuple[int, int]] = Counter()
    for event in events:
        thread = (event["pid"], event.get("tid", 0))
        if thread in renderers and event["name"] == TASK:
            used[thread] += event.get("tdur", 0)
    if not used:
        raise ValueError("no renderer in the trace")
    return used.most_common(1)[0][0]


def tasks(events: Sequence[Trace]) -> list[tuple[float, float]]:
    """Return every task of the page's main thread: milliseconds by the wall, and of the processor.

    The second leaves out what other processes of a busy machine took in the meantime.
    """
    thread = main_thread(events)
    whole = [
        event
        for event in events
        if (event["pid"], event.get("tid")) == thread
        and event["name"] == TASK
        and event["ph"] == "X"
    ]
    return [(event["dur"] / 1000, event.get("tdur", 0) / 1000) for event in whole]


def spent_on(events: Sequence[Trace]) -> dict[str, float]:
    """Return processor milliseconds of the page's main thread by what they were for.

    What lies within another is counted in both.
    """
    thread = main_thread(events)
    named = {
        "FunctionCall": "script",
        "FireAnimationFrame": "animation frames",
        "UpdateLayoutTree": "style",
        "Layout": "layout",
        "PrePaint": "pre-paint",
        "Paint": "paint",
        "Layerize": "layers",
        "MajorGC": "garbage",
        "MinorGC": "garbage",
    }
    used: Counter[str] = Counter()
    for event in events:
        if (event["pid"], event.get("tid")) == thread and event["name"] in named:
            used[named[event["name"]]] += event.get("tdur", 0)
    return {name: round(micro / 1000, 1) for name, micro in used.most_common()}


def milliseconds(of: Iterable[float]) -> dict[str, float]:
    """Return median, 95th percentile and the longest."""
    seconds = [each / 1000 for each in of]
    return {
        "many": len(seconds),
        "p50_ms": round(percentile_ms(seconds, 50), 1),
        "p95_ms": round(percentile_ms(seconds, 95), 1),
        "longest_ms": round(1000 * max(seconds, default=0), 1),
    }


def marked(events: Sequence[Trace]) -> float:
    """Return the moment of the page's mark by the trace's clock, in seconds.

    Raises:
        ValueError: the page has made none.
    """
    for event in events:
        if event["name"] == _MARK:
            return float(event["ts"]) / 1e6
    raise ValueError("no mark in the trace")


def told(events: Sequence[Trace]) -> int:
    """Return how many frames of sockets the page has got."""
    thread = main_thread(events)
    return sum(
        event["name"] == "WebSocketReceive" and (event["pid"], event["tid"]) == thread
        for event in events
    )


def long_frames(
    events: Sequence[Trace], seen: Mapping[str, Any], looks: Mapping[str, Sequence[Look]]
) -> list[dict[str, Any]]:
    """Return every frame that took too long, and what the threads that make it did meanwhile.

    Args:
        events: The browser's trace.
        seen: What the page saw itself, as `WATCH` returns it.
        looks: The kernel's books of the page's threads.
    """
    zero = marked(events) - seen["marked"] / 1000
    found = []
    for gap in seen["gaps"]:
        if gap["ms"] > LONG_MS:
            end = zero + gap["end"] / 1000
            threads = {
                name: asdict(spent(books, end - gap["ms"] / 1000, end))
                for name, books in looks.items()
            }
            found.append(
                {"ms": round(gap["ms"], 1), "at_s": round(end - marked(events), 1), **threads}
            )
    return found


def document(
    events: Sequence[Trace],
    seen: Mapping[str, Any],
    looks: Mapping[str, Sequence[Look]],
    seconds: float,
) -> dict[str, Any]:
    """Return what was found of one page while it was watched.

    Args:
        events: The browser's trace.
        seen: What the page saw itself, as `WATCH` returns it.
        looks: The kernel's books of the page's threads.
        seconds: How long it was watched.
    """
    run = tasks(events)
    by_processor = [processor for _, processor in run]
    blocking = [frame["blockingDuration"] for frame in seen["frames"]]
    late = long_frames(events, seen, looks)
    return {
        "told_per_s": round(told(events) / seconds, 1),
        "busy_percent": round(sum(by_processor) / seconds / 10, 1),
        "frames": milliseconds(gap["ms"] for gap in seen["gaps"]),
        "frames_over_50_ms": len(late),
        "most_run_in_one_ms": max((most_run(frame) for frame in late), default=0.0),
        "long_frames": late,
        "waited_for_a_core_ms": {
            name: spent(books, 0, inf).waited_ms for name, books in looks.items()
        },
        "long_animation_frames": len(blocking),
        "longest_blocking_ms": round(max(blocking, default=0), 1),
        "tasks": {
            "wall": milliseconds(wall for wall, _ in run if wall >= 1),
            "processor": milliseconds(each for each in by_processor if each >= 1),
            "over_50_ms_wall": sum(wall > SMOOTH_MS for wall, _ in run),
            "over_50_ms_processor": sum(each > SMOOTH_MS for each in by_processor),
        },
        "processor_ms_by_kind": spent_on(events),
    }


def most_run(frame: Mapping[str, Any]) -> float:
    """Return how long the busiest of a long frame's threads ran, in milliseconds."""
    return max((each["ran_ms"] for each in frame.values() if isinstance(each, dict)), default=0.0)


def smooth(rounds: Sequence[Mapping[str, Any]]) -> bool:
    """Return whether in no round a frame took as long as is felt, by the clock on the wall."""
    return not any(each["frames_over_50_ms"] for each in rounds)
