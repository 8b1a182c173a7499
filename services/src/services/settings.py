"""Settings every service has. From `PREK_…` variables, or files `prek_…` in `PREK_SECRETS_DIR`."""

import os
import secrets
from typing import Any

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.log import LogFormat


class KitSettings(BaseSettings):
    """The base of each service's settings. Frozen; units are in the names."""

    # An error would quote all that was read, the passwords too.
    model_config = SettingsConfigDict(
        env_prefix="PREK_", frozen=True, extra="ignore", hide_input_in_errors=True
    )

    amqp_url: str
    redis_url: str = "redis://127.0.0.1:6379/0"
    http_host: str = "127.0.0.1"
    http_port: int = 8000
    instance: str = Field(default_factory=lambda: secrets.token_hex(4))
    log_format: LogFormat = "json"
    signing_key: str = Field(default="", repr=False)
    """Shared by gateway, agent-service and transcript-service; at least 32 characters."""
    drain_timeout_s: float = 10

    def __init__(self, **values: Any) -> None:
        """Read the environment, then the secrets folder when one is named."""
        super().__init__(_secrets_dir=os.environ.get("PREK_SECRETS_DIR"), **values)
