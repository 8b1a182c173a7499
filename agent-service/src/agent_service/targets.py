"""`python -m agent_service targets --targets-in FILE`: whom alerts go to.

The file is a JSON list of `agent_service.alerts.Target`. The tenants named in it get these targets
and no others:

    [{"tenant": "sarpsborg", "department": "byggesak-plan", "stage": "department",
      "kind": "email", "address": "byggesak@kommune.example"}]

`department` is `*` (every one) when it is left out; `stage` is `department` or `leader`; a webhook
needs a `secret` of at least 16 characters.
"""

from pathlib import Path

from pydantic import TypeAdapter

from agent_service.alerts import Target
from agent_service.postgres_alerts import PostgresAlerts
from agent_service.settings import Settings
from agent_service.webhooks import allowed

_FILE: TypeAdapter[list[Target]] = TypeAdapter(list[Target])


def read_targets(file: Path) -> list[Target]:
    """Return the targets of a file.

    Raises:
        ValueError: it is no such list, or names an address alerts may not go to.
    """
    targets = _FILE.validate_json(file.read_text("utf-8"))
    if any(target.kind == "webhook" and not allowed(target.address) for target in targets):
        raise ValueError("webhook_must_be_https")
    return targets


async def replace_targets(settings: Settings, targets: list[Target]) -> None:
    """Carry the verb out."""
    alerts = PostgresAlerts(settings.database_url)
    try:
        await alerts.replace_targets(targets)
    finally:
        await alerts.stop()
