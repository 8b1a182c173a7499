"""What a round came to, as it is kept on disk for a run that resumes."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from chaos.checker.evidence import Rebuilt, Window


@dataclass(slots=True)
class Result:
    """What a round came to."""

    messages: int = 0
    calm_rate: float = 0.0
    """Messages committed a second while nothing was broken."""
    bites: dict[str, int] = field(default_factory=dict)
    harmless: list[str] = field(default_factory=list)
    """Faults that were let loose and did not bite."""
    refused: dict[str, int] = field(default_factory=dict)
    """Citizens' actions that were refused for good, by code: each is an error on a screen."""
    violations: dict[str, list[str]] = field(default_factory=dict)
    windows: list[Window] = field(default_factory=list)
    latencies_s: dict[str, list[float]] = field(default_factory=dict)
    """Fault, or `calm`, to the times from a send to the other's screen."""
    rebuilt: list[Rebuilt] = field(default_factory=list)
    """How presence came back, each time that Redis had lost it."""
    compared_s: dict[str, list[float]] = field(default_factory=dict)
    """In a comparison, `hurt` and `calm` to those times; else empty."""
    versions: dict[str, str] = field(default_factory=dict)
    """Part to the version that was running."""

    @property
    def wrong(self) -> int:
        """Return how many violations there are."""
        return sum(map(len, self.violations.values()))

    def line(self) -> str:
        """Return it as one line of JSON, which `read` reads."""
        return json.dumps(asdict(self))


def read(line: str) -> Result:
    """Return what `Result.line` wrote."""
    fields: dict[str, Any] = json.loads(line)
    fields["windows"] = [Window(**window) for window in fields["windows"]]
    fields["rebuilt"] = [Rebuilt(**one) for one in fields.get("rebuilt", [])]
    return Result(**fields)


def add(counts: dict[str, int], more: Mapping[str, int]) -> None:
    """Add counts to counts."""
    for name, times in more.items():
        counts[name] = counts.get(name, 0) + times


def extend(lists: dict[str, list[Any]], more: Mapping[str, list[Any]]) -> None:
    """Append lists to the lists of the same names."""
    for name, found in more.items():
        lists.setdefault(name, []).extend(found)
