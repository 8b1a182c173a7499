"""One round: everything that should be said about a tenant now, as commands with derived ids."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from services.contracts import (
    Command,
    EndWrapUp,
    ExpireOffer,
    Leave,
    MakeOffer,
    Requeue,
    ReturnHandover,
    SetReachable,
    Summary,
    derived_id,
)

from router.core.choice import Choice, Step, any_speaker, choose, step_of
from router.core.view import View


@dataclass(frozen=True, slots=True)
class Decision:
    """A command to send. The same snapshot gives the same id, whichever replica decides."""

    id: UUID
    command: Command


@dataclass(slots=True)
class Round:
    """What one look at a tenant led to."""

    decisions: list[Decision] = field(default_factory=list)
    positions: dict[UUID, int] = field(default_factory=dict)
    """Place in line, from 1, of each waiting conversation."""
    choices: dict[UUID, Choice] = field(default_factory=dict)
    """Why each waiting conversation was given to whom, or to nobody."""

    def say(self, cause: UUID, name: str, command: Command) -> None:
        """Add a command under an id derived from what it is about."""
        self.decisions.append(Decision(derived_id(cause, name), command))


def decide(view: View) -> Round:
    """Return what should happen now. Send every decision; the ledger refuses what is stale."""
    result = Round()
    for summary in view.conversations:
        _deadlines(view, summary, result)
        _reachable(view, summary, result)
        _lost_owner(view, summary, result)
    loads = dict(view.loads)
    if view.agents is not None:
        for summary in _handovers(view):
            _offer_handover(view, summary, loads, result)
        for summary in line(view):
            _offer(view, summary, loads, result)
    _positions(view, result)
    return result


def line(view: View) -> list[Summary]:
    """Return who waits, the first first: band, then waited by target, then id."""
    target = view.directory.timing.target_s
    waiting = [s for s in view.conversations if s.state == "waiting"]
    return sorted(
        waiting,
        key=lambda s: (s.priority, -view.waited(s).total_seconds() / target, str(s.conversation)),
    )


def _deadlines(view: View, summary: Summary, result: Round) -> None:
    offer, handover, wrapup = summary.offer, summary.handover, summary.wrapup
    conversation = summary.conversation
    if offer is not None and view.now >= offer.deadline:
        result.say(offer.id, "expired", ExpireOffer(conversation=conversation, offer=offer.id))
    if handover is not None and view.now >= handover.deadline:
        back = ReturnHandover(conversation=conversation, handover=handover.id, reason="timeout")
        result.say(handover.id, "returned", back)
    if wrapup is not None and view.now >= wrapup.until:
        result.say(conversation, f"wrapup:{summary.epoch}", EndWrapUp(conversation=conversation))


def _reachable(view: View, summary: Summary, result: Round) -> None:
    if view.citizens is None or summary.state not in ("waiting", "offered"):
        return
    conversation, here = summary.conversation, summary.conversation in view.citizens
    if here == (summary.away_since is not None):
        name = f"reachable:{here}:{summary.version}"
        result.say(conversation, name, SetReachable(conversation=conversation, reachable=here))
    gone = timedelta(seconds=view.directory.timing.citizen_gone_s)
    if not here and summary.away_since is not None and view.now - summary.away_since >= gone:
        leave = Leave(conversation=conversation, reason="citizen_gone")
        result.say(conversation, f"gone:{summary.epoch}", leave)


def _lost_owner(view: View, summary: Summary, result: Round) -> None:
    owner = summary.owner
    if view.agents is None or summary.state != "active" or owner is None:
        return
    since = view.absent_since.get(owner)
    grace = timedelta(seconds=view.directory.timing.owner_grace_s)
    if owner not in view.agents and since is not None and view.now - since >= grace:
        back = Requeue(conversation=summary.conversation, epoch=summary.epoch, reason="owner_lost")
        result.say(summary.conversation, f"owner-lost:{summary.epoch}", back)


def _handovers(view: View) -> Iterator[Summary]:
    pending = [s for s in view.conversations if s.handover is not None and s.offer is None]
    yield from sorted(
        (s for s in pending if s.handover is not None and view.now < s.handover.deadline),
        key=lambda s: (s.handover.requested_at if s.handover else view.now, str(s.conversation)),
    )


def _offer_handover(view: View, summary: Summary, loads: dict[str, int], result: Round) -> None:
    handover = summary.handover
    if handover is None:
        return
    waited = view.now - handover.requested_at
    choice = choose(
        view,
        summary,
        loads,
        department=handover.department,
        step=step_of(view, summary, waited)
        if any_speaker(view, summary, handover.department)
        else Step.GENERALIST,
    )
    agent = choice.agent
    if handover.agent is not None:
        # To a named colleague: to nobody else, and only when there is room.
        everyone = choose(
            view, summary, loads, department=handover.department, step=Step.GENERALIST
        )
        free = handover.agent in everyone.candidates or everyone.agent == handover.agent
        agent = handover.agent if free or _has_room(view, handover.agent, loads) else None
        if handover.agent in summary.missed:
            agent = None
    _make(summary, agent, choice, loads, result, handover.id)


def _has_room(view: View, agent: str, loads: dict[str, int]) -> bool:
    lease = (view.agents or {}).get(agent)
    available = lease is not None and lease.presence == "available"
    return available and loads.get(agent, 0) < view.capacities.get(agent, 0)


def _offer(view: View, summary: Summary, loads: dict[str, int], result: Round) -> None:
    if view.citizens is not None and summary.conversation not in view.citizens:
        return
    if summary.away_since is not None and view.citizens is None:
        return
    step = step_of(view, summary)
    if not any_speaker(view, summary, summary.department):
        step = Step.GENERALIST
    choice = choose(view, summary, loads, department=summary.department, step=step)
    if _waits_for_preferred(view, summary, choice):
        choice = Choice(None, step, choice.reasons, choice.candidates)
    result.choices[summary.conversation] = choice
    _make(summary, choice.agent, choice, loads, result, None)


def _waits_for_preferred(view: View, summary: Summary, choice: Choice) -> bool:
    preferred = summary.preferred_agent
    if preferred is None or choice.agent in (None, preferred) or preferred in summary.missed:
        return False
    lease = (view.agents or {}).get(preferred)
    here = lease is not None and lease.presence in ("available", "busy")
    return here and view.waited(summary) < timedelta(seconds=view.directory.timing.preferred_s)


def _make(
    summary: Summary,
    agent: str | None,
    choice: Choice,
    loads: dict[str, int],
    result: Round,
    handover: UUID | None,
) -> None:
    if agent is None:
        return
    loads[agent] = loads.get(agent, 0) + 1
    offer = MakeOffer(
        conversation=summary.conversation,
        agent=agent,
        epoch=summary.epoch,
        handover=handover,
        reason=choice.step.name.lower(),
    )
    result.say(summary.conversation, f"offer:{summary.version}:{agent}", offer)


def _positions(view: View, result: Round) -> None:
    ranks: dict[str, int] = {}
    target = view.directory.timing.target_s
    in_line = [s for s in view.conversations if s.state in ("waiting", "offered")]
    for summary in sorted(
        in_line,
        key=lambda s: (s.priority, -view.waited(s).total_seconds() / target, str(s.conversation)),
    ):
        rank = ranks[summary.department] = ranks.get(summary.department, 0) + 1
        result.positions[summary.conversation] = rank
