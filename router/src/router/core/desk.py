"""The agents of one round: who is there, who has room, and what each is to an enquiry."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import cached_property
from typing import Literal
from uuid import UUID

from services.contracts import AgentProfile, Verdict
from services.contracts.leases import AT_DESK

from router.core.line import Ask
from router.core.routes import LEVELS, Hold, Roster
from router.core.shelf import Shelf
from router.core.slots import Slots
from router.core.view import Attendance, View

Presence = Literal["available", "busy", "away", "forced_away", "draining", "not_there"]
_NEVER = datetime.max.replace(tzinfo=UTC)
_NOBODY: frozenset[str] = frozenset()


class Desk:
    """Agents looked up by what they have in common. Nothing is counted that nobody asks for."""

    def __init__(self, view: View, attendance: Attendance, roster: Roster) -> None:
        """Take a snapshot; offers are counted by `take`."""
        self.roster = roster
        self.slots = Slots(view)
        self._leases = attendance.agents
        self._left_alone: dict[UUID, set[str]] = {}
        for conversation, agent in view.recent.left_alone:
            self._left_alone.setdefault(conversation, set()).add(agent)
        self._shelves: dict[tuple[Hold, bool], Shelf] = {}
        self._on: dict[str, list[Shelf]] = {}
        self._present: dict[Hold, frozenset[str]] = {}
        self._presences: dict[frozenset[str], Mapping[Presence, int]] = {}

    # Who is there

    def presence(self, agent: str) -> Presence:
        """Return an agent's presence."""
        lease = self._leases.get(agent)
        return lease.presence if lease else "not_there"

    def at_desk(self, agent: str) -> bool:
        """Return whether an agent is there, free for offers or not."""
        return self.presence(agent) in AT_DESK

    @cached_property
    def _at_desk_now(self) -> frozenset[str]:
        return frozenset(filter(self.at_desk, self.roster.agents))

    def here(self, hold: Hold) -> frozenset[str]:
        """Return who of a hold is there."""
        found = self._present.get(hold)
        if found is None:
            found = self._present[hold] = self._at_desk_now.intersection(self.roster.holders(hold))
        return found

    def count_at_desk(self, hold: Hold) -> int:
        """Return how many of a hold are there."""
        return len(self.here(hold))

    def presences(self, departments: frozenset[str]) -> Mapping[Presence, int]:
        """Return the members of departments by presence."""
        found = self._presences.get(departments)
        if found is None:
            members = self.roster.holders(Hold(departments))
            found = self._presences[departments] = Counter(map(self.presence, members))
        return found

    # Who has room

    @cached_property
    def _names(self) -> list[str]:
        """Everyone: who is good for the least else first, then the longest idle, then by id."""
        leases, versatility = self._leases, self.roster.versatility

        def order(agent: str) -> tuple[int, datetime, str]:
            lease = leases.get(agent)
            return versatility[agent], (lease.idle_since if lease else _NEVER), agent

        return sorted(self.roster.agents, key=order)

    @cached_property
    def _ranks(self) -> Mapping[str, int]:
        return {agent: rank for rank, agent in enumerate(self._names)}

    def in_turn(self, agents: Iterable[str]) -> list[str]:
        """Return agents in order of load, then of rank."""
        return sorted(agents, key=lambda agent: (self.slots.load(agent), self._ranks[agent]))

    def shelf(self, hold: Hold, *, written: bool = False) -> Shelf:
        """Return a hold's agents in order. Written questions have shelves of their own."""
        found = self._shelves.get((hold, written))
        if found is None:
            holders = self.roster.holders(hold)
            able = self._with_room.intersection(holders)
            found = Shelf(holders, able, self._names, self._ranks, self.slots)
            self._shelves[hold, written] = found
            for agent in able:
                self._on.setdefault(agent, []).append(found)
        return found

    @cached_property
    def _with_room(self) -> set[str]:
        """Who may be offered something: put together when somebody first asks, then kept right."""
        free = self.slots.free
        return {a for a in self.roster.agents if self.presence(a) == "available" and free(a)}

    def take(self, agent: str) -> None:
        """Count an offer."""
        self.slots.take(agent)
        if not self.slots.free(agent):
            self._with_room.discard(agent)
            for shelf in self._on.pop(agent, ()):
                shelf.room -= 1

    # What an agent is to an enquiry

    def admits(self, hold: Hold, agent: str, ask: Ask) -> bool:
        """Return whether an agent is of a hold; the preferred one by the department alone."""
        profile = self.roster.agents.get(agent)
        if profile is None:
            return False
        if agent == ask.preferred:
            return not hold.departments.isdisjoint(profile.answers_in)
        return hold.admits(profile)

    def left_alone(self, ask: Ask) -> frozenset[str] | set[str]:
        """Return who has just turned it down, or was just refused it."""
        return self._left_alone.get(ask.summary.conversation, _NOBODY)

    def special(self, ask: Ask) -> set[str]:
        """Return the agents who are to this enquiry something else than to others like it."""
        one = {*ask.summary.missed, *self.left_alone(ask)}
        return one.union(agent for agent in (ask.summary.owner, ask.preferred) if agent)

    def verdict(self, agent: str, ask: Ask, step: int) -> Verdict:
        """Return `eligible`, or the first reason why not. The agent is a member of the step."""
        if agent == ask.summary.owner:
            return "owner"
        if ask.handover and ask.handover.agent not in (None, agent):
            return "not_asked"
        named = ask.handover is not None and ask.handover.agent is not None
        lacking = None if named or agent == ask.preferred else self._lacks(agent, ask, step)
        verdict = self._here(agent) or lacking
        if verdict:
            return verdict
        if agent in self.left_alone(ask):
            return "left_alone"
        return "missed" if agent in ask.summary.missed else "eligible"

    def alike(self, agent: str, ask: Ask, step: int) -> Verdict:
        """Return what the agent would be to another enquiry that asks for the same."""
        return self._here(agent) or self._lacks(agent, ask, step) or "eligible"

    def _here(self, agent: str) -> Verdict | None:
        presence = self.presence(agent)
        if presence != "available":
            return presence
        return None if self.slots.free(agent) else "full"

    def _lacks(self, agent: str, ask: Ask, step: int) -> Verdict | None:
        hold = ask.route.hold(step, ask.language)
        profile = self.roster.agents[agent]
        if any(profile.skills.get(skill, 0) < 1 for skill, _ in hold.needs):
            return "skill"
        if any(profile.skills.get(skill, 0) < level for skill, level in hold.needs):
            return "level"
        if hold.language is not None and hold.language not in profile.languages:
            return "language"
        return None

    def order(self, agent: str, ask: Ask, step: int) -> tuple[bool, int, int, bool, int, int]:
        """Return what agents are chosen by; the last is their rank among equals in all before."""
        profile, route = self.roster.agents[agent], ask.route
        within = route.steps[step].departments
        met = next(
            (n for n in range(len(route.steps)) if self._meets(profile, ask, n, step)),
            len(route.steps),
        )
        levels = [Hold(within, route.needs(level)).admits(profile) for level in LEVELS]
        return (
            agent != ask.preferred,
            met,
            levels.index(True) if True in levels else len(levels),
            ask.language not in profile.languages,
            self.slots.load(agent),
            self._ranks[agent],
        )

    @staticmethod
    def _meets(profile: AgentProfile, ask: Ask, n: int, step: int) -> bool:
        """Return whether an agent of a step's departments meets another step."""
        hold = ask.route.hold(n, ask.language)
        within = ask.route.steps[min(n, step)].departments
        return Hold(within, hold.needs, hold.language).admits(profile)

    def skipped(self, ask: Ask) -> set[str]:
        """Return who is not to be chosen in passing: the owner, and who turned it down."""
        skip = {*ask.summary.missed, *self.left_alone(ask)}
        if ask.summary.owner:
            skip.add(ask.summary.owner)
        return skip

    def shelves(self, ask: Ask, step: int) -> Iterator[Shelf]:
        """Yield where to look for an agent, the best first."""
        for hold in self.roster.choices(ask.route, ask.language, step):
            yield self.shelf(hold, written=ask.written)
