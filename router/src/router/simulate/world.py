"""The ledger's, the agents' and the citizens' part: what happens, event by event.

Nothing is counted anew that can be kept: a round costs what it decides about, not the whole town.
A round is left out only when it could decide nothing, and the engine is shown only what it could
decide about; `whole` shows everything, and the tests hold the two against each other.
"""

import heapq
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any
from uuid import UUID

from services.contracts import AgentProfile, EndWrapUp, ExpireOffer, LineRead, MakeOffer, Summary

from router.core import Attendance, Decision, Recent, Roster, View
from router.core.memory import REST_S
from router.simulate.conversation import Conversation
from router.simulate.desks import Desks, moment
from router.simulate.draws import HOUR_US, US, Arrival, accept_us
from router.simulate.figures import Tally
from router.simulate.lines import Lines
from router.simulate.policies import Policy
from router.simulate.scenario import Scenario

Happening = Callable[..., None]


def alike(agents: Iterable[AgentProfile]) -> tuple[tuple[str, ...], ...]:
    """Return the ids of agents who differ in nothing but their names, in groups."""
    groups: dict[str, list[str]] = {}
    for one in agents:
        groups.setdefault(repr(one.evolve(id="x", name="x")), []).append(one.id)
    return tuple(tuple(group) for group in groups.values())


class World:
    """One town under one policy."""

    def __init__(
        self, scenario: Scenario, policy: Policy, seed: int, hours: float, who: Iterable[Arrival]
    ) -> None:
        """Begin with nobody in line. `step` is the loop."""
        self.directory = scenario.directory()
        self._roster = Roster(self.directory)
        self.tally = Tally(
            target_us=round(scenario.timing.target_s * US), alike=alike(self.directory.agents)
        )
        self.desks = Desks(self.directory.agents)
        self.now_us = 0
        self._scenario, self._policy, self._seed = scenario, policy, seed
        # A plan may lift a topic, or ask another department: then the order is not by place alone,
        # and whose own department is full may still be offered to somebody.
        simple = not self.directory.plans and self.directory.emergency is None
        self._by_place = policy.by_place and simple
        self._end_us = round(hours * HOUR_US)
        minutes = scenario.hand_on_minutes
        self._hand_on_us = None if minutes is None else round(minutes * 60 * US)
        self._who = iter(who)
        self._known: dict[UUID, Conversation] = {}
        self._lines = Lines()
        self._due: list[Conversation] = []
        self._resting: dict[tuple[UUID, str], int] = {}
        self._handed_on: dict[UUID, frozenset[tuple[UUID, str]]] = {}
        self._rarest = scenario.rarest()
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
            line = (
                list(islice(self._lines.hopeful(self.desks.open), few))
                if self._by_place
                else self._lines.all()
            )
            if not line and not self._due:
                return
            # Several fall due at one moment: in the order in which the whole town has them.
            due = sorted(self._due, key=lambda one: one.arrival.number)
            decisions = list(self._decide([*due, *line]))
            offers = sum(isinstance(one.command, MakeOffer) for one in decisions)
            if not self._by_place or len(line) < few or offers >= self.desks.room:
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
        resting = resting.union(*self._handed_on.values())
        attendance = Attendance(self.desks.leases(), here, settled=True)
        return View(self.directory, line, attendance, Recent(left_alone=resting), self._roster)

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
        self._lines.leave(conversation)
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
        self._lines.enter(conversation)
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
        self._handed_on.pop(conversation.id, None)
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
        self._lines.enter(conversation)
        if arrival.patience_us is not None:
            self._at(self.now_us + arrival.patience_us, self._give_up, conversation)
        for after_us in self._relaxing.get(arrival.topic.id or "", ()):
            self._at(self.now_us + after_us, self._wake)
        has_room = self.desks.open.get(department) if self._by_place else self.desks.room
        self._look = self._look or bool(has_room)

    def _moments_of_steps(self) -> dict[str, tuple[int, ...]]:
        """Return when it relaxes what topics ask for where they stand in line.

        Without a plan that is a skill, or nothing: then no step admits more than the first.
        """
        route = self._roster.route
        routes = {
            topic.id or "": route(topic.id, self._scenario.department_of(topic))
            for topic in self._scenario.topics
        }
        return {
            topic: tuple(round(step.after_s * US) for step in one.steps if step.after_s)
            for topic, one in routes.items()
            if one.skills or one.plan
        }

    def _accept(self, conversation: Conversation, offer: int) -> None:
        if conversation.state != "offered" or conversation.offers != offer:
            return
        first = not conversation.answered
        conversation.accepted()
        if conversation.agent:
            self.desks.worked(conversation.agent, self.now_us)
            self._answered_by(conversation, conversation.agent, first=first)

    def _answered_by(self, conversation: Conversation, agent: str, *, first: bool) -> None:
        arrival, scenario = conversation.arrival, self._scenario
        level = self.desks.by_id[agent].profile.skills.get(f"topic:{arrival.topic.id}", 0)
        asks = scenario.asks_for_skill(arrival.topic)
        if first:
            self.tally.end_of_wait(self.now_us - arrival.at_us, answered=True)
            self.tally.by_agent[agent] += 1
            self.tally.asked += asks
            self.tally.able += asks and level >= arrival.topic.level
        hand_on_us = self._hand_on_us
        if asks and not level and hand_on_us is not None and hand_on_us < arrival.handle_us:
            self._at(self.now_us + hand_on_us, self._hand_on, conversation)
            return
        self._end_of_rare_wait(conversation)
        self._at(self.now_us + arrival.handle_us, self._close, conversation)

    def _end_of_rare_wait(self, conversation: Conversation) -> None:
        if conversation.arrival.topic is self._rarest:
            self.tally.rare.append(self.now_us - conversation.arrival.at_us)

    def _hand_on(self, conversation: Conversation) -> None:
        """Let those who know the topic have it. With none of them in the line, nobody would."""
        skill = f"topic:{conversation.arrival.topic.id}"
        members = [
            desk.profile
            for desk in self.desks.by_id.values()
            if conversation.department in desk.profile.departments
        ]
        if not any(skill in one.skills for one in members) or not conversation.agent:
            self._end_of_rare_wait(conversation)
            self._close(conversation)
            return
        self.desks.worked(conversation.agent, self.now_us)
        self.desks.release(conversation.agent)
        conversation.handed_on()
        self._handed_on[conversation.id] = frozenset(
            (conversation.id, one.id) for one in members if skill not in one.skills
        )
        self._lines.enter(conversation)
        self._look = True

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
        """Let one who has had no answer go. Who was answered and handed on stays."""
        if not conversation.answered:
            self._leave(conversation)

    def _leave(self, conversation: Conversation) -> None:
        if conversation.state not in ("waiting", "offered"):
            return
        if conversation.state == "waiting":
            self._lines.leave(conversation)
        if not conversation.answered:
            self.tally.end_of_wait(self.now_us - conversation.arrival.at_us, answered=False)
        self._end_of_rare_wait(conversation)
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
            for conversation in self._lines.all():
                self._leave(conversation)
        self._look = True
        next_us = (hour + 1) * HOUR_US
        if self._scenario.weights and (next_us <= self._end_us or at_work):
            self._at(next_us, self._hour)
