"""The agent-service's settings."""

from ipaddress import ip_address
from pathlib import Path

from services.settings import KitSettings

STATIC = Path(__file__).parent / "static"


class Settings(KitSettings):
    """Frozen."""

    database_url: str
    """Role `agent_app`: may read and write the desk's tables, and change nothing about them."""
    public_origin: str = "http://localhost:8082"
    """Where browsers reach the console."""
    transcript_url: str = "http://127.0.0.1:8004"
    allow_no_origin: bool | None = None
    """Let in clients that send no Origin (programs). None: only when listening on loopback."""
    session_hours: float = 12

    @property
    def origin_needed(self) -> bool:
        """Whether a client must send an Origin."""
        loopback = self.http_host == "localhost" or ip_address(self.http_host).is_loopback
        return not (loopback if self.allow_no_origin is None else self.allow_no_origin)
