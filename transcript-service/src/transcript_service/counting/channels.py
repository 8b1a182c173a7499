"""How many came by other ways, as somebody writes it: in a form, or as CSV. Pure."""

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from transcript_service.counting.months import month
from transcript_service.counting.period import PeriodError

Channel = Literal["phone", "email", "desk", "site"]
CHANNELS: Final[tuple[Channel, ...]] = ("phone", "email", "desk", "site")
MOST: Final = 100_000_000
MOST_LINES: Final = 1_000

_HEADS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("måned", "maned", "månad", "month"), "month"),
    **dict.fromkeys(("telefon", "telefonsamtaler", "telefonsamtalar", "phone", "calls"), "phone"),
    **dict.fromkeys(("e-post", "epost", "e-mail", "email"), "email"),
    **dict.fromkeys(
        ("skranke", "skranken", "oppmøte", "besøk i skranken", "besøk i skranka", "desk"), "desk"
    ),
    **dict.fromkeys(
        ("nettsted", "nettstad", "nettbesøk", "besøk på nettstedet", "besøk på nettstaden", "site"),
        "site",
    ),
}
"""What a column may be called, in the languages of the console."""
_MONTH: Final = re.compile(r"(?:(20[0-9]{2})[-./ ]?([0-9]{1,2})|([0-9]{1,2})[-./ ](20[0-9]{2}))")
_NUMBER: Final = re.compile(r"[0-9]{1,12}")
_SPACES: Final = str.maketrans("", "", " \u00a0\u2009\u202f")
"""What stands between thousands."""


@dataclass(frozen=True, slots=True)
class Entry:
    """So many came by a channel in a month; None: what was said of it is taken back."""

    month: date
    channel: str
    n: int | None


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and where: a line from 1, and the column's head where it is of one."""

    line: int
    code: str
    column: str = ""


Read = tuple[list[Entry], list[Fault]]
"""What was read, in order; and what is wrong. With a fault nothing is to be kept."""


def read(text: str, this_month: date) -> Read:
    """Return what a CSV says: a head, then a line a month. Empty cells say nothing.

    Args:
        text: with semicolons, commas or tabs between cells.
        this_month: the first day of the last month that can be counted.
    """
    lines = text.removeprefix("\ufeff").splitlines()
    if len(lines) > MOST_LINES:
        return [], [Fault(MOST_LINES + 1, "too_many_lines")]
    rows = [(n, row) for n, row in enumerate(_rows(lines), 1) if any(cell.strip() for cell in row)]
    if not rows:
        return [], [Fault(1, "empty")]
    (head_line, head), *body = rows
    columns, faults = _columns(head_line, head)
    entries: list[Entry] = []
    seen: dict[date, int] = {}
    for line, row in body:
        found, wrong = _line(line, row, columns, head, this_month)
        for of in {entry.month for entry in found}:
            if seen.setdefault(of, line) != line:
                wrong = [*wrong, Fault(line, "month_twice", head[columns["month"]])]
        entries += found
        faults += wrong
    if not faults and not entries:
        faults = [Fault(head_line, "empty")]
    return entries, faults


def checked(entries: Iterable[Entry], this_month: date) -> list[Fault]:
    """Return what is wrong with entries of a form; their lines are their places, from 1."""
    faults, seen = [], set()
    for line, entry in enumerate(entries, 1):
        if entry.month > this_month:
            faults.append(Fault(line, "month_future"))
        if (entry.month, entry.channel) in seen:
            faults.append(Fault(line, "month_twice"))
        seen.add((entry.month, entry.channel))
    return faults


def _rows(lines: Sequence[str]) -> list[list[str]]:
    head = next((line for line in lines if line.strip()), "")
    between = max(";,\t", key=head.count)
    # A line at a time: an open quote spoils its own line, and no other's number.
    return [next(csv.reader([line], delimiter=between), []) for line in lines]


def _columns(line: int, head: Sequence[str]) -> tuple[dict[str, int], list[Fault]]:
    columns: dict[str, int] = {}
    faults = []
    for place, cell in enumerate(head):
        called = cell.strip()
        name = _HEADS.get(called.casefold())
        if name is None:
            if called:
                faults.append(Fault(line, "column_unknown", called[:40]))
        elif name in columns:
            faults.append(Fault(line, "column_twice", called))
        else:
            columns[name] = place
    if "month" not in columns:
        faults.append(Fault(line, "month_column_missing"))
    elif len(columns) == 1 and not faults:
        faults.append(Fault(line, "channel_column_missing"))
    return columns, faults


def _line(
    line: int,
    row: Sequence[str],
    columns: Mapping[str, int],
    head: Sequence[str],
    this_month: date,
) -> Read:
    if "month" not in columns:
        return [], []
    of = _month_of(_cell(row, columns["month"]))
    if of is None:
        return [], [Fault(line, "month_invalid", head[columns["month"]])]
    if of > this_month:
        return [], [Fault(line, "month_future", head[columns["month"]])]
    entries, faults = [], []
    for channel in CHANNELS:
        written = _cell(row, columns[channel]) if channel in columns else ""
        number = written.translate(_SPACES)
        if number == "":
            continue
        if not _NUMBER.fullmatch(number) or int(number) > MOST:
            faults.append(Fault(line, "number_invalid", head[columns[channel]]))
        else:
            entries.append(Entry(of, channel, int(number)))
    return entries, faults


def _cell(row: Sequence[str], place: int) -> str:
    return row[place].strip() if place < len(row) else ""


def _month_of(text: str) -> date | None:
    found = _MONTH.fullmatch(text)
    if found is None:
        return None
    year, number = (found[1], found[2]) if found[1] else (found[4], found[3])
    try:
        return month(f"{year}-{int(number):02}")
    except PeriodError:
        return None
