"""Settings of the two services with a door: who may come, from where, and how much at a time."""

import ipaddress
from functools import cached_property
from typing import Literal, Self

from pydantic import Field, model_validator

from services.addresses import Network, is_loopback
from services.settings import KitSettings


class DoorSettings(KitSettings):
    """The base of a door's settings."""

    allow_no_origin: bool | None = None
    """Whether a socket may come without `Origin` (no browser). None: on a loopback host only."""
    trusted_proxies: tuple[str, ...] = ()
    """Addresses or networks whose `X-Forwarded-For` counts; loopback always does."""
    hello_timeout_s: float = Field(default=5, gt=0)
    rate_profile: Literal["normal", "load"] = "normal"
    """`load` lifts every limit; only on a loopback host."""

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
