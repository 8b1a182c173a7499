"""The life of an export: a table, and nothing else decides about it.

`waiting`: to be made. `made`: the package lies in the spool, as it is to be sent. `sent`: the
archive has it and has not answered. `received`: the archive says that it keeps it. `failed`:
somebody must look at it.
"""

from collections.abc import Mapping
from typing import Final, Literal

State = Literal["waiting", "made", "sent", "received", "failed"]
Step = Literal["made", "sent", "received", "refused", "asked_again", "by_hand", "classified"]

LIFE: Final[Mapping[State, Mapping[Step, State]]] = {
    "waiting": {
        "made": "made",
        "refused": "failed",
        "by_hand": "received",
        "classified": "waiting",
    },
    "made": {"sent": "sent", "received": "received", "refused": "failed"},
    "sent": {"received": "received", "refused": "failed", "by_hand": "received"},
    "failed": {"asked_again": "waiting", "by_hand": "received", "classified": "waiting"},
    "received": {},
}
"""`classified`: the choice was changed before the archive had it, and counts.

While a package is on its way a changed choice waits. Once one is received it is never changed:
another class makes a further version, with a key of its own (`table.open_orders`). That it was not
worth archiving after all makes none: what the archive has confirmed, only the archive can take out.
"""


def after(state: State, step: Step) -> State:
    """Return the state after a step.

    Raises:
        KeyError: there is no such step from there.
    """
    return LIFE[state][step]


def before(step: Step) -> tuple[State, ...]:
    """Return the states from which a step can be taken."""
    return tuple(state for state, steps in LIFE.items() if step in steps)
