"""From the queue of alerts to the table: each message becomes one alert per address, once."""

from collections.abc import Sequence

import structlog
from services.contracts import (
    AnswerReady,
    CopyReady,
    DepartmentAlerted,
    Envelope,
    MilestoneReached,
    derived_id,
)
from services.errors import ContractViolation
from services.inbox import Result

from agent_service.alerts import Addressee, Alerts, State
from agent_service.core import matters
from agent_service.core.matters import Matter
from agent_service.metrics import ALERTS
from agent_service.sending import Sender

log = structlog.get_logger()


class Alerting:
    """Handles `topology.ALERTS`."""

    def __init__(self, alerts: Alerts, sender: Sender) -> None:
        """Keep what is to be told in `alerts`, for `sender` to send."""
        self._alerts = alerts
        self._sender = sender

    async def handle(self, envelopes: Sequence[Envelope]) -> list[Result]:
        """Keep each message's alerts before it is acknowledged; nothing else follows.

        Raises:
            Transient: the database is away.
            ContractViolation: it is no message for this queue.
        """
        for envelope in envelopes:
            await self._keep(envelope)
        self._sender.wake()
        return [[] for _ in envelopes]

    async def _keep(self, envelope: Envelope) -> None:
        match envelope.body:
            case DepartmentAlerted() as body:
                await self._tell_targets(envelope, matters.alerted(body, envelope.time))
            case AnswerReady(answer_by="email", contact=contact) as body:
                citizen = Addressee("email", contact) if contact else None
                await self._add(envelope, matters.answered(body, envelope.time), citizen)
            case CopyReady(contact=contact) as body:
                reader = Addressee("email", contact)
                await self._add(envelope, matters.copied(body, envelope.time), reader)
            case MilestoneReached(milestone=milestone) as body:
                for hook in await self._alerts.hooks(envelope.tenant, milestone):
                    await self._add(envelope, matters.reached(body), hook)
            case AnswerReady():
                pass  # who wanted a call has had it, and the others come with their receipt
            case body:
                raise ContractViolation(body.type)

    async def _tell_targets(self, envelope: Envelope, matter: Matter) -> None:
        targets = await self._alerts.targets(envelope.tenant, matter.department, matter.stage)
        if not targets:
            log.warning(
                "nobody_to_alert",
                tenant=envelope.tenant,
                department=matter.department,
                stage=matter.stage,
                about=matter.about,
            )
        addressees: list[Addressee | None] = [*targets] or [None]
        for target in addressees:
            await self._add(envelope, matter, target)

    async def _add(self, envelope: Envelope, matter: Matter, addressee: Addressee | None) -> None:
        state: State = "untold"
        if addressee is not None:
            state = "due" if self._sender.can(addressee.kind) else "held"
        name = f"{addressee.kind}:{addressee.address}" if addressee else "nobody"
        if addressee is not None and addressee.hook is not None:
            name = f"hook:{addressee.hook}"
        # One id per message and address: delivered again, nothing is told twice.
        alert = derived_id(envelope.id, name)
        if await self._alerts.add(alert, envelope.tenant, matter, addressee, state) and (
            state != "due"
        ):
            ALERTS.labels(addressee.kind if addressee else "none", state).inc()
