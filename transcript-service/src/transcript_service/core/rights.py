"""Who may read what, and who may take a conversation over."""

from services.contracts import AgentProfile, Stream, Summary, TenantDirectory

from transcript_service.core.state import Conversation, involved


def agent_may_read(
    conversation: Conversation, profile: AgentProfile | None, directory: TenantDirectory
) -> bool:
    """Return whether an agent may read both streams of a conversation.

    Those it concerns (colleagues asked for advice too), members of its department or of the one
    asked to go on, and its former owners; but a confidential department walls its conversations
    off from who is not of it.
    """
    if profile is None:
        return False
    summary = conversation.summary
    if profile.id in involved(conversation) or summary.department in profile.departments:
        return True
    if summary.handover and summary.handover.department in profile.departments:
        return True
    return profile.id in conversation.agents and not walled_off(
        summary.department, profile, directory
    )


def walled_off(department_id: str, profile: AgentProfile, directory: TenantDirectory) -> bool:
    """Return whether a department is confidential and the agent is not of it."""
    outside = department_id not in profile.departments
    return outside and is_confidential(department_id, directory)


def is_confidential(department_id: str, directory: TenantDirectory) -> bool:
    """Return whether a department walls its conversations off."""
    department = directory.department(department_id)
    return department is not None and department.confidential


def citizen_may_read(conversation: Conversation, sender: str, stream: Stream) -> bool:
    """Return whether a citizen may read a stream: their own conversation, never the desk's."""
    return conversation.citizen == sender and stream.startswith("dialogue")


def may_take_over(summary: Summary, profile: AgentProfile, directory: TenantDirectory) -> bool:
    """Return whether an agent may take this conversation, apart from capacity.

    From the line: its department, the first line and leaders. From a colleague: leaders alone;
    being asked by a pending hand-over is an offer to accept, not a right to take. Into a
    confidential department nobody reaches from outside, leaders neither.
    """
    if walled_off(summary.department, profile, directory):
        return False
    if profile.leads:
        return True
    if summary.state == "active":
        return False
    return not {summary.department, directory.first_line}.isdisjoint(profile.departments)


def lines_in_view(profile: AgentProfile) -> list[str] | None:
    """Return the departments whose lines an agent's desk shows; None is all of them."""
    return None if profile.leads else list(profile.departments)
