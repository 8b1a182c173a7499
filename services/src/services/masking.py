"""Numbers that must not pass a door are masked before anything else sees a text.

Three kinds: national identity numbers, payment cards, and bank accounts. Each is known by its own
check and by how it is spelled: a row of digits that only happens to fit (a KID, a case number, a
telephone) is to stay, for the enquiry may be about it.

What overlaps is masked together. Every rule looks only at the number itself and at signs beside it
that are neither digits nor stars, so that a masked text has nothing more to mask.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import get_args

from services import bank_numbers
from services.contracts.wire_citizen import MaskedKind
from services.national_id import is_national_id

MASK = "*" * 11
"""What stands instead; never longer than the number, so a text cannot outgrow its limit."""


@dataclass(frozen=True, slots=True)
class Masked:
    """A text without the numbers that were found in it."""

    text: str
    count: int
    """How many places were masked."""
    kinds: tuple[MaskedKind, ...]
    """What they were, each kind once, in the order of `MaskedKind`."""


@dataclass(frozen=True, slots=True)
class _Find:
    start: int
    stop: int
    kind: MaskedKind


# What people, and programs that copy text, put between digits: spaces of every width, dots,
# dashes, slashes, brackets, soft hyphens, and marks without a width (joiners, directions).
_UNSEEN = r"\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe0e\ufe0f\ufeff"
_BETWEEN = rf"[\s.,:;/_()\[\]|\-\u00b7\u2010-\u2015\u2212{_UNSEEN}]{{0,4}}"
_RUN = re.compile(rf"\d(?:{_BETWEEN}\d){{10,}}")
_UNSEEN_SIGN = re.compile(f"[{_UNSEEN}]")

_LETTER = r"[^\W\d_]"
_IBAN_BEGINS = re.compile(rf"(?<!{_LETTER})[A-Za-z]{{2}}[0-9]{{2}}")
_IBAN_GAPS = " -.\u00a0\u2009\u202f"
_ACCOUNT_GAPS = " .\u00a0\u2009\u202f"

ID_DIGITS = ACCOUNT_DIGITS = 11


def _any_case(word: str) -> str:
    """Spell a word for a pattern; the ignoring of case knows letters that look like others."""
    return "".join(f"[{c}{c.upper()}]" for c in word)


_KONTO = (
    rf"(?:{_any_case('konto')}(?!{_any_case('r')})|{_any_case('konta')}(?!{_LETTER})"
    rf"|{_any_case('account')}|{_any_case('iban')}|(?<!{_LETTER}){_any_case('kto')}(?!{_LETTER}))"
)
_NEAR = 40
"""How many signs may stand between a number and the word that says what it is."""
_REACH = _NEAR + len("account")
_KONTO_BEFORE = re.compile(rf"{_KONTO}[^\d*]{{0,{_NEAR}}}\Z")
_KONTO_AFTER = re.compile(rf"[^\d*]{{0,{_NEAR}}}?{_KONTO}")
_AND_ANOTHER = re.compile(r"[^\d*]{1,12}\Z")
# A customer identification of a payment has a card's control digit, or an account's.
_KID_BEFORE = re.compile(
    rf"(?<!{_LETTER}){_any_case('kid')}[\s-]?(?:{_any_case('nummeret')}|{_any_case('nummer')}"
    rf"|{_any_case('nr')})?[^\w*]{{0,4}}(?:{_any_case('er')}|{_any_case('is')})?[^\w*]{{0,4}}\Z"
)


class _Run:
    """Digits with at most four separators between each, wherever one may begin and end."""

    def __init__(self, text: str, start: int, stop: int) -> None:
        self.at = [i for i in range(start, stop) if text[i].isdecimal()]
        self.digits = "".join(str(int(text[i])) for i in self.at)
        self._text = text

    def begins(self, first: int) -> bool:
        """Tell whether no digit stands right before this one."""
        return first == 0 or self.at[first - 1] + 1 < self.at[first]

    def ends(self, last: int) -> bool:
        """Tell whether no digit stands right after this one."""
        return last + 1 == len(self.at) or self.at[last] + 1 < self.at[last + 1]

    def gaps(self, first: int, last: int) -> list[str]:
        """Return what is seen between each two digits."""
        at, text = self.at, self._text
        return [
            _UNSEEN_SIGN.sub("", text[at[i] + 1 : at[i + 1]]) if at[i] + 1 < at[i + 1] else ""
            for i in range(first, last)
        ]


def mask(text: str) -> Masked:
    """Return the text with everything replaced that must not pass, and what there was.

    The result is never longer than the text, in signs and in bytes. Time is linear.
    """
    out: list[str] = []
    kinds: set[MaskedKind] = set()
    end = count = 0
    for start, stop, found in _places(_finds(text)):
        out += [text[end:start], MASK]
        end = stop
        count += 1
        kinds |= found
    return Masked(
        "".join(out) + text[end:], count, tuple(k for k in get_args(MaskedKind) if k in kinds)
    )


def _places(finds: list[_Find]) -> Iterator[tuple[int, int, set[MaskedKind]]]:
    """Join what overlaps; what lies within another find does not say what the place was."""
    if not finds:
        return
    # By start, the longest first; of two that are alike the first kind is kept.
    order = get_args(MaskedKind).index
    finds = sorted(finds, key=lambda f: (f.start, -f.stop, order(f.kind)))
    start, stop, kinds = finds[0].start, finds[0].stop, {finds[0].kind}
    for find in finds[1:]:
        if find.start >= stop:
            yield start, stop, kinds
            start, stop, kinds = find.start, find.stop, {find.kind}
        elif find.stop > stop:
            stop = find.stop
            kinds.add(find.kind)
    yield start, stop, kinds


def _finds(text: str) -> list[_Find]:
    """Return every number found, also those that overlap."""
    finds = list(_ibans(text))
    account_end = -1
    for match in _RUN.finditer(text):
        run = _Run(text, *match.span())
        for first in range(len(run.digits) - ID_DIGITS + 1):
            if not run.begins(first):
                continue
            start = run.at[first]
            kid = _KID_BEFORE.search(text, max(0, start - _REACH), start) is not None
            if not kid:
                finds += _cards(text, run, first)
            if not run.ends(first + ID_DIGITS - 1):
                continue
            eleven = run.digits[first : first + ID_DIGITS]
            stop = run.at[first + ID_DIGITS - 1] + 1
            if is_national_id(eleven):
                finds.append(_Find(start, stop, "national_id"))
            if not kid and bank_numbers.is_account(eleven):
                another = 0 <= account_end <= start and _AND_ANOTHER.fullmatch(
                    text, account_end, start
                )
                if another or _says_account(text, start, stop) or _looks_like_account(run, first):
                    finds.append(_Find(start, stop, "account"))
                    account_end = stop
    return finds


def _cards(text: str, run: _Run, first: int) -> Iterator[_Find]:
    """Yield the cards that begin with this digit. A `+` makes it a telephone."""
    start = run.at[first]
    if text[start - 1 : start] == "+":
        return
    for length in bank_numbers.card_lengths(run.digits[first : first + 4]):
        last = first + length - 1
        if (
            last < len(run.at)
            and run.ends(last)
            and bank_numbers.is_card(run.digits[first : last + 1])
            and _grouped_as_card(run.gaps(first, last))
        ):
            yield _Find(start, run.at[last] + 1, "card")


def _grouped_as_card(gaps: list[str]) -> bool:
    """Tell whether digits are grouped as on a card, or evenly; two telephones are not."""
    groups, digits = [], 1
    for gap in gaps:
        if gap:
            groups.append(digits)
            digits = 0
        digits += 1
    groups.append(digits)
    if len(groups) == 1 or groups in ([4, 6, 5], [4, 6, 4]):
        return True
    if set(groups[:-1]) == {4} and groups[-1] <= 4:  # noqa: PLR2004 - as embossed
        return True
    alike = len({gap for gap in gaps if gap}) == 1
    return alike and set(groups) in ({1}, {2})


def _looks_like_account(run: _Run, first: int) -> bool:
    """Tell whether eleven digits are grouped as 1234 56 78903 or 1234.56.78903."""
    gaps = run.gaps(first, first + ACCOUNT_DIGITS - 1)
    return (
        [i for i, gap in enumerate(gaps) if gap] == [3, 5]
        and gaps[3] == gaps[5]
        and gaps[3] in _ACCOUNT_GAPS
    )


def _says_account(text: str, start: int, stop: int) -> bool:
    """Tell whether a word beside the number says that it is an account."""
    return (
        _KONTO_BEFORE.search(text, max(0, start - _REACH), start) is not None
        or _KONTO_AFTER.match(text, stop, stop + _REACH + 1) is not None
    )


def _ibans(text: str) -> Iterator[_Find]:
    """Yield account numbers of other countries, and Norwegian ones with their two letters."""
    end = 0
    for match in _IBAN_BEGINS.finditer(text):
        length = bank_numbers.iban_length(match[0][:2])
        if length is None or match.start() < end:
            continue
        stop, signs = _read_signs(text, match.start(), length)
        if len(signs) == length and not _goes_on(text, stop) and bank_numbers.is_iban(signs):
            end = stop
            yield _Find(match.start(), stop, "account")


def _read_signs(text: str, start: int, length: int) -> tuple[int, str]:
    """Read so many letters and digits, with at most one sign between each."""
    signs: list[str] = []
    at = stop = start
    while at < len(text) and len(signs) < length:
        if text[at].isascii() and text[at].isalnum():
            signs.append(text[at])
            stop = at + 1
        elif text[at] not in _IBAN_GAPS or at > stop:
            break
        at += 1
    return stop, "".join(signs)


def _goes_on(text: str, stop: int) -> bool:
    """Tell whether a word or a number goes on where an account number ended."""
    last, following = text[stop - 1], text[stop : stop + 1]
    return following.isdecimal() if last.isdigit() else following.isalpha()
