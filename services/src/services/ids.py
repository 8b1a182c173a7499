"""New ids: UUIDv7, so that they sort by the time they were made."""

from uuid import UUID

import uuid_utils

NAMESPACE = UUID("6b0f8f0e-3c57-5d1b-9a53-70a1c0de0001")
"""Root of ids derived from something that has no UUID of its own."""


def new_id() -> UUID:
    """Return a new UUIDv7 as the standard library's type."""
    return UUID(int=uuid_utils.uuid7().int)
