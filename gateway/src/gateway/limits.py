"""How much one citizen, one socket and one address may do, from the settings."""

from dataclasses import dataclass

from services.rate import NO_LIMIT, Buckets, Limit

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
    receipts: Buckets
    """Tries to open a receipt, by address."""


def limits_of(settings: GatewaySettings) -> Limits:
    """Return the limits of a profile."""
    if settings.rate_profile == "load":
        return Limits(
            messages=Buckets(NO_LIMIT),
            handshakes=Buckets(NO_LIMIT),
            frames=Buckets(NO_LIMIT),
            receipts=Buckets(NO_LIMIT),
        )
    return Limits(
        messages=Buckets(Limit(settings.message_burst, settings.message_per_s)),
        handshakes=Buckets(Limit(settings.handshake_burst, settings.handshake_per_s)),
        frames=Buckets(Limit(settings.frame_burst, settings.frame_per_s)),
        receipts=Buckets(Limit(settings.receipt_burst, settings.receipt_per_s)),
    )
