"""The search for the largest rate that is sustained. Pure: it asks for trials, and is answered."""

from collections.abc import Generator

FINE_ENOUGH = 0.03
"""The search ends when what held and what did not are this near, as a fraction of the rate."""

Search = Generator[float, bool, float]


def largest(first: float, most: float, trials: int) -> Search:
    """Yield the rates to try, and return the largest that held, or 0 when none did.

    Doubles until a rate does not hold, then halves the distance. Send whether the rate held.
    One that did not is asked for once more: on a shared machine one trial may be unlucky.

    Args:
        first: where to begin.
        most: never try more.
        trials: never try more rates.
    """
    held, broke, rate = 0.0, float("inf"), min(first, most)
    for _ in range(trials):
        if (yield rate) or (yield rate):
            held = rate
        else:
            broke = rate
        if held >= most or broke - held <= FINE_ENOUGH * held:
            break
        rate = min(held * 2, most) if broke == float("inf") else (held + broke) / 2
    return held


def confirmed(rate: float, attempts: int, step: float = 0.9) -> Search:
    """Yield the rates to try for longer, each `step` of the former; return the one that held, or 0.

    A short trial may be lucky: what is told has held for the whole time.
    """
    for _ in range(attempts if rate > 0 else 0):
        if (yield rate):
            return rate
        rate *= step
    return 0.0
