"""The secret of a receipt, which together with its number opens a written answer.

It is computed, never kept: 80 bits of a keyed digest, in letters that people can read out and
type. Crockford's alphabet has no I, L, O and U; what is typed so is read as meant.
"""

import hashlib
import hmac
import re
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_BITS, _PER_LETTER, _GROUP = 80, 5, 4
_NUMBER_LETTERS: Final = 8
"""Letters of a receipt's number after those of the tenant, which are as they are."""
_MEANT = str.maketrans("OIL", "011")
_NO_LETTER = re.compile(r"[^0-9A-Z]")


def secret_of(key: str, tenant: str, receipt: str) -> str:
    """Return the secret of a receipt: four groups of four letters.

    Args:
        key: the signing key of the services.
        tenant: whose receipt it is.
        receipt: its number as the ledger wrote it.
    """
    digest = hmac.digest(key.encode(), f"{tenant}|{receipt}".encode(), hashlib.sha256)
    return _grouped(_letters(int.from_bytes(digest[: _BITS // 8])))


def opens(key: str, tenant: str, receipt: str, secret: str) -> bool:
    """Return whether a secret, as somebody typed it, is that of a receipt.

    How long it takes does not tell how much of it was right.
    """
    expected = secret_of(key, tenant, receipt)
    return hmac.compare_digest(expected.encode(), _typed(secret).encode())


def number_of(typed: str) -> str:
    """Return a receipt's number as the ledger writes it, from what somebody typed."""
    plain = _NO_LETTER.sub("", typed.upper())
    place, number = plain[:-_NUMBER_LETTERS], plain[-_NUMBER_LETTERS:].translate(_MEANT)
    return f"{place}-{_grouped(number)}"


def _typed(secret: str) -> str:
    return _grouped(_NO_LETTER.sub("", secret.upper()).translate(_MEANT))


def _letters(number: int) -> str:
    shifts = range(_BITS - _PER_LETTER, -1, -_PER_LETTER)
    return "".join(ALPHABET[number >> shift & 31] for shift in shifts)


def _grouped(letters: str) -> str:
    return "-".join(letters[at : at + _GROUP] for at in range(0, len(letters), _GROUP))
