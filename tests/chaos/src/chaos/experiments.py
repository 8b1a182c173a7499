"""The mutants as experiments: what is taken out, what is done, and which invariant must see it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from chaos import mutants
from chaos.clients import Faulty
from chaos.deliveries import LOSE_PUSHES
from chaos.furniture import unlimited_definitions
from chaos.load import Crowd
from chaos.scripts import Manners
from chaos.town import Setup

ORDINARY: Final = ("points", "deliveries")


_CROWD: Final = Crowd(citizens=10, agents=6, rate=25, manners=Manners(ignores=0, turns=(3, 6)))


@dataclass(frozen=True, slots=True)
class Experiment:
    """One mutant."""

    breaks: str
    """The invariant that must turn red."""
    setup: Setup = field(default_factory=Setup)
    crowd: Crowd = _CROWD
    faults: Sequence[str] = ()
    switches: Sequence[str] = ()
    """Switches of the board that are on throughout."""
    seconds: float = 15.0

    @property
    def spoils(self) -> bool:
        """Whether it leaves tables or queues behind that no other run may use."""
        return bool(self.setup.sql) or self.setup.definitions is unlimited_definitions


_WALKERS: Final = Crowd(
    citizens=24,
    agents=12,
    rate=60,
    manners=Manners(ignores=0, declines=0, turns=(0, 0), think_s=(0, 0.1), walks_away=1.0),
)
"""Citizens who leave after one tick: what is lost then, nobody sends again."""
_RECONNECTING: Final = Manners(ignores=0, turns=(4, 8), drops=0.3)


def _patched(name: str, *sql: str) -> Setup:
    return Setup(patches=(*ORDINARY, name), sql=sql)


def _faulty(faulty: Faulty, manners: Manners) -> Crowd:
    return Crowd(citizens=10, agents=6, rate=25, manners=manners, faulty=faulty)


MUTANTS: Final[Mapping[str, Experiment]] = {
    "M1": Experiment("I3", _patched("M1", mutants.DROP_UNIQUE), faults=("redeliver",)),
    "M2": Experiment(
        "I5",
        _patched("M2", mutants.DROP_CAPACITY),
        Crowd(citizens=16, agents=2, rate=25, manners=Manners(ignores=0, walks_away=0)),
    ),
    "M3": Experiment("I2", _patched("M3"), _WALKERS, switches=mutants.EARLY_DEATHS),
    "M4": Experiment(
        "I6",
        _patched("M4"),
        Crowd(citizens=10, agents=6, rate=25, manners=Manners(ignores=0, old_epoch=2.0)),
    ),
    "M5": Experiment(
        "I3",
        crowd=_faulty(Faulty(renders_all=True), Manners(ignores=0, turns=(4, 8), asks_again=0.3)),
    ),
    "M6": Experiment(
        "I2",
        crowd=_faulty(Faulty(never_resends=True), _RECONNECTING),
        faults=("kill-gateway", "reconnect-storm"),
    ),
    "M7": Experiment(
        "I2",
        Setup(patches=(*ORDINARY, "M7"), definitions=unlimited_definitions),
        _WALKERS,
        faults=("stop-database", *("kill-transcript-service",) * 3),
    ),
    "M8": Experiment("I2", _patched("M8"), _WALKERS, faults=("unroutable",) * 6),
    "M9": Experiment(
        "I4a",
        _patched("M9"),
        _faulty(Faulty(ignores_watermark=True), Manners(ignores=0, turns=(3, 6), drops=0)),
        switches=(LOSE_PUSHES,),
    ),
    "M10": Experiment("I11", crowd=_faulty(Faulty(never_attaches=True), _RECONNECTING)),
}
