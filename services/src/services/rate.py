"""Token buckets without a clock of their own, and a bounded set of them by key."""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Limit:
    """`burst` at once, then `per_s` a second."""

    burst: float
    per_s: float


NO_LIMIT: Final = Limit(burst=1e12, per_s=1e12)
"""More than a process could do."""


@dataclass(slots=True)
class _Bucket:
    level: float
    at: float


class Buckets:
    """A bucket per key; the longest unused are forgotten, which can only be to a key's favour."""

    def __init__(self, limit: Limit, *, most: int = 50_000) -> None:
        """Keep at most `most` keys."""
        self._limit = limit
        self._most = most
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def take(self, key: str, now: float) -> float:
        """Take one. Return 0, or the seconds until one will be there (and take nothing).

        Args:
            key: whose bucket.
            now: monotonic seconds.
        """
        limit = self._limit
        bucket = self._buckets.pop(key, None) or _Bucket(limit.burst, now)
        self._buckets[key] = bucket
        if len(self._buckets) > self._most:
            self._buckets.popitem(last=False)
        bucket.level = min(limit.burst, bucket.level + (now - bucket.at) * limit.per_s)
        bucket.at = now
        if bucket.level >= 1:
            bucket.level -= 1
            return 0
        return (1 - bucket.level) / limit.per_s

    def give_back(self, key: str) -> None:
        """Put one back that was taken, and turned out not to be what is limited."""
        if (bucket := self._buckets.get(key)) is not None:
            bucket.level = min(self._limit.burst, bucket.level + 1)
