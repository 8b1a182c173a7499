"""The agent-service's settings. See `KitSettings` for where values come from."""

from pathlib import Path
from typing import Final

from pydantic import Field
from services.door_settings import DoorSettings
from services.rate import NO_LIMIT, Limit

_ACTIONS: Final = Limit(burst=100, per_s=20)
STATIC: Final = Path(__file__).parent / "static"


class Settings(DoorSettings):
    """Frozen."""

    database_url: str
    """Role `agent_app`: may read and write the desk's tables, and change nothing about them."""
    public_origin: str = "http://localhost:8082"
    """Where browsers reach the console."""
    transcript_url: str = "http://127.0.0.1:8004"
    session_hours: float = 12
    watermark_s: float = Field(default=10, gt=0)
    """Every desk and every followed stream is read again once in so many seconds."""
    session_check_s: float = Field(default=4, gt=0)
    """How long sockets on other replicas may outlive a sign-out: 5 s with the reading."""
    directory_check_s: float = Field(default=2, gt=0)
    """How soon a change in the tables is seen; looking reads versions, not documents."""

    @property
    def actions(self) -> Limit:
        """Return how much one console may do."""
        return NO_LIMIT if self.rate_profile == "load" else _ACTIONS
