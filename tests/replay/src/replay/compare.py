"""What was said against what the transcript holds: lost, duplicated, reordered, altered."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Said:
    """A message as sent, or as found in a transcript."""

    id: str
    sender: str
    text: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Counts of what went wrong; all zero when transcript and dialogue are the same."""

    lost: int = 0
    duplicated: int = 0
    reordered: int = 0
    altered: int = 0

    def __add__(self, other: "Verdict") -> "Verdict":
        return Verdict(
            self.lost + other.lost,
            self.duplicated + other.duplicated,
            self.reordered + other.reordered,
            self.altered + other.altered,
        )

    @property
    def clean(self) -> bool:
        """Whether nothing went wrong."""
        return self == Verdict()


def compare(said: Sequence[Said], found: Sequence[Said]) -> Verdict:
    """Compare by id, then byte for byte, then order.

    A row nobody sent counts as duplicated; a row out of order counts once, as reordered.
    """
    expected = {message.id: message for message in said}
    counts = Counter(message.id for message in found)
    duplicated = sum(n - 1 if i in expected else n for i, n in counts.items())
    lost = sum(1 for i in expected if i not in counts)
    first: dict[str, Said] = {}
    for message in found:
        first.setdefault(message.id, message)
    altered = sum(
        1
        for i, message in first.items()
        if i in expected
        and (message.text.encode(), message.sender)
        != (expected[i].text.encode(), expected[i].sender)
    )
    wanted = [message.id for message in said if message.id in counts]
    got = [i for i in first if i in expected]
    return Verdict(lost, duplicated, len(wanted) - _in_order(wanted, got), altered)


def _in_order(wanted: Sequence[str], got: Sequence[str]) -> int:
    """Return the length of the longest run of `got` that keeps the order of `wanted`."""
    place = {message_id: n for n, message_id in enumerate(wanted)}
    ends: list[int] = []
    for n in (place[i] for i in got):
        at = next((k for k, end in enumerate(ends) if end >= n), len(ends))
        ends[at : at + 1] = [n]
    return len(ends)
