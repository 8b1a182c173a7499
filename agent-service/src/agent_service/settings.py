"""The agent-service's settings. See `KitSettings` for where values come from."""

from pathlib import Path
from typing import Final, Self

from pydantic import Field, model_validator
from services.contracts.model import Id
from services.door_settings import DoorSettings
from services.rate import NO_LIMIT, Limit

from agent_service.oidc.settings import Provider

_ACTIONS: Final = Limit(burst=100, per_s=20)
STATIC: Final = Path(__file__).parent / "static"


class Settings(DoorSettings):
    """Frozen."""

    database_url: str
    """Role `agent_app`: may read and write the desk's tables, and change nothing about them."""
    public_origin: str = "http://localhost:8082"
    """Where browsers reach the console."""
    transcript_url: str = "http://127.0.0.1:8004"
    router_url: str = "http://127.0.0.1:8005"
    """Asked why an enquiry waits, and what is wrong with a set-up."""
    chat_origin: str = "http://localhost:8081"
    """Where citizens reach the chat: links to answers lead there."""
    smtp_url: str = Field(default="", repr=False)
    """`smtp://[user:password@]host[:port]` or `smtps://…`. Empty: e-mails are held until it is."""
    mail_from: str = ""
    alert_check_s: float = Field(default=5, gt=0)
    """How soon an alert another replica took is seen; one's own is seen at once."""
    session_hours: float = Field(default=12, gt=0)
    """From the sign-in, and again from each time somebody extends it."""
    session_warn_s: float = Field(default=600, ge=20)
    """How long before its end one is warned; WCAG 2.2.1 asks for 20 s at the least."""
    session_total_hours: dict[Id, float] = Field(default_factory=dict)
    """The most from sign-in to end, at tenants whose own rules ask for a limit. Elsewhere it may be
    extended again and again."""
    watermark_s: float = Field(default=10, gt=0)
    """Every desk and every followed stream is read again once in so many seconds."""
    session_check_s: float = Field(default=4, gt=0)
    """How long sockets on other replicas may outlive a sign-out: 5 s with the reading."""
    directory_check_s: float = Field(default=2, gt=0)
    """How soon a change in the tables is seen; looking reads versions, not documents."""
    oidc: tuple[Provider, ...] = Field(default=(), repr=False)
    """Where people sign in."""
    local_accounts_off: tuple[Id, ...] = ()
    """Tenants where nobody signs in by a password kept here."""

    @model_validator(mode="after")
    def _mail_has_a_sender(self) -> Self:
        if self.smtp_url and "@" not in self.mail_from:
            raise ValueError("PREK_SMTP_URL needs a PREK_MAIL_FROM")
        return self

    @model_validator(mode="after")
    def _providers_differ(self) -> Self:
        if len({each.key for each in self.oidc}) < len(self.oidc):
            raise ValueError("PREK_OIDC names a provider twice")
        return self

    @model_validator(mode="after")
    def _totals_hold_a_session(self) -> Self:
        if any(hours < self.session_hours for hours in self.session_total_hours.values()):
            raise ValueError("PREK_SESSION_TOTAL_HOURS is less than PREK_SESSION_HOURS")
        return self

    @property
    def actions(self) -> Limit:
        """Return how much one console may do."""
        return NO_LIMIT if self.rate_profile == "load" else _ACTIONS
