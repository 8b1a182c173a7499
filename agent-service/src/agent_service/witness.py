"""Notes what the states of conversations say of the people at the desk, each thing once."""

from services.clock import Clock
from services.contracts import Summary

from agent_service.core.newest import Newest
from agent_service.core.signs import Missed, Worked, signs
from agent_service.people import People


class Witness:
    """Sees every state that is pushed or read."""

    def __init__(self, people: People, clock: Clock) -> None:
        """Begin without a memory: the first state of a conversation says nothing."""
        self._people = people
        self._clock = clock
        self._seen = Newest()

    def see(self, tenant: str, summary: Summary, sender: str = "") -> None:
        """Look at a state; `sender` is whose command led to it, when that is known."""
        news, before = self._seen.take(summary)
        if not news or before is None:
            return
        for sign in signs(before, summary, sender=sender, now=self._clock()):
            match sign:
                case Missed(agent, deadline):
                    self._people.missed((tenant, agent), deadline)
                case Worked(agent):
                    self._people.worked((tenant, agent))
