"""Advice from a colleague, unseen by the citizen: it lasts as long as the owner who asked."""

from services.contracts import Consult, Consulted, ConsultEnded, EndConsult, Noted, Refusal

from transcript_service.core.change import Change
from transcript_service.core.rights import walled_off


def consult(change: Change, command: Consult) -> Refusal | None:
    """Let a colleague read along and write notes. The epoch was checked before.

    Asked already: only a new note is added.
    """
    summary = change.summary
    if summary.owner != change.agent_id:
        return Refusal.NOT_ALLOWED
    colleague = change.profile(command.agent)
    if colleague is None:
        return Refusal.UNKNOWN_AGENT
    if colleague.id == summary.owner or walled_off(summary.department, colleague, change.directory):
        return Refusal.NOT_ALLOWED
    if colleague.id not in summary.consulted:
        change.set(consulted=(*summary.consulted, colleague.id))
        change.note(Consulted(agent=colleague.id))
    if command.note is not None:
        change.note(Noted(text=command.note, masked=command.masked), name="note")
    return None


def end_consult(change: Change, command: EndConsult) -> Refusal | None:
    """End it for the owner or the colleague. Ended already: nothing to do."""
    if change.agent_id not in (change.summary.owner, command.agent):
        return Refusal.NOT_ALLOWED
    if command.agent in change.summary.consulted:
        _end(change, command.agent)
    return None


def end_consults(change: Change) -> None:
    """End all of them, because the conversation leaves the owner who asked."""
    for agent in change.summary.consulted:
        _end(change, agent, name=f"consult:{agent}")


def _end(change: Change, agent: str, name: str = "") -> None:
    change.set(consulted=tuple(other for other in change.summary.consulted if other != agent))
    change.note(ConsultEnded(agent=agent), name=name)
