"""The agent-service's settings. See `KitSettings` for where values come from."""

import ipaddress
from functools import cached_property
from pathlib import Path
from typing import Final, Literal, Self

from pydantic import Field, model_validator
from pydantic_settings import SettingsConfigDict
from services.addresses import Network, is_loopback
from services.rate import Limit
from services.settings import KitSettings

_ACTIONS: Final = Limit(burst=100, per_s=20)
_NO_LIMIT: Final = Limit(burst=1e12, per_s=1e12)
STATIC: Final = Path(__file__).parent / "static"


class Settings(KitSettings):
    """Frozen."""

    # An error in a setting must not print the others, which hold keys.
    model_config = SettingsConfigDict(hide_input_in_errors=True)

    database_url: str
    """Role `agent_app`: may read and write the desk's tables, and change nothing about them."""
    public_origin: str = "http://localhost:8082"
    """Where browsers reach the console."""
    transcript_url: str = "http://127.0.0.1:8004"
    allow_no_origin: bool | None = None
    """Let in clients that send no Origin (programs). None: only when listening on loopback."""
    trusted_proxies: tuple[str, ...] = ()
    """Addresses or networks whose `X-Forwarded-For` counts; loopback always does."""
    session_hours: float = 12
    hello_timeout_s: float = 5
    watermark_s: float = Field(default=10, gt=0)
    """Every desk and every followed stream is read again once in so many seconds."""
    session_check_s: float = Field(default=4, gt=0)
    """How long sockets on other replicas may outlive a sign-out: 5 s with the reading."""
    directory_check_s: float = Field(default=2, gt=0)
    """How soon a change in the tables is seen; looking reads versions, not documents."""

    rate_profile: Literal["normal", "load"] = "normal"
    """`load` lifts the limit on actions; only on a loopback host."""

    @model_validator(mode="after")
    def _load_profile_stays_home(self) -> Self:
        if self.rate_profile == "load" and not is_loopback(self.http_host):
            raise ValueError("PREK_RATE_PROFILE=load needs a loopback PREK_HTTP_HOST")
        return self

    @property
    def actions(self) -> Limit:
        """Return how much one console may do."""
        return _NO_LIMIT if self.rate_profile == "load" else _ACTIONS

    @property
    def origin_needed(self) -> bool:
        """Whether a client must send an Origin."""
        allowed = self.allow_no_origin
        return not (is_loopback(self.http_host) if allowed is None else allowed)

    @cached_property
    def proxies(self) -> tuple[Network, ...]:
        """Return the networks of trusted proxies."""
        return tuple(ipaddress.ip_network(text, strict=False) for text in self.trusted_proxies)
