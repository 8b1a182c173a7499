"""Who gets it: ours, and what other products document.

A policy is a pure function of the same view. All know departments and capacity. Of the peers only
`bullseye` asks for skills; the others have none, or need them to be set up queue by queue.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.contracts import MakeOffer, Summary, derived_id

from router.core import Decision, View, decide
from router.core.deadlines import overdue

Turns = Mapping[str, int]
"""Per agent the number of the latest offer given; 0 for none."""


@dataclass(frozen=True, slots=True)
class Free:
    """An agent who may get the next one."""

    agent: str
    load: int
    idle_since: datetime
    turn: int
    skill: int = 0
    """Level at which the agent knows what the conversation is about."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What decides a round."""

    name: str
    decide: Callable[[View, datetime, Turns], Iterable[Decision]]
    by_place: bool
    """Serves the line in the order of priority, time and id: so its first few can go first."""


def ours(view: View, now: datetime, turns: Turns) -> Iterable[Decision]:
    """Decide as the router does."""
    del turns
    return decide(view, now).decisions


def round_robin(free: Sequence[Free]) -> Free:
    """Choose who was given one longest ago: Chatwoot, Tiledesk."""
    return min(free, key=lambda one: (one.turn, one.agent))


def fewest_open_chats(free: Sequence[Free]) -> Free:
    """Choose who has the fewest: Rocket.Chat's distribution by fewest chats."""
    return min(free, key=lambda one: (one.load, one.agent))


def longest_idle(free: Sequence[Free]) -> Free:
    """Choose who was given or ended one longest ago: Live Helper Chat, Twilio."""
    return min(free, key=lambda one: (one.idle_since, one.agent))


def oldest_first(summary: Summary) -> tuple[object, ...]:
    """Order the line by time alone: Chatwoot's unassigned list."""
    return summary.entered_at, summary.conversation


def highest_first(summary: Summary) -> tuple[object, ...]:
    """Order the line by priority, whatever the age: Twilio TaskRouter."""
    return summary.priority, summary.entered_at, summary.conversation


def highest_score_first(summary: Summary) -> tuple[object, ...]:
    """Order the line by minutes waited plus priority in minutes: Genesys Cloud.

    A band is worth a minute more than the one after it. All scores grow alike, so the order is that
    of when each would have come without the bonus.
    """
    return summary.entered_at + timedelta(minutes=summary.priority), summary.conversation


def best_skilled(free: Sequence[Free]) -> Free:
    """Choose the most skilled, then the longest idle: Genesys Cloud, evaluation `BEST`."""
    return min(free, key=lambda one: (-one.skill, one.idle_since, one.agent))


def everybody(free: Sequence[Free], summary: Summary, view: View, now: datetime) -> Sequence[Free]:
    """Ask for no skill."""
    del summary, view, now
    return free


def rings(free: Sequence[Free], summary: Summary, view: View, now: datetime) -> Sequence[Free]:
    """Ask for the skill in the first ring and for none in the second: Genesys Cloud's bullseye.

    The place in line is kept. The ring expands when ours first relaxes, so the two are alike there.
    """
    topic = view.directory.topic(summary.topic)
    asks = topic is not None and topic.department == summary.department
    after = timedelta(seconds=view.directory.timing.lower_level_after_s)
    if not asks or now - summary.entered_at >= after:
        return free
    return [one for one in free if one.skill]


def _peer(
    name: str,
    choose: Callable[[Sequence[Free]], Free],
    order: Callable[[Summary], tuple[object, ...]] = oldest_first,
    among: Callable[[Sequence[Free], Summary, View, datetime], Sequence[Free]] = everybody,
) -> Policy:
    def decisions(view: View, now: datetime, turns: Turns) -> Iterable[Decision]:
        given: list[str] = []
        yield from overdue(view.line, now)
        waiting = [one for one in view.line.conversations if one.state == "waiting"]
        for summary in sorted(waiting, key=order):
            free = among(list(_free(view, summary, turns, given, now)), summary, view, now)
            if free:
                given.append(choose(free).agent)
                yield _offer(summary, given[-1])

    return Policy(name, decisions, by_place=order is highest_first)


def _free(
    view: View, summary: Summary, turns: Turns, given: Sequence[str], now: datetime
) -> Iterator[Free]:
    """Yield the members of the department with room, less who has just turned it down.

    `given` is whom this very round has chosen, in order: they count as just given one.
    """
    if view.attendance is None:
        return
    loads = {load.agent: load for load in view.line.loads}
    latest = max(turns.values(), default=0)
    this_round = {agent: latest + n for n, agent in enumerate(given, start=1)}
    for profile in view.directory.agents:
        agent, lease = profile.id, view.attendance.agents.get(profile.id)
        load = loads[agent].load + given.count(agent)
        if (
            lease is not None
            and lease.presence == "available"
            and summary.department in profile.departments
            and load < loads[agent].capacity
            and (summary.conversation, agent) not in view.recent.left_alone
        ):
            idle_since = now if agent in this_round else lease.idle_since
            turn, skill = this_round.get(agent, turns[agent]), f"topic:{summary.topic}"
            yield Free(agent, load, idle_since, turn, profile.skills.get(skill, 0))


def _offer(summary: Summary, agent: str) -> Decision:
    command = MakeOffer(conversation=summary.conversation, agent=agent, epoch=summary.epoch)
    name = f"offer:{summary.epoch}:{summary.version}:{agent}"
    return Decision(derived_id(summary.conversation, name), command, summary.version)


POLICIES: Mapping[str, Policy] = {
    policy.name: policy
    for policy in (
        Policy("ours", ours, by_place=True),
        _peer("round_robin", round_robin),
        _peer("fewest_open_chats", fewest_open_chats),
        _peer("longest_idle", longest_idle),
        _peer("strict_priority", longest_idle, highest_first),
        _peer("bullseye", best_skilled, highest_score_first, rings),
    )
}
