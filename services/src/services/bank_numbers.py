"""Rules of payment cards and bank accounts: whether a row of digits is one, by its own check.

Sources: ISO/IEC 7812 and the prefixes that the card networks publish; the Norwegian account number
(register number, group, control digit by modulus 11); ISO 13616 and the lengths of its register.
"""

_DOUBLED = str.maketrans("0123456789", "0246813579")
"""Twice a digit, with what is above nine counted digit by digit (Luhn)."""
_ACCOUNT_WEIGHTS = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
_SPELLED_OUT = {c: str(10 + i) for i, c in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZ")}

# First and last prefix of four digits, and how many digits such a card has.
_CARDS: tuple[tuple[int, int, tuple[int, ...]], ...] = (
    (4000, 4999, (16, 13, 19)),  # Visa
    (5100, 5599, (16,)),  # Mastercard
    (2221, 2720, (16,)),
    (3400, 3499, (15,)),  # American Express
    (3700, 3799, (15,)),
    (3000, 3059, (14, 16)),  # Diners Club
    (3095, 3095, (14, 16)),
    (3600, 3699, (14, 16)),
    (3800, 3999, (14, 16)),
    (3528, 3589, (16, 17, 18, 19)),  # JCB
    (5018, 5020, (16, 17, 18, 19)),  # Maestro, Dankort
    (5038, 5038, (16, 17, 18, 19)),
    (5893, 5893, (16, 17, 18, 19)),
    (6304, 6304, (16, 17, 18, 19)),
    (6759, 6763, (16, 17, 18, 19)),
    (6011, 6011, (16, 17, 18, 19)),  # Discover
    (6440, 6599, (16, 17, 18, 19)),
    (6200, 6299, (16, 17, 18, 19)),  # UnionPay
    (2200, 2204, (16, 17, 18, 19)),  # Mir
)

_IBAN_LENGTHS = {
    country: length
    for length, countries in (
        (15, "NO"),
        (16, "BE"),
        (18, "DK FI FK FO GL NL SD"),
        (19, "MK SI"),
        (20, "AT BA EE KZ LT LU MN XK"),
        (21, "CH HR LI LV"),
        (22, "BG BH CR DE GB GE IE ME RS VA"),
        (23, "AE GI IL IQ OM SO TL"),
        (24, "AD CZ ES MD PK RO SA SE SK TN VG"),
        (25, "LY PT ST"),
        (26, "IS TR"),
        (27, "BI DJ FR GR IT MC MR SM"),
        (28, "AL AZ BY CY DO GT HN HU LB NI PL SV"),
        (29, "BR EG PS QA UA"),
        (30, "JO KW MU YE"),
        (31, "MT SC"),
        (32, "LC"),
        (33, "RU"),
    )
    for country in countries.split()
}

CARD_DIGITS = (13, 19)
"""The fewest and the most digits of a card."""


def card_lengths(prefix: str) -> tuple[int, ...]:
    """Return how many digits a card may have whose first four are `prefix`; empty: no card."""
    four = int(prefix)
    return next((lengths for low, high, lengths in _CARDS if low <= four <= high), ())


def is_card(digits: str) -> bool:
    """Tell whether ASCII digits are a card's number: known prefix, its length, Luhn's sum."""
    if len(digits) not in card_lengths(digits[:4] or "0"):
        return False
    doubled = digits[-2::-2].translate(_DOUBLED)
    return (sum(map(int, doubled)) + sum(map(int, digits[::-2]))) % 10 == 0


def is_account(digits: str) -> bool:
    """Tell whether 11 ASCII digits are a Norwegian account number.

    One in eleven rows of digits is: the check alone says too little. No bank has register 0000.
    """
    weighted = sum(w * int(c) for w, c in zip(_ACCOUNT_WEIGHTS, digits, strict=True))
    return weighted % 11 == 0 and not digits.startswith("0000")


def iban_length(country: str) -> int | None:
    """Return how many letters and digits a country's account numbers have, None if it has none."""
    return _IBAN_LENGTHS.get(country.upper())


def is_iban(signs: str) -> bool:
    """Tell whether ASCII letters and digits without spaces are an international account number."""
    signs = signs.upper()
    if len(signs) != iban_length(signs[:2]):
        return False
    spelled = "".join(_SPELLED_OUT.get(c, c) for c in signs[4:] + signs[:4])
    return int(spelled) % 97 == 1
