"""What the door can be told. See `KitSettings` for where values come from."""

import ipaddress
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_settings import SettingsConfigDict
from services.addresses import Network, is_loopback
from services.settings import KitSettings

from gateway.core.origins import check_origin

Origin = Annotated[str, AfterValidator(check_origin)]


class GatewaySettings(KitSettings):
    """Settings of one gateway process."""

    # An error in a setting must not print the others, which hold keys.
    model_config = SettingsConfigDict(hide_input_in_errors=True)

    public_origin: Origin = "http://localhost:8000"
    """Where browsers reach the widget's frame and its socket."""
    page_origins: tuple[Origin, ...] = ()
    """Host pages that may embed the widget, besides those in the tenants' directories."""
    allow_no_origin: bool | None = None
    """Whether a socket may come without `Origin` (no browser). None: on a loopback host only."""
    trusted_proxies: tuple[str, ...] = ()
    """Addresses or networks whose `X-Forwarded-For` counts; loopback always does."""
    transcript_url: str = "http://127.0.0.1:8003"
    docs_dir: Path | None = None
    """Folder with the generated protocol documents."""
    demo_tenant: str = "sarpsborg"
    max_sockets: int = 5_000
    hello_timeout_s: float = 5
    tail_s: float = Field(default=10, gt=0)
    """Every open conversation's tail is read once in so many seconds."""

    rate_profile: Literal["normal", "load"] = "normal"
    """`load` lifts every limit; only on a loopback host."""
    message_burst: float = 20
    message_per_s: float = 2
    handshake_burst: float = 30
    handshake_per_s: float = 1
    frame_burst: float = 200
    frame_per_s: float = 50

    @model_validator(mode="after")
    def _load_profile_stays_home(self) -> Self:
        if self.rate_profile == "load" and not is_loopback(self.http_host):
            raise ValueError("PREK_RATE_PROFILE=load needs a loopback PREK_HTTP_HOST")
        return self

    @property
    def no_origin_allowed(self) -> bool:
        """Whether a client without `Origin` may come in."""
        if self.allow_no_origin is not None:
            return self.allow_no_origin
        return is_loopback(self.http_host)

    @cached_property
    def proxies(self) -> tuple[Network, ...]:
        """Return the networks of trusted proxies."""
        return tuple(ipaddress.ip_network(text, strict=False) for text in self.trusted_proxies)
