"""The ledger's, the agents' and the citizens' part: what happens, event by event.

Nothing is counted anew that can be kept: a round costs what it decides about, not the whole town.
A round is left out only when it could decide nothing, and the engine is shown only what it could
decide about; `whole` shows everything, and the tests hold the two against each other.
"""

import heapq
from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any
from uuid import UUID

from services.contracts import EndWrapUp, ExpireOffer, LineRead, MakeOffer, Summary

from router.core import Attendance, Decision, Recent, View
from router.core.memory import REST_S
from router.simulate.conversation import Conversation
from router.simulate.desks import Desks, moment
from router.simulate.draws import HOUR_US, US, Arrival, accept_us
from router.simulate.figures import Tally
from router.simulate.policies import Policy
from router.simulate.scenario import Scenario

Place = tuple[int, int, UUID]
Happening = Callable[..., None]


class World:
    """One town under one policy."""

    def __init__(
        self, scenario: Scenario, policy: Policy, seed: int, hours: float, who: Iterable[Arrival]
    ) -> None:
        """Begin with nobody in line. `step` is the loop."""
        self.tally = Tally()
        self.directory = scenario.directory()
        self.desks = Desks(self.directory.agents)
        self.now_us = 0
        self._scenario, self._policy, self._seed = scenario, policy, seed
        self._end_us = round(hours * HOUR_US)
        self._who = iter(who)
        self._known: dict[UUID, Conversation] = {}
        self._lines: dict[str, dict[Place, Conversation]] = {}
        self._places: dict[str, list[Place]] = {}
        self._due: list[Conversation] = []
        self._resting: dict[tuple[UUID, str], int] = {}
        self._look = False
        self._count = 0
        self._agenda: list[tuple[int, int, Happening, tuple[Any, ...]]] = []
        self._relaxing = self._moments_of_steps()
        self._at(0, self._hour)
        self._next_arrival()

    def step(self) -> bool:
        """Let what is next happen and have the rounds it calls for; return False at the end."""
        if not self._agenda:
            return False
        at_us = self._agenda[0][0]
        self._pass_time(at_us)
        # All of one moment before the rounds: a snapshot shows what ended together together.
        while self._agenda and self._agenda[0][0] == at_us:
            _, _, happening, about = heapq.heappop(self._agenda)
            happening(*about)
        while self._look:
            self._look = False
            self._round()
        return True

    def _at(self, us: int, happening: Happening, *about: Any) -> None:
        self._count += 1
        heapq.heappush(self._agenda, (us, self._count, happening, about))

    def _pass_time(self, us: int) -> None:
        counted_us = min(us, self._end_us) - min(self.now_us, self._end_us)
        self.tally.busy += self.desks.busy * counted_us
        self.tally.staffed += self.desks.staffed * counted_us
        self.now_us = us

    # Rounds

    def _round(self) -> None:
        """Show the policy the first in line: one more than there is room for, or more if need be.

        One more, so that it is the policy that chooses who has to wait.
        """
        few = self.desks.room + 1
        while True:
            line = list(islice(self._hopeful(), few)) if self._policy.by_place else self._all()
            if not line and not self._due:
                return
            decisions = list(self._decide([*self._due, *line]))
            offers = sum(isinstance(one.command, MakeOffer) for one in decisions)
            if not self._policy.by_place or len(line) < few or offers >= self.desks.room:
                break
            few *= 2
        self._due.clear()
        for decision in decisions:
            self._apply(decision)

    def _decide(self, conversations: Iterable[Conversation]) -> Iterable[Decision]:
        self.tally.rounds += 1
        turns = {name: desk.turn for name, desk in self.desks.by_id.items()}
        view = self._view([one.summary() for one in conversations])
        return self._policy.decide(view, moment(self.now_us), turns)

    def whole(self) -> View:
        """Return the view as a router would have it: everything that holds a slot or waits."""
        return self._view([one.summary() for one in self._known.values()])

    def _view(self, summaries: list[Summary]) -> View:
        # Every part is a contract's own object already: nothing to validate again.
        line = LineRead.model_construct(
            tenant=self.directory.tenant,
            now=moment(self.now_us),
            conversations=tuple(summaries),
            loads=self.desks.loads(),
        )
        here = frozenset(summary.conversation for summary in summaries)
        resting = frozenset(pair for pair, us in self._resting.items() if us > self.now_us)
        attendance = Attendance(self.desks.leases(), here, settled=True)
        return View(self.directory, line, attendance, Recent(left_alone=resting))

    def _hopeful(self) -> Iterator[Conversation]:
        """Yield, first in line first, who waits where somebody has room. Others get no offer."""
        lines = [
            [(place, self._lines[name]) for place in places]
            if len(self._places) > 1
            else ((place, self._lines[name]) for place in places)
            for name, places in self._places.items()
            if places and self.desks.open.get(name)
        ]
        for place, line in heapq.merge(*lines, key=lambda one: one[0]):
            yield line[place]

    def _all(self) -> list[Conversation]:
        return [one for line in self._lines.values() for one in line.values()]

    # What is decided

    def _apply(self, decision: Decision) -> None:
        """Do as the ledger does: refuse what does not fit."""
        command, conversation = decision.command, self._known.get(decision.conversation)
        match command:
            case MakeOffer() if conversation and self._fits(conversation, command.agent):
                self._offer(conversation, command.agent, decision.id)
            case ExpireOffer() if conversation and conversation.state == "offered":
                self._expire(conversation)
            case EndWrapUp() if conversation and conversation.state == "closed":
                self._end(conversation)
            case _:
                self.tally.refused += 1

    def _fits(self, conversation: Conversation, agent: str) -> bool:
        desk = self.desks.by_id[agent]
        return conversation.state == "waiting" and desk.load < desk.profile.capacity

    def _offer(self, conversation: Conversation, agent: str, offer: UUID) -> None:
        self._leave_line(conversation)
        self.desks.take(agent)
        deadline_us = self.now_us + round(self.directory.timing.offer_s * US)
        conversation.offered(agent, offer, deadline_us)
        number = conversation.arrival.number
        delay_us = accept_us(self._scenario, self._seed, number, conversation.offers)
        if delay_us == 0:
            self._accept(conversation, conversation.offers)
            return
        if self.now_us + delay_us < deadline_us:
            self._at(self.now_us + delay_us, self._accept, conversation, conversation.offers)
        self._at(deadline_us, self._falls_due, conversation, deadline_us)

    def _expire(self, conversation: Conversation) -> None:
        agent = conversation.agent
        conversation.expired()
        self._enter_line(conversation)
        if agent is None:
            return
        self.tally.missed_offers += 1
        self.desks.release(agent)
        rest_us = self.now_us + round(REST_S * US)
        self._resting[conversation.id, agent] = rest_us
        self._at(rest_us, self._rested, (conversation.id, agent))
        if self.desks.missed(agent, self.now_us):
            away_us = round(self._scenario.away_minutes * 60 * US)
            self._at(self.now_us + away_us, self._return, agent)
        self._look = True

    def _end(self, conversation: Conversation) -> None:
        del self._known[conversation.id]
        if conversation.agent:
            self.desks.release(conversation.agent)
        self._look = True

    # What happens by itself

    def _next_arrival(self) -> None:
        arrival = next(self._who, None)
        if arrival is not None:
            self._at(arrival.at_us, self._arrive, arrival)

    def _arrive(self, arrival: Arrival) -> None:
        self._next_arrival()
        self.tally.arrived += 1
        department = self._scenario.department_of(arrival.topic)
        conversation = Conversation(UUID(int=arrival.number), arrival, department)
        self._known[conversation.id] = conversation
        self._enter_line(conversation)
        if arrival.patience_us is not None:
            self._at(self.now_us + arrival.patience_us, self._give_up, conversation)
        for after_us in self._relaxing.get(arrival.topic.id or "", ()):
            self._at(self.now_us + after_us, self._wake)
        self._look = self._look or bool(self.desks.open.get(department))

    def _moments_of_steps(self) -> dict[str, tuple[int, int]]:
        """Return, for topics that ask for a skill where they stand in line, when that relaxes."""
        timing = self.directory.timing
        after_us = round(timing.lower_level_after_s * US), round(timing.generalist_after_s * US)
        return {
            topic.id: after_us
            for topic in self._scenario.topics
            if topic.id and topic.department == self._scenario.department_of(topic)
        }

    def _accept(self, conversation: Conversation, offer: int) -> None:
        if conversation.state != "offered" or conversation.offers != offer:
            return
        conversation.accepted()
        if conversation.agent:
            self.desks.worked(conversation.agent, self.now_us)
        self.tally.end_of_wait(self.now_us - conversation.arrival.at_us, answered=True)
        self._at(self.now_us + conversation.arrival.handle_us, self._close, conversation)

    def _close(self, conversation: Conversation) -> None:
        if conversation.agent:
            self.desks.worked(conversation.agent, self.now_us)
        wrapup_us = round(self.directory.timing.wrapup_s * US)
        if wrapup_us:
            conversation.closed(self.now_us + wrapup_us)
            self._at(
                self.now_us + wrapup_us, self._falls_due, conversation, self.now_us + wrapup_us
            )
        else:
            conversation.closed(None)
            self._end(conversation)

    def _give_up(self, conversation: Conversation) -> None:
        if conversation.state not in ("waiting", "offered"):
            return
        if conversation.state == "waiting":
            self._leave_line(conversation)
        self.tally.end_of_wait(self.now_us - conversation.arrival.at_us, answered=False)
        conversation.closed(None)
        self._end(conversation)

    def _falls_due(self, conversation: Conversation, deadline_us: int) -> None:
        if conversation.deadline_us == deadline_us:
            self._due.append(conversation)
            self._look = True

    def _rested(self, pair: tuple[UUID, str]) -> None:
        if self._resting.get(pair, 0) <= self.now_us:
            self._resting.pop(pair, None)
        self._wake()

    def _return(self, agent: str) -> None:
        self.desks.returned(agent)
        self._wake()

    def _wake(self) -> None:
        self._look = True

    def _hour(self) -> None:
        """Open or close the town. At closing time everyone who still waits leaves."""
        hour = self.now_us // HOUR_US
        at_work = self._scenario.open_at(hour)
        self.desks.shift(at_work=at_work)
        if not at_work:
            for conversation in self._all():
                self._give_up(conversation)
        self._look = True
        next_us = (hour + 1) * HOUR_US
        if self._scenario.weights and (next_us <= self._end_us or at_work):
            self._at(next_us, self._hour)

    # The lines

    def _enter_line(self, conversation: Conversation) -> None:
        place, name = conversation.place, conversation.department
        self._lines.setdefault(name, {})[place] = conversation
        insort(self._places.setdefault(name, []), place)

    def _leave_line(self, conversation: Conversation) -> None:
        place, places = conversation.place, self._places[conversation.department]
        del self._lines[conversation.department][place]
        del places[bisect_left(places, place)]
