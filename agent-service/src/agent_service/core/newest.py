"""The newest state of each conversation that was heard of, as far as there is room."""

from collections import OrderedDict
from uuid import UUID

from services.contracts import Summary


class Newest:
    """Tells news from what is known. The longest unchanged conversations are forgotten."""

    def __init__(self, most: int = 10_000) -> None:
        """Know at most so many conversations, which is about 20 MB."""
        self._most = most
        self._known: OrderedDict[UUID, Summary] = OrderedDict()

    def of(self, conversation: UUID) -> Summary | None:
        """Return the newest state heard of, or None."""
        return self._known.get(conversation)

    def take(self, summary: Summary) -> tuple[bool, Summary | None]:
        """Return whether a state is news, and the one known before."""
        before = self._known.get(summary.conversation)
        if before is not None and summary.version <= before.version:
            return False, before
        self._known[summary.conversation] = summary
        self._known.move_to_end(summary.conversation)
        if len(self._known) > self._most:
            self._known.popitem(last=False)
        return True, before
