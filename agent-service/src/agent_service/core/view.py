"""What an agent's desk shows: own conversations, and the lines the agent answers."""

from services.contracts import AgentProfile, Summary


def mine(summary: Summary, agent: str) -> bool:
    """Return whether a conversation concerns an agent right now."""
    offer, handover, wrapup = summary.offer, summary.handover, summary.wrapup
    return (
        (summary.owner == agent and summary.state == "active")
        or (offer is not None and offer.agent == agent)
        or (handover is not None and agent in (handover.from_agent, handover.agent))
        or (wrapup is not None and wrapup.agent == agent)
    )


def in_line(summary: Summary, profile: AgentProfile) -> bool:
    """Return whether a waiting conversation is in a line the agent may see."""
    if summary.state not in ("waiting", "offered"):
        return False
    leads = not {"leader", "admin"}.isdisjoint(profile.roles)
    return leads or summary.department in profile.departments


def shown(summary: Summary, profile: AgentProfile) -> bool:
    """Return whether a desk shows a conversation at all."""
    return mine(summary, profile.id) or in_line(summary, profile)


def same_rights(before: Summary, after: Summary) -> bool:
    """Return whether the same people may read a conversation in both states."""
    return (before.owner, before.epoch, before.department, before.offer, before.handover) == (
        after.owner,
        after.epoch,
        after.department,
        after.offer,
        after.handover,
    )
