"""What is said in the made-up town of `bench.fulltext`."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from random import Random
from typing import Any, Final
from uuid import UUID

TENANT: Final = "storby"
SAYINGS: Final = 8
"""Events with words in each: seven messages and a note."""
CLAUSES: Final = 200_000
"""Of one to eleven words; two are a message, so that it has twelve words on average."""
VOCABULARY: Final = 60_000
YEARS: Final = 4
_BEGAN: Final = datetime(2022, 1, 1, tzinfo=UTC)


def _words(text: str) -> list[str]:
    return text.split()


_COMMON: Final = _words(
    "jeg det er i en og på til som for av ikke at har de med den vi kan hei om skal et du så fra"
    " barnehage skole søknad plass vann avgift takk når hvor hvordan hjelp svar dere får må vil"
)
STARTS: Final = _words(
    "barne skole vann vei bolig helse eien bygge omsorgs søknads avgifts park idretts kultur torg"
    " bibliotek brann havne fjell sjø strand natur dyre plan kart kommune ung elev lærer hjemme"
)
MIDDLES: Final = _words("hus plan kort tids lags vakts års dags mans grav sted land felt rørs")
_ENDS: Final = _words(
    "plassen avgiften kontoret tjenesten søknaden skjema huset vegen tilbudet gruppa"
)
_FIRST: Final = _words(
    "Kari Ola Anne Per Ingrid Lars Åse Nils Marit Jon Amina Yusuf Sofie Emil Nora"
)
DEPARTMENTS: Final = ("torget", "bygg", "skole", "helse", "vei", "kultur", "barn")
_SHARES: Final = (60, 12, 10, 8, 5, 4, 1)
OF_DEPARTMENT: Final = 20
"""Agents."""


class Town:
    """What is said in a made-up town."""

    def __init__(self, seed: int, vocabulary: int = VOCABULARY) -> None:
        """Make its words: the first ones are the ones said most."""
        self._rng = Random(seed)
        made = dict.fromkeys(_COMMON)
        for n in range(vocabulary):
            pick = self._rng.choice
            made[f"{pick(STARTS)}{pick(MIDDLES)}{pick(STARTS)}{n % 97:x}{pick(_ENDS)}"] = None
        self.words = [word.replace("0", "o") for word in made]
        self._weights = list(accumulate(1 / (n + 2) for n in range(len(self.words))))
        self._clauses = [
            " ".join(
                self._rng.choices(
                    self.words, cum_weights=self._weights, k=self._rng.randrange(1, 12)
                )
            )
            for _ in range(min(CLAUSES, vocabulary * 3))
        ]
        self.names = [
            f"{self._rng.choice(_FIRST)} {self._rng.choice(STARTS).title()}{end}"
            for end in ("sen", "rud", "vik", "berg", "stad", "nes", "dal", "li")
            for _ in range(200)
        ]

    def phone(self) -> str:
        """Return a telephone number."""
        digits = f"{self._rng.randrange(40_000_000, 99_999_999)}"
        return f"{digits[:2]} {digits[2:4]} {digits[4:6]} {digits[6:]}"

    def saying(self) -> str:
        """Return a message: two of the clauses that people say here."""
        said = [self._rng.choice(self._clauses), self._rng.choice(self._clauses)]
        luck = self._rng.random()
        if luck < 0.1:
            said.append(self._rng.choice(self.names))
        elif luck < 0.12:
            said.append(self.phone())
        elif luck < 0.14:
            said.append(f"{self._rng.randrange(2018, 2026)}/{self._rng.randrange(1, 9_999)}")
        return " ".join(said)

    def conversations(self, count: int) -> Iterator[tuple[Any, ...]]:
        """Yield rows of `ledger.conversation`, and the bodies of each."""
        rng = self._rng
        for n in range(count):
            department = rng.choices(DEPARTMENTS, _SHARES)[0]
            at = _BEGAN + timedelta(days=YEARS * 365 * n / count)
            agents = [f"{department}-{rng.randrange(OF_DEPARTMENT)}"]
            open_ = n > count * 0.999
            row: tuple[Any, ...] = (
                TENANT, UUID(int=(1 << 100) + n), SAYINGS, f"citizen:{n}",
                "waiting" if open_ else "closed", f"emne-{rng.randrange(40)}", department, "nb", 5,
                1, at, at, '{"dialogue": 7, "desk": 1}', "{}", [], agents,
                None if open_ else at + timedelta(minutes=20),
                rng.choice(("answered", "guided", None)), rng.choice(("none", "journal", None)),
            )  # fmt: skip
            yield row, [self.saying() for _ in range(SAYINGS)]


COLUMNS: Final = _words(
    "tenant id version citizen state topic department language priority epoch opened_at entered_at"
    " last_seq heads missed agents closed_at outcome archive"
)
