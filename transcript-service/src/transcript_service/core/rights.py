"""Who may read what, who may do more than read, and who may take a conversation over.

A member of a department is who has it in the profile and works there: as an agent, a leader or a
supervisor. Archivists and administrators are members of nothing by those roles, but no wall of a
department they have stands before them.
"""

from datetime import datetime
from typing import Final

from services.contracts import AgentProfile, Stream, Summary, TenantDirectory

from transcript_service.core.state import Conversation, involved

_WORKING: Final = frozenset({"agent", "leader", "supervisor"})
_BREAKING: Final = frozenset({"leader", "supervisor", "archivist"})


def agent_may_read(
    conversation: Conversation,
    profile: AgentProfile | None,
    directory: TenantDirectory,
    now: datetime,
) -> bool:
    """Return whether an agent may read both streams of a conversation at a moment.

    Who takes part in it; an archivist, once it is closed; and for a while who broke the glass.
    """
    return profile is not None and (
        takes_part(conversation, profile, directory)
        or archives(conversation.summary, profile, directory)
        or glimpses(conversation.summary, profile, now)
    )


def takes_part(
    conversation: Conversation, profile: AgentProfile, directory: TenantDirectory
) -> bool:
    """Return whether a conversation is an agent's business: to read, and to do something about.

    Those it concerns (colleagues asked for advice too), members of its department or of the one
    asked to go on, its former owners, and supervisors; but a confidential department walls its
    conversations off from who is not of it.
    """
    summary = conversation.summary
    if profile.id in involved(conversation):
        return True
    if locked(summary):
        return _decides(conversation, profile, directory)
    if works_in(profile, summary.department):
        return True
    if summary.handover and works_in(profile, summary.handover.department):
        return True
    was_theirs = profile.id in conversation.agents or profile.leads_all
    return was_theirs and not walled_off(summary.department, profile, directory)


def locked(summary: Summary) -> bool:
    """Return whether a wish to be forgotten waits for somebody to say what the archive makes of it.

    Until then they are for those who have to say so: who had it last, who leads it, archivists.
    """
    return summary.forget_asked_at is not None and summary.archive is None


def _decides(conversation: Conversation, profile: AgentProfile, directory: TenantDirectory) -> bool:
    department = conversation.summary.department
    had_it_last = profile.id in conversation.agents[-1:]
    return leads(profile, department, directory) or (
        had_it_last and not walled_off(department, profile, directory)
    )


def archives(summary: Summary, profile: AgentProfile, directory: TenantDirectory) -> bool:
    """Return whether an archivist reads a conversation as such: closed, and behind no wall."""
    return (
        "archivist" in profile.roles
        and summary.state == "closed"
        and not walled_off(summary.department, profile, directory)
    )


def glimpses(summary: Summary, profile: AgentProfile, now: datetime) -> bool:
    """Return whether an agent broke the glass not long ago, and still has a role that may."""
    return not _BREAKING.isdisjoint(profile.roles) and any(
        glimpse.agent == profile.id and now < glimpse.until for glimpse in summary.glimpses
    )


def may_break_glass(summary: Summary, profile: AgentProfile, directory: TenantDirectory) -> bool:
    """Return whether an agent may look behind the wall that stands between: leaders of anything.

    Archivists may too, but not before it is closed.
    """
    if not walled_off(summary.department, profile, directory):
        return False
    return profile.leads or ("archivist" in profile.roles and summary.state == "closed")


def may_mask(conversation: Conversation, profile: AgentProfile, directory: TenantDirectory) -> bool:
    """Return whether an agent may have words masked: its owner, or who had it last; who leads it.

    And an archivist, once it is closed.
    """
    summary = conversation.summary
    owner = conversation.agents[-1:] if summary.state == "closed" else (summary.owner,)
    return (
        (profile.id in owner and takes_part(conversation, profile, directory))
        or leads(profile, summary.department, directory)
        or archives(summary, profile, directory)
    )


def works_in(profile: AgentProfile, department_id: str) -> bool:
    """Return whether an agent is a member of a department in a role that works there."""
    return department_id in profile.departments and not _WORKING.isdisjoint(profile.roles)


def leads(profile: AgentProfile, department_id: str, directory: TenantDirectory) -> bool:
    """Return whether an agent leads a department's conversations: behind a wall only from inside.

    A supervisor leads every department, but what a wall hides from one cannot be led by them.
    """
    return profile.leads_in(department_id) and not walled_off(department_id, profile, directory)


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

    From the line: its department, the first line and who leads it. From a colleague: who leads it
    alone; being asked by a pending hand-over is an offer to accept, not a right to take. Into a
    confidential department nobody reaches from outside, supervisors neither.
    """
    if walled_off(summary.department, profile, directory):
        return False
    if leads(profile, summary.department, directory):
        return True
    if summary.state == "active":
        return False
    return works_in(profile, summary.department) or works_in(profile, directory.first_line)


def lines_in_view(profile: AgentProfile) -> tuple[list[str] | None, list[str] | None]:
    """Return the departments whose lines a desk shows, and those of whom it shows all.

    None is all of them, walled off or not: a line is without words.
    """
    if profile.leads_all:
        return None, None
    member = [of for of in profile.departments if works_in(profile, of)]
    return member, [of for of in member if profile.leads_in(of)]


def departments_led(profile: AgentProfile, directory: TenantDirectory) -> list[str]:
    """Return the departments whose board an agent sees, in the set-up's order."""
    return [of.id for of in directory.departments if profile.leads_in(of.id)]
