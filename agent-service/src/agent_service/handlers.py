"""What becomes of each push. Immediate: it runs on the receiving path."""

from uuid import UUID

from services.contracts import (
    RETRYABLE,
    AgentNudged,
    CommandDone,
    DirectoryChanged,
    Envelope,
    EventCommitted,
    PresenceChanged,
    Refused,
    Summary,
    SummaryChanged,
    Typing,
)
from services.contracts.wire_desk import DDone, DNudge, DTyping

from agent_service.core import view
from agent_service.core.newest import Newest
from agent_service.desk import Desk
from agent_service.directories import Directories
from agent_service.following import BUSY_RETRY_S


class Handlers:
    """Hands pushes to the consoles they concern."""

    def __init__(self, desk: Desk, directories: Directories) -> None:
        """Begin with nothing shown."""
        self._desk = desk
        self._directories = directories
        self._shown = Newest()
        """States fanned out. One comes by several topics, and may come late."""

    def on_push(self, _topic: str, envelope: Envelope) -> None:
        """Take a push that concerns a desk; others are ignored."""
        tenant = envelope.tenant
        match envelope.body:
            case EventCommitted(event=event):
                self._desk.streams.on_event(tenant, event)
                self._done(event.id)
                self._done(envelope.causation_id)
            case SummaryChanged(summary=summary):
                self._summary(envelope, summary)
                self._done(envelope.causation_id)
            case CommandDone(about=about):
                self._done(about)
            case Refused() as refused:
                self._refused(refused)
            case Typing(conversation=conversation, author=author):
                hint = DTyping(conversation=conversation, author=author)
                self._desk.streams.tell(tenant, conversation, hint)
            case PresenceChanged() as changed:
                self._desk.people.adopt(tenant, changed)
            case AgentNudged() as nudged:
                self._nudge(tenant, nudged)
            case DirectoryChanged(directory=directory):
                self._directories.heard(directory)
                # Only now does the ledger answer by the rights it gives.
                self._desk.doubt(directory)

    def _summary(self, envelope: Envelope, summary: Summary) -> None:
        self._desk.witness.see(envelope.tenant, summary, envelope.sender)
        news, before = self._shown.take(summary)
        if not news:
            return
        if before is None or not view.same_rights(before, summary):
            self._desk.streams.doubt(summary.conversation)
        self._desk.show_summary(envelope.tenant, summary)

    def _nudge(self, tenant: str, nudged: AgentNudged) -> None:
        frame = DNudge(
            conversation=nudged.conversation,
            agent=nudged.agent,
            stage=nudged.stage,
            waited_s=nudged.waited_s,
        )
        if nudged.stage == "nudge":
            for console in self._desk.consoles_of((tenant, nudged.agent)):
                console.put(frame)
        else:
            about = self._shown.of(nudged.conversation)
            self._desk.tell_leaders(tenant, about, frame)

    def _done(self, about: UUID | None) -> None:
        if (console := self._desk.asked(about)) is not None:
            console.put(DDone(id=about))

    def _refused(self, refused: Refused) -> None:
        if (console := self._desk.asked(refused.about)) is not None:
            retry_s = BUSY_RETRY_S if refused.code in RETRYABLE else None
            console.refuse(refused.code, refused.about, refused.conversation, retry_s)
