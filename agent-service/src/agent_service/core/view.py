"""What an agent's desk shows: own conversations, and the lines the agent answers."""

from services.contracts import AgentProfile, Summary


def holds(summary: Summary, agent: str) -> bool:
    """Return whether a conversation is an agent's to answer, or to finish, right now."""
    offer, handover, wrapup = summary.offer, summary.handover, summary.wrapup
    return (
        (summary.owner == agent and summary.state == "active")
        or (offer is not None and offer.agent == agent)
        or (handover is not None and agent in (handover.from_agent, handover.agent))
        or (wrapup is not None and wrapup.agent == agent)
    )


def mine(summary: Summary, agent: str) -> bool:
    """Return whether a conversation concerns an agent right now; advice is asked of some."""
    return holds(summary, agent) or agent in summary.consulted


def in_line(summary: Summary, profile: AgentProfile) -> bool:
    """Return whether a conversation waits, for an agent or for an answer, in a line in view."""
    if summary.state not in ("waiting", "offered", "written"):
        return False
    return leads(summary, profile) or (summary.department in profile.answers_in)


def leads(summary: Summary, profile: AgentProfile) -> bool:
    """Return whether an agent leads the department that a conversation is with."""
    return profile.leads_in(summary.department)


def led(summary: Summary, profile: AgentProfile) -> bool:
    """Return whether a leader sees it among what colleagues have: alarms and silences are there."""
    return summary.state == "active" and leads(summary, profile)


def shown(summary: Summary, profile: AgentProfile) -> bool:
    """Return whether a desk shows a conversation at all."""
    return mine(summary, profile.id) or in_line(summary, profile) or led(summary, profile)


def same_rights(before: Summary, after: Summary) -> bool:
    """Return whether the same people may read a conversation in both states."""
    return _rights(before) == _rights(after)


def _rights(summary: Summary) -> tuple[object, ...]:
    return (
        summary.owner,
        summary.epoch,
        summary.department,
        summary.offer,
        summary.handover,
        summary.consulted,
        summary.glimpses,
    )
