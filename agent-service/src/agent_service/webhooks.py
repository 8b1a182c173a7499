"""Alerts and milestones as signed JSON over HTTPS: to a messenger, a pager, another system."""

import hashlib
import hmac
from typing import Final
from urllib.parse import urlsplit

import httpx
import structlog
from services.addresses import is_loopback
from services.clock import Clock

from agent_service.alerts import Alert, Handing, Outcome
from agent_service.writing import Writer

log = structlog.get_logger()

TIMEOUT_S = 10.0
_ID: Final = {False: "Prek-Alert", True: "Prek-Event"}
"""The header with the id: the same each time it is sent."""


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Return what proves that we sent a body then: HMAC-SHA256 of `<timestamp>.<body>`."""
    signed = timestamp.encode() + b"." + body
    return f"sha256={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}"


def allowed(url: str) -> bool:
    """Return whether alerts may go there: over HTTPS, or to this machine."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    return bool(host) and (
        parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))
    )


class Webhooks:
    """Posts alerts."""

    def __init__(self, http: httpx.AsyncClient, writer: Writer, clock: Clock) -> None:
        """Post over `http`, which follows no redirects."""
        self._http = http
        self._writer = writer
        self._clock = clock

    attempt_s: Final = 30.0

    async def send(self, alert: Alert, _handing: Handing) -> Outcome:
        """See `Channel.send`."""
        if not allowed(alert.address) or not alert.secret:
            return Outcome.NEVER  # such a target is gone, or was never one
        body = self._writer.document(alert)
        timestamp = str(int(self._clock().timestamp()))
        headers = {
            "Content-Type": "application/json",
            _ID[alert.matter.about == "milestone"]: str(alert.id),
            "Prek-Timestamp": timestamp,
            "Prek-Signature": signature(alert.secret, timestamp, body),
        }
        try:
            answer = await self._http.post(
                alert.address,
                content=body,
                headers=headers,
                timeout=TIMEOUT_S,
                follow_redirects=False,
            )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            log.warning("webhook_not_reached", error=type(error).__name__)
            return Outcome.LATER
        if answer.is_success:
            return Outcome.SENT
        return Outcome.NEVER if answer.status_code == httpx.codes.GONE else Outcome.LATER
