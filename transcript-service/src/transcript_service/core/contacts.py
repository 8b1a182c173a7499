"""Whether a text may be an e-mail address or a telephone number. Only using it tells more."""

import re
from typing import Final

from services.contracts import AnswerBy

_LOCAL: Final = 64
_ADDRESS: Final = 254
"""Longest part before the @, and longest address, in octets (RFC 5321 section 4.5.3.1)."""
_ATOMS: Final = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*")
"""Letters of any script, digits, and what RFC 5322 lets stand unquoted."""
_LABEL: Final = re.compile(r"[^\W_]([\w-]{0,61}[^\W_])?")
_TOP_LEVEL: Final = re.compile(r"[^\W\d_]{2,63}|xn--[a-z0-9-]{2,59}", re.IGNORECASE)
_TELEPHONE: Final = re.compile(r"\+?[0-9 ]+")
_FEWEST_DIGITS, _MOST_DIGITS = 5, 15


def contact_for(answer_by: AnswerBy, contact: str | None) -> str | None:
    """Return a contact as it is kept: without space around it, none where none is needed.

    Raises:
        ValueError: an answer by this way cannot reach anybody there.
    """
    given = as_kept(answer_by, contact)
    if given is None:
        if answer_by != "receipt":
            raise ValueError(answer_by)
    elif not (_is_email(given) if answer_by == "email" else _is_telephone(given)):
        raise ValueError(answer_by)
    return given


def as_kept(answer_by: AnswerBy, contact: str | None) -> str | None:
    """Return the same without asking whether it can be one."""
    return None if answer_by == "receipt" or contact is None else contact.strip()


def _is_email(text: str) -> bool:
    """Return whether somebody's mail may go there: one unquoted address at a domain by name."""
    local, at, domain = text.rpartition("@")
    if not at or len(text.encode()) > _ADDRESS or len(local.encode()) > _LOCAL:
        return False
    labels = domain.split(".")
    return (
        _ATOMS.fullmatch(local) is not None
        and len(labels) > 1
        and all(_LABEL.fullmatch(label) for label in labels)
        and _TOP_LEVEL.fullmatch(labels[-1]) is not None
    )


def _is_telephone(text: str) -> bool:
    digits = sum(character.isdigit() for character in text)
    return _TELEPHONE.fullmatch(text) is not None and _FEWEST_DIGITS <= digits <= _MOST_DIGITS
