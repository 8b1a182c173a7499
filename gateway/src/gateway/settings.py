"""What the door can be told. See `KitSettings` for where values come from."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field
from services.door_settings import DoorSettings

from gateway.core.origins import check_origin

Origin = Annotated[str, AfterValidator(check_origin)]


class GatewaySettings(DoorSettings):
    """Settings of one gateway process."""

    public_origin: Origin = "http://localhost:8000"
    """Where browsers reach the widget's frame and its socket."""
    page_origins: tuple[Origin, ...] = ()
    """Host pages that may embed the widget, besides those in the tenants' directories."""
    transcript_url: str = "http://127.0.0.1:8003"
    docs_dir: Path | None = None
    """Folder with the generated protocol documents."""
    demo_tenant: str = "sarpsborg"
    max_sockets: int = 5_000
    tail_s: float = Field(default=10, gt=0)
    """Every open conversation's tail is read once in so many seconds."""

    message_burst: float = 20
    message_per_s: float = 2
    handshake_burst: float = 30
    handshake_per_s: float = 1
    frame_burst: float = 200
    frame_per_s: float = 50
    receipt_burst: float = 20
    receipt_per_s: float = 0.2
    upload_burst: float = 10
    upload_per_s: float = 0.2
    download_burst: float = 60
    download_per_s: float = 2
    mail_burst: float = 3
    mail_per_s: float = 3 / 3600
