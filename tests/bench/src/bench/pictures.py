"""Two pictures: how latencies are spread, and what more messages a second do to them.

Curves differ by their dashes and marks as well as their colours, and each says its name.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from bench.figures import LIMIT_MS, Measured, Run, distribution_ms

LOOKS = (("#0b6e99", "-", "o"), ("#b3541e", "--", "s"), ("#5b3f8c", "-.", "^"))
"""Colour, dashes and mark of the first, second and third curve."""
SETTINGS: Final[dict[Any, Any]] = {"svg.hashsalt": "prek", "svg.fonttype": "none", "font.size": 11}
"""So that the same figures always give the same file, with its words as words."""


def draw(measured: Measured, folder: Path) -> list[Path]:
    """Draw both pictures into a folder, and return them."""
    with mpl.rc_context(SETTINGS):
        return [
            _spread(measured.end_to_end, measured.floor.paced_ms, folder / "latency.svg"),
            _growth(measured.trials, folder / "throughput.svg"),
        ]


def _spread(runs: Sequence[Run], floor_ms: float, path: Path) -> Path:
    figure, axes = _empty("From one screen to the other, at 50 messages a second")
    for run, look in zip(runs, LOOKS, strict=False):
        points = distribution_ms(run.talk.latencies_s)
        name = f"{run.conversations} conversation" + ("s" if run.conversations > 1 else "")
        axes.plot(*zip(*points, strict=True), label=name, **_look(look, every=40))
    axes.axvline(floor_ms, color="black", linestyle=":", label=f"paced floor, {floor_ms:.1f} ms")
    axes.set(xscale="log", xlabel="latency, milliseconds", ylabel="shown by then, percent")
    axes.xaxis.set_major_formatter(_plain())
    axes.xaxis.set_minor_formatter(_plain(only=(2, 3, 5)))
    axes.legend(loc="lower right")
    return _save(figure, path, "Distribution of latencies at three numbers of conversations")


def _growth(runs: Sequence[Run], path: Path) -> Path:
    figure, axes = _empty(f"Latency as more is said, {runs[0].conversations} conversations")
    longest = {run.offered_per_s or 0.0: run for run in sorted(runs, key=lambda r: r.talk.seconds)}
    rates = sorted(longest)
    for name, values, look in (
        ("p50", [longest[rate].p50_ms for rate in rates], LOOKS[0]),
        ("p99", [longest[rate].p99_ms for rate in rates], LOOKS[1]),
    ):
        axes.plot(rates, values, label=name, **_look(look, every=1))
    axes.axhline(LIMIT_MS, color="black", linestyle=":", label=f"limit of p99, {LIMIT_MS:.0f} ms")
    axes.set(yscale="log", xlabel="offered, messages a second", ylabel="latency, milliseconds")
    axes.set_xlim(left=0)
    axes.yaxis.set_major_formatter(_plain())
    axes.legend(loc="upper left")
    return _save(figure, path, "Median and 99th percentile of latency against the offered rate")


def _empty(title: str) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(8, 4.5), layout="constrained")
    axes = figure.add_subplot(title=title)
    axes.grid(visible=True, which="major", alpha=0.3)
    return figure, axes


def _look(look: tuple[str, str, str], *, every: int) -> dict[str, Any]:
    colour, dashes, mark = look
    return {"color": colour, "linestyle": dashes, "marker": mark, "markevery": every}


def _plain(only: Sequence[int] = ()) -> FuncFormatter:
    """Return a formatter that writes 10 and not a power; `only`: of these first digits."""

    def text(value: float, _position: int) -> str:
        written = f"{value:g}"
        return written if not only or int(written.lstrip("0.")[0]) in only else ""

    return FuncFormatter(text)


def _save(figure: Figure, path: Path, title: str) -> Path:
    # No date and no version of the drawer: only other figures make another file.
    figure.savefig(path, metadata={"Title": title, "Date": None, "Creator": None})
    return path
