"""What a conversation is about, and which department that leads to."""

from services.contracts import Refusal, SetTopic, TenantDirectory, TopicSet

from transcript_service.core.change import Change


def department_of(directory: TenantDirectory, topic_id: str | None) -> str | None:
    """Return the department a topic leads to straight, or None: the first line answers first."""
    topic = directory.topic(topic_id)
    return topic.department if topic and directory.leads_straight(topic) else None


def set_topic(change: Change, command: SetTopic) -> Refusal | None:
    """Say what it is about. Nobody's yet, it also goes to where its topic leads straight."""
    if change.directory.topic(command.topic) is None:
        return Refusal.TOPIC_UNKNOWN
    summary = change.summary
    department = summary.department
    if summary.state in ("waiting", "written"):
        department = department_of(change.directory, command.topic) or department
    if (command.topic, department) != (summary.topic, summary.department):
        change.set(topic=command.topic, department=department)
        change.note(TopicSet(topic=command.topic, department=department))
    return None
