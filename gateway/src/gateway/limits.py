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
    uploads: Buckets
    """Files put into the store, by citizen."""
    addresses: Buckets
    """The same by address. Soft: a whole municipality may share one."""
    downloads: Buckets
    """Files fetched, by conversation."""
    mails: Buckets
    """Links to a copy sent by e-mail, by citizen: nobody is to be flooded with our letters."""


def limits_of(settings: GatewaySettings) -> Limits:
    """Return the limits of a profile."""
    if settings.rate_profile == "load":
        return Limits(
            messages=Buckets(NO_LIMIT),
            handshakes=Buckets(NO_LIMIT),
            frames=Buckets(NO_LIMIT),
            receipts=Buckets(NO_LIMIT),
            uploads=Buckets(NO_LIMIT),
            addresses=Buckets(NO_LIMIT),
            downloads=Buckets(NO_LIMIT),
            mails=Buckets(NO_LIMIT),
        )
    return Limits(
        messages=Buckets(Limit(settings.message_burst, settings.message_per_s)),
        handshakes=Buckets(Limit(settings.handshake_burst, settings.handshake_per_s)),
        frames=Buckets(Limit(settings.frame_burst, settings.frame_per_s)),
        receipts=Buckets(Limit(settings.receipt_burst, settings.receipt_per_s)),
        uploads=Buckets(Limit(settings.upload_burst, settings.upload_per_s)),
        addresses=Buckets(Limit(5 * settings.upload_burst, 5 * settings.upload_per_s)),
        downloads=Buckets(Limit(settings.download_burst, settings.download_per_s)),
        mails=Buckets(Limit(settings.mail_burst, settings.mail_per_s)),
    )
