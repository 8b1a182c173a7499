"""The comparison as a picture: a row per scenario, a column per figure, a mark per policy.

Policies differ by their place and mark as well as their colours, and each says its name.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from router.simulate.policies import POLICIES

COLUMNS = {
    "mean_wait_s": "mean wait, s",
    "p95_wait_s": "95 % waited at most, s",
    "within_target": "answered within target",
    "fairness": "fairness between agents",
    "rarest_worst_wait_s": "worst wait, rarest skill, s",
}
COLOURS = {True: "#0b6e99", False: "#555555"}
"""Ours, and the others."""
SETTINGS: Final[dict[Any, Any]] = {"svg.hashsalt": "prek", "svg.fonttype": "none", "font.size": 9}
"""So that the same figures always give the same file, with its words as words."""


def draw(
    found: Mapping[str, Mapping[str, Mapping[str, Mapping[str, float | bool]]]], path: Path
) -> None:
    """Draw a picture of per scenario, policy and figure its mean and distance from ours."""
    with mpl.rc_context(SETTINGS):
        figure = Figure(figsize=(13, 1.6 * len(found) + 0.6), layout="constrained")
        grid = figure.subplots(len(found), len(COLUMNS), squeeze=False)
        for row, (scenario, policies) in zip(grid, found.items(), strict=True):
            for axes, name in zip(row, COLUMNS, strict=True):
                _cell(axes, policies, name)
            row[0].set_ylabel(scenario)
            row[0].set_yticks(range(len(policies)), [one.replace("_", " ") for one in policies])
        for axes, title in zip(grid[0], COLUMNS.values(), strict=True):
            axes.set_title(title, fontsize=9)
        figure.savefig(path, metadata={"Date": None, "Creator": None, "Title": "Policies compared"})


def _cell(
    axes: Axes, policies: Mapping[str, Mapping[str, Mapping[str, float | bool]]], name: str
) -> None:
    """Draw one figure of every policy; the bar is the 95 % interval of the distance from ours."""
    axes.set_ylim(len(POLICIES) - 0.5, -0.5)
    axes.set_yticks(range(len(policies)), [""] * len(policies))
    axes.grid(axis="x", color="#dddddd")
    axes.set_axisbelow(True)
    if name not in policies["ours"]:
        axes.set_xticks([])
        axes.text(0.5, 0.5, "no such skill", transform=axes.transAxes, ha="center", va="center")
        return
    axes.axvline(float(policies["ours"][name]["mean"]), color=COLOURS[True], linestyle=":")
    for place, (policy, figures) in enumerate(policies.items()):
        ours = policy == "ours"
        axes.errorbar(
            float(figures[name]["mean"]),
            place,
            xerr=float(figures[name]["half_width"]),
            fmt="D" if ours else "o",
            color=COLOURS[ours],
            capsize=3,
        )
