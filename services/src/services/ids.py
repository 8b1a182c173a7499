"""New ids: UUIDv7, so that they sort by the time they were made."""

from uuid import UUID

import uuid_utils


def new_id() -> UUID:
    """Return a new UUIDv7 as the standard library's type."""
    return UUID(int=uuid_utils.uuid7().int)
