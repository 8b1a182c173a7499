"""`python -m transcript_service migrate`: bring the ledger's tables up to date, as their owner."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from services.settings import KitSettings


class MigrateSettings(KitSettings):
    """What migrating needs."""

    amqp_url: str = ""
    migrate_url: str


def migrate(step: str = "head") -> None:
    """Run every migration that is missing, up to a step."""
    url = MigrateSettings().migrate_url
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["url"] = url.replace("postgresql://", "postgresql+asyncpg://", 1)
    command.upgrade(config, step)
