"""Routing by what an enquiry seems to be about."""

from collections.abc import Iterator

from services.contracts import SetTopic, derived_id

from router.core.decision import Decision
from router.core.routes import Roster
from router.core.suggestion import suggested
from router.core.view import View


def topics(view: View, roster: Roster) -> Iterator[Decision]:
    """Yield the topics to set."""
    for summary in view.line.conversations:
        topic = suggested(summary, roster)
        if topic:
            command = SetTopic(conversation=summary.conversation, topic=topic)
            name = f"topic:{topic}"
            yield Decision(derived_id(summary.conversation, name), command, summary.version)
