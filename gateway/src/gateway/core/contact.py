"""Where a citizen wants a written answer: is it an e-mail address, is it a telephone number?

Only the form is looked at. Whether anyone reads there is found out by answering.
"""

import re
import unicodedata
from typing import Final

from services.contracts import AnswerBy
from services.masking import mask

MAX_EMAIL: Final = 254
"""Octets (RFC 5321)."""

# Nothing that could end a header, name a second receiver, or bear a name beside the address.
# The ledger is as strict: what passes here is not refused there (tests/test_contacts_agree.py).
_ATOM = r"[\w!#$%&'*+/=?^`{|}~-]+"
_LOCAL = rf"{_ATOM}(?:\.{_ATOM})*"
MAX_LOCAL: Final = 64
"""Octets before the @ (RFC 5321)."""
_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_EMAIL = re.compile(
    rf"{_LOCAL}@(?:{_LABEL}\.)+(?:xn--[a-z0-9-]{{2,59}}|[^\W\d_]{{2,63}})", re.IGNORECASE
)
_BETWEEN_DIGITS = re.compile(r"[\s.()/\-\u2010-\u2015\u2212\u00ad\u200b]+")
_PHONE = re.compile(r"[2-9]\d{7}|\+[1-9]\d{6,14}|00[1-9]\d{6,12}", re.ASCII)


class ContactError(ValueError):
    """No way to reach anyone. Its text quotes nothing."""


def contact_of(answer_by: AnswerBy, contact: str | None) -> str | None:
    """Return the contact in its plain form; None where the citizen comes for the answer.

    A number that must not pass is no contact, and a text with one in it is refused as a whole.

    Raises:
        ContactError: it has not the form of what `answer_by` needs.
    """
    if answer_by == "receipt":
        return None
    plain = unicodedata.normalize("NFKC", contact or "").strip()
    kinds = mask(plain).kinds
    if answer_by == "phone":
        plain = _BETWEEN_DIGITS.sub("", plain)
        # A long number of another country may look like a card's: only the form decides there.
        kinds = tuple(kind for kind in kinds if kind == "national_id")
    form = _PHONE if answer_by == "phone" else _EMAIL
    if kinds or not form.fullmatch(plain) or _too_long(plain):
        raise ContactError("contact_invalid")
    return plain


def _too_long(plain: str) -> bool:
    local, _, _ = plain.rpartition("@")
    return len(plain.encode()) > MAX_EMAIL or len(local.encode()) > MAX_LOCAL
