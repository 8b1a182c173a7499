"""The rule of national identity numbers. `services.masking` finds and masks them.

Source: Skatteetaten's description of the numbers, the rule from 2032 included; D-numbers (day +40),
synthetic numbers (month +40, +65 or +80). One rule covers all: a plausible date, and both weighted
sums (the first may be 0-3 from 2032, which the older numbers satisfy with 0).
"""

_W1 = (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)
_W2 = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_MONTH_OFFSETS = (0, 40, 65, 80)


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
