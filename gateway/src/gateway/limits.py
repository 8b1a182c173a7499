"""How much one citizen, one socket and one address may do, from the settings."""

from dataclasses import dataclass

from gateway.core.rate import Buckets, Rate
from gateway.settings import GatewaySettings


@dataclass(frozen=True, slots=True)
class Limits:
    """The buckets of one process."""

    messages: Buckets
    """Actions, by citizen."""
    handshakes: Buckets
    """New sockets, by address. Soft: a whole municipality may share one address."""
    frames: Buckets
    """Frames of every kind, by socket."""


def limits_of(settings: GatewaySettings) -> Limits:
    """Return the limits of a profile."""
    if settings.rate_profile == "load":
        return Limits(Buckets(None), Buckets(None), Buckets(None))
    return Limits(
        messages=Buckets(Rate(settings.message_burst, settings.message_per_s)),
        handshakes=Buckets(Rate(settings.handshake_burst, settings.handshake_per_s)),
        frames=Buckets(Rate(settings.frame_burst, settings.frame_per_s)),
    )
