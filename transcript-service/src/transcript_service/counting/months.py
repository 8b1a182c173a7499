"""The months that are asked for."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from transcript_service.counting.period import PeriodError

MOST: Final = 240
"""Twenty years: what came by other ways goes further back than the chat."""
_MONTH: Final = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")


def month(text: str) -> date:
    """Return the first day of the month that is written `YYYY-MM`.

    Raises:
        PeriodError: it is no month of this century.
    """
    found = _MONTH.fullmatch(text)
    if found is None:
        raise PeriodError
    return date(int(found[1]), int(found[2]), 1)


def after(first: date, months: int = 1) -> date:
    """Return the first day of the month so many after another; before it when negative."""
    years, rest = divmod(first.month - 1 + months, 12)
    return date(first.year + years, rest + 1, 1)


def written(first: date) -> str:
    """Return a month as it is written, `YYYY-MM`."""
    return first.isoformat()[:7]


@dataclass(frozen=True, slots=True)
class Months:
    """Months in a row, the first and the last included: the first days of both."""

    first: date
    last: date

    @classmethod
    def read(cls, first: str, last: str) -> "Months":
        """Return the months from one to another.

        Raises:
            PeriodError: no months, the wrong way round, or more than `MOST`.
        """
        months = cls(month(first), month(last))
        if months.last < months.first or after(months.first, MOST) <= months.last:
            raise PeriodError
        return months

    def each(self) -> list[date]:
        """Return the first days of all of them."""
        count = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month
        return [after(self.first, n) for n in range(count + 1)]
