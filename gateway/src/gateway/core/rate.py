"""Token buckets. The time is an argument, in seconds of any clock that never goes back."""

from dataclasses import dataclass

_TIDY_AT = 10_000


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `burst` at once and `per_s` a second over time."""

    burst: float
    per_s: float


class Buckets:
    """One bucket per key. Without a rate everything passes."""

    def __init__(self, rate: Rate | None) -> None:
        """Start with every bucket full."""
        self._rate = rate
        self._levels: dict[str, tuple[float, float]] = {}

    def take(self, key: str, now: float) -> float:
        """Take one token; return 0, or the seconds until there is one (then none was taken)."""
        if self._rate is None:
            return 0.0
        level = self._level(key, now, self._rate)
        if level < 1:
            return (1 - level) / self._rate.per_s
        self._levels[key] = (level - 1, now)
        if len(self._levels) > _TIDY_AT:
            self._tidy(now, self._rate)
        return 0.0

    def _level(self, key: str, now: float, rate: Rate) -> float:
        level, at = self._levels.get(key, (rate.burst, now))
        return min(rate.burst, level + max(0.0, now - at) * rate.per_s)

    def _tidy(self, now: float, rate: Rate) -> None:
        """Forget full buckets: they are as good as new ones."""
        self._levels = {
            key: value
            for key, value in self._levels.items()
            if self._level(key, now, rate) < rate.burst
        }
