"""Receipt numbers of written questions: derived, so that they are the same whoever decides."""

import hashlib
from collections.abc import Mapping
from typing import Final
from uuid import UUID

_DIGITS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no letter that is taken for a digit."""
_GROUP: Final = 4
_LENGTHS: Final = (2, 3, 4)
"""Groups of digits, from the shortest number on: 40, 60 and 80 bits."""
_LETTERS: Final = 2


def candidates(tenant: str, conversation: UUID) -> tuple[str, ...]:
    """Return the numbers a conversation may be given, shortest first: `SA-7K3M-Q0ZX`."""
    digest = hashlib.sha256(f"{tenant}|{conversation}".encode()).digest()
    bits = int.from_bytes(digest, "big")
    digits = [_DIGITS[(bits >> 5 * n) % 32] for n in range(_GROUP * _LENGTHS[-1])]
    groups = ["".join(digits[n : n + _GROUP]) for n in range(0, len(digits), _GROUP)]
    letters = "".join(letter for letter in tenant if letter.isalpha())[:_LETTERS]
    head = letters.upper().ljust(_LETTERS, "X")
    return tuple("-".join((head, *groups[:length])) for length in _LENGTHS)


def receipt(tenant: str, conversation: UUID, given: Mapping[str, UUID]) -> str:
    """Return the shortest number that no other conversation was given."""
    numbers = candidates(tenant, conversation)
    free = (number for number in numbers if given.get(number, conversation) == conversation)
    return next(free, numbers[-1])
