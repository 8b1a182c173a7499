"""`python -m agent_service identities --identities-in FILE`: who is who at a provider.

Needed only where a provider's name of a person (the `person_claim`) is not the agent's id. The
file is a JSON list; the providers named in it get these people and no others:

    [{"tenant": "sarpsborg", "provider": "entra",
      "person": "11111111-2222-3333-4444-555555555555", "agent": "kari"}]
"""

from pathlib import Path

from pydantic import TypeAdapter

from agent_service.oidc.rows import Identity, OidcRows
from agent_service.settings import Settings

_FILE: TypeAdapter[list[Identity]] = TypeAdapter(list[Identity])


def read_identities(file: Path) -> list[Identity]:
    """Return the identities of a file.

    Raises:
        ValueError: it is no such list.
    """
    return _FILE.validate_json(file.read_text("utf-8"))


async def replace_identities(settings: Settings, identities: list[Identity]) -> None:
    """Carry the verb out."""
    rows = OidcRows(settings.database_url, settings.signing_key)
    try:
        await rows.replace_identities(identities)
    finally:
        await rows.stop()
