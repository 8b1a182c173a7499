"""The offline checker: histories against the archive, one small function an invariant."""

from chaos.checker.evidence import Evidence, Facts
from chaos.checker.judge import INVARIANTS, NO_SUBJECT, judge

__all__ = ["INVARIANTS", "NO_SUBJECT", "Evidence", "Facts", "judge"]
