"""National identity numbers are masked at both doors before anything else sees a text.

Source: Skatteetaten's description of the numbers, the rule from 2032 included; D-numbers (day +40),
synthetic numbers (month +40, +65 or +80). One rule covers all: a plausible date, and both weighted
sums (the first may be 0-3 from 2032, which the older numbers satisfy with 0).
"""

import re
import unicodedata

MASK = "*" * 11
"""What stands instead; never longer than the number, so a text cannot outgrow its limit."""

_W1 = (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)
_W2 = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_MONTH_OFFSETS = (0, 40, 65, 80)

# What people, and programs that copy text, put between digits: spaces of every width, dots,
# dashes, slashes, brackets, soft hyphens, and marks without a width (joiners, directions).
_BETWEEN = (
    r"[\s.,:;/_()\[\]|\-\u00ad\u00b7\u2010-\u2015\u2212"
    r"\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe0e\ufe0f\ufeff]{0,4}"
)
_CANDIDATE = re.compile(rf"(?<!\d)(?=((?:\d{_BETWEEN}){{10}}\d)(?!\d))")


def is_national_id(digits: str) -> bool:
    """Tell whether 11 ASCII digits are a fødselsnummer, D-number or synthetic number."""
    d = [int(c) for c in digits]
    return (
        _plausible_date(d)
        and sum(w * x for w, x in zip(_W1, d, strict=False)) % 11 in (0, 1, 2, 3)
        and sum(w * x for w, x in zip(_W2, d, strict=True)) % 11 == 0
    )


def _plausible_date(d: list[int]) -> bool:
    day, month = d[0] * 10 + d[1], d[2] * 10 + d[3]
    if day > 40:  # noqa: PLR2004 - a D-number
        day -= 40
    for offset in _MONTH_OFFSETS:
        if 1 <= month - offset <= 12:  # noqa: PLR2004 - months
            return 1 <= day <= _DAYS[month - offset - 1]
    return False


def mask(text: str) -> tuple[str, int]:
    """Return the text with every national identity number replaced, and how many there were."""
    out: list[str] = []
    end = count = 0
    for match in _CANDIDATE.finditer(text):
        start, stop = match.span(1)
        if start < end:
            continue
        digits = "".join(str(unicodedata.digit(c)) for c in match[1] if c.isdecimal())
        if is_national_id(digits):
            out += [text[end:start], MASK]
            end = stop
            count += 1
    return "".join(out) + text[end:], count
