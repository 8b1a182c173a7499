"""What a conversation is about, and which department that leads to."""

from services.contracts import Refusal, RoutingPlan, SetTopic, TenantDirectory, Topic, TopicSet

from transcript_service.core.change import Change


def department_of(directory: TenantDirectory, topic_id: str | None) -> str | None:
    """Return the department a topic leads to straight, or None: the first line answers first.

    The topic's routing plan decides; where it leaves that open, the topic itself.
    """
    topic = directory.topic(topic_id)
    if topic is None:
        return None
    plan = _plan(directory, topic)
    direct = topic.direct if plan is None or plan.direct is None else plan.direct
    return topic.department if direct else None


def _plan(directory: TenantDirectory, topic: Topic) -> RoutingPlan | None:
    named = (plan for plan in directory.plans if topic.id in plan.topics)
    others = (plan for plan in directory.plans if not plan.topics)
    return next(named, None) or next(others, None)


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
