"""Since when owners have been without a lease, as seen by this router while Redis answered."""

from collections.abc import Iterable, Mapping
from datetime import datetime


class Absences:
    """Remembers the first round in which an owner was missing; a sighting forgets it."""

    def __init__(self) -> None:
        """Start empty."""
        self._since: dict[str, datetime] = {}

    def look(
        self, owners: Iterable[str], here: Mapping[str, object], now: datetime
    ) -> Mapping[str, datetime]:
        """Return since when each missing owner has been missing."""
        missing = {owner for owner in owners if owner not in here}
        self._since = {owner: self._since.get(owner, now) for owner in missing}
        return self._since

    def forget(self) -> None:
        """Start over: what was seen while Redis was not believed counts for nothing."""
        self._since = {}
