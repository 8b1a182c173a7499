"""Breaking the glass: reading behind a wall for a while, with a reason that stays."""

from datetime import timedelta

from services.contracts import BreakGlass, GlassBroken, Glimpse, Refusal

from transcript_service.core.change import Change
from transcript_service.core.rights import archives, may_break_glass, takes_part


def break_glass(change: Change, command: BreakGlass) -> Refusal | None:
    """Let a leader or an archivist read it until then. They may read, and do nothing else.

    Who may read it without has nothing to break. Again: a new while, with its own reason. To all
    others it does not exist.
    """
    agent, summary = change.profile(change.agent_id), change.summary
    if agent is None:
        return Refusal.UNKNOWN_AGENT
    if takes_part(change.conversation, agent, change.directory):
        return None
    if archives(summary, agent, change.directory):
        return None
    if not may_break_glass(summary, agent, change.directory):
        return Refusal.NOT_FOUND
    until = change.now + timedelta(seconds=change.directory.timing.glimpse_s)
    others = (glimpse for glimpse in summary.glimpses if glimpse.agent != agent.id)
    change.set(glimpses=(*others, Glimpse(agent=agent.id, until=until)))
    change.note(GlassBroken(reason=command.reason, until=until, masked=command.masked))
    return None
