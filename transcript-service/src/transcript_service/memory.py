"""What this replica knows without asking: conversations as it left them, and the database's clock.

All of it are guesses, for another replica may have written since. `append` lets the database check
each of them in the statement that commits, so a wrong guess costs a retry and nothing else.
"""

from collections import OrderedDict
from datetime import UTC, datetime, timedelta

from transcript_service.core import Conversation
from transcript_service.core.state import Key

SIZE = 2_048
"""Conversations that are remembered, of some 3 KB each; the one used longest ago is forgotten."""
_NEVER = datetime(2000, 1, 1, tzinfo=UTC)
CLOCK_STEP = timedelta(seconds=1)
"""A clock that is this far from what was guessed was set, and is believed at once."""


class Memory:
    """Remembers what was committed last. Pure: the caller brings the monotonic clock."""

    def __init__(self, size: int = SIZE) -> None:
        """Remember nothing yet."""
        self._size = size
        self._conversations: OrderedDict[Key, Conversation] = OrderedDict()
        self._heard = _NEVER, 0.0
        self._told = _NEVER

    def keep(self, conversation: Conversation) -> None:
        """Remember a conversation, unless a newer state is known. One that is closed stays so."""
        known = self.get(conversation.key)
        if known is not None and known.summary.version > conversation.summary.version:
            return
        self.forget(conversation.key)
        if conversation.summary.state != "closed":
            self._conversations[conversation.key] = conversation
            if len(self._conversations) > self._size:
                self._conversations.popitem(last=False)

    def forget(self, key: Key) -> None:
        """Forget a conversation: what was remembered was wrong, or may be."""
        self._conversations.pop(key, None)

    def get(self, key: Key) -> Conversation | None:
        """Return a conversation as this replica left it."""
        return self._conversations.get(key)

    def heard(self, now: datetime, at_s: float) -> None:
        """Take the database's clock from an answer that arrived at a monotonic time in seconds."""
        self._heard = now, at_s
        if self._told - now > CLOCK_STEP:
            self._told = now

    def now(self, at_s: float) -> datetime:
        """Return what the database's clock should show, never less than it was said to show before.

        It lags by an answer's way back. Before the first answer it is wrong, and the database says
        so when it is used.
        """
        then, heard_s = self._heard
        self._told = max(self._told, then + timedelta(seconds=at_s - heard_s))
        return self._told
