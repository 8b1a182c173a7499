"""Who may do what to which conversation, in the words of DESIGN.md and the glossary: the table that
the system is held against. It shares nothing with the code that decides.

Three answers. `may`: it is done, or refused for another reason than who asks. `known`: one may know
of the conversation and not do this. `hidden`: it looks as if there were no such conversation.
"""

from collections.abc import Callable, Mapping
from typing import Final, Literal

from province import Talk, Who

Answer = Literal["may", "known", "hidden"]
Rule = Callable[[Who, Talk], bool]


def reads(who: Who, talk: Talk) -> bool:
    """The words: its department's people and who has or had it; from outside, roles by state."""
    if who.tenant != talk.tenant:
        return False
    if talk.department in who.departments or talk.held_by(who):
        return True
    if talk.walled:
        return False
    return who.role == "supervisor" or (who.role == "archivist" and talk.state == "closed")


def takes_part(who: Who, talk: Talk) -> bool:
    """Reading, and doing something about it: an archivist only reads."""
    return reads(who, talk) and who.role != "archivist"


def leads(who: Who, talk: Talk) -> bool:
    """Its department, or all of them."""
    if who.tenant != talk.tenant:
        return False
    return who.role == "supervisor" or (who.role == "leader" and talk.department in who.departments)


def has(who: Who, talk: Talk) -> bool:
    """Whoever has it, answers."""
    return talk.state == "active" and talk.held_by(who)


def decides(who: Who, talk: Talk) -> bool:
    """Whoever has it or had it last, and who leads it, of what they may read."""
    return reads(who, talk) and (talk.held_by(who) or leads(who, talk))


def masks(who: Who, talk: Talk) -> bool:
    """As one decides; and who keeps the archive, of what is closed."""
    return decides(who, talk) or (reads(who, talk) and who.role == "archivist")


def whispers(who: Who, talk: Talk) -> bool:
    """Who leads it, to another who has it."""
    return reads(who, talk) and leads(who, talk) and talk.state == "active" and not has(who, talk)


def takes(who: Who, talk: Talk) -> bool:
    """From the line: its department, the first line, who leads. From a colleague: who leads."""
    if who.tenant != talk.tenant or talk.state == "closed" or talk.held_by(who):
        return False
    if talk.walled and talk.department not in who.departments:
        return False
    if leads(who, talk):
        return True
    return talk.state == "waiting" and bool({talk.department, "torget"} & set(who.departments))


def moves(who: Who, talk: Talk) -> bool:
    """Who leads it, before anybody has it."""
    return reads(who, talk) and leads(who, talk) and talk.state == "waiting"


def breaks_glass(who: Who, talk: Talk) -> bool:
    """Leaders and archivists of the tenant, of what is behind a wall they stand outside of."""
    if who.tenant != talk.tenant or not talk.walled or reads(who, talk):
        return False
    return who.role in ("leader", "supervisor") or (
        who.role == "archivist" and talk.state == "closed"
    )


FRAMES: Final[Mapping[str, Rule]] = {
    "send": has,
    "send_file": has,
    "nudge": has,
    "handover": has,
    "cancel_handover": has,
    "requeue": has,
    "close": has,
    "make_written": has,
    "consult": has,
    "end_consult": has,
    "wrapup_done": has,
    "note": takes_part,
    "classify": reads,
    "set_topic": takes_part,
    "alarm": takes_part,
    "clear_alarm": decides,
    "block": decides,
    "whisper": whispers,
    "take_over": takes,
    "move": moves,
    "break_glass": breaks_glass,
    "accept": lambda _who, _talk: False,
    "decline": lambda _who, _talk: False,
    "follow": reads,
    "follow desk": reads,
}
"""Frames about a conversation, and who may. Offers are answered by those who have one: nobody."""

NOT_ABOUT_ONE: Final = frozenset(
    {"hello", "unfollow", "typing", "seen", "presence", "set_presence", "heartbeat"}
)
"""Frames about no conversation, or that are hints and are answered to nobody."""


def sees(who: Who, talk: Talk) -> bool:
    """What a desk shows, without a word of it: the lines in view, and what colleagues have."""
    return reads(who, talk) or (leads(who, talk) and talk.state != "closed")


ABOUT_ONE: Final[Mapping[tuple[str, str], Rule]] = {
    ("GET", "/api/conversations/{conversation}/transcript"): reads,
    ("GET", "/api/conversations/{conversation}/earlier"): reads,
    ("GET", "/api/archive/retention/conversations/{conversation}"): reads,
    ("GET", "/api/conversations/{conversation}/masks"): reads,
    ("POST", "/api/conversations/{conversation}/masks"): masks,
    ("GET", "/api/routing/explain/{conversation}"): sees,
    ("GET", "/api/files/{conversation}/{file}"): reads,
    ("PUT", "/api/files/{conversation}/{file}"): has,
}
"""Routes about a conversation."""


def leading(who: Who) -> bool:
    """Who leads anything."""
    return who.role in ("leader", "supervisor")


def administering(who: Who) -> bool:
    """Who keeps the set-up."""
    return who.role == "admin"


def archiving(who: Who) -> bool:
    """Who may look into the audit."""
    return who.role == "archivist"


def searching(who: Who) -> bool:
    """Who may look for words: whoever reads any conversation as what they are."""
    return who.role != "admin"


def proclaiming(who: Who) -> bool:
    """Who may switch the emergency: it concerns the first line and everybody."""
    return administering(who) or (
        who.role == "supervisor" or (who.role == "leader" and "torget" in who.departments)
    )


def entering(who: Who) -> bool:
    """Who may say how many came by phone or to the desk: who leads the first line."""
    return who.role == "supervisor" or (who.role == "leader" and "torget" in who.departments)


AREAS: Final[Mapping[tuple[str, str], Callable[[Who], bool]]] = {
    ("GET", "/api/board"): leading,
    ("GET", "/api/statistics"): leading,
    ("GET", "/api/numbers"): leading,
    ("GET", "/api/numbers/open"): leading,
    ("POST", "/api/numbers/channels"): entering,
    ("GET", "/api/audit"): archiving,
    ("POST", "/api/search"): searching,
    ("GET", "/api/archive/exports"): archiving,
    ("GET", "/api/archive/exports/{conversation}"): archiving,
    ("POST", "/api/archive/exports/{conversation}/retry"): archiving,
    ("POST", "/api/archive/exports/{conversation}/receipt"): archiving,
    ("GET", "/api/archive/exports/{conversation}/package"): archiving,
    ("GET", "/api/archive/retention"): archiving,
    ("POST", "/api/archive/retention/runs"): archiving,
    ("GET", "/api/archive/retention/runs/{run}"): archiving,
    ("POST", "/api/archive/retention/runs/{run}/approval"): archiving,
    ("GET", "/api/archive/holds"): archiving,
    ("POST", "/api/archive/holds"): archiving,
    ("POST", "/api/archive/holds/{conversation}/lifting"): archiving,
    ("POST", "/api/archive/innsyn/preview"): archiving,
    ("POST", "/api/archive/innsyn"): archiving,
    ("GET", "/api/set-up"): administering,
    ("PUT", "/api/set-up"): administering,
    ("GET", "/api/set-up/changes"): administering,
    ("POST", "/api/set-up/undo"): administering,
    ("POST", "/api/set-up/simulate"): administering,
    ("GET", "/api/keys"): administering,
    ("POST", "/api/keys"): administering,
    ("DELETE", "/api/keys/{key}"): administering,
    ("GET", "/api/webhooks"): administering,
    ("POST", "/api/webhooks"): administering,
    ("DELETE", "/api/webhooks/{webhook}"): administering,
    ("GET", "/api/routing/lint"): lambda who: leading(who) or administering(who),
    ("POST", "/api/emergency"): proclaiming,
    ("DELETE", "/api/emergency"): proclaiming,
}
"""Routes of a whole area: that it exists is no secret."""

ANYBODY: Final = (
    ("GET", "/api/session"),
    ("POST", "/api/session/extend"),
    ("DELETE", "/api/session"),
    ("POST", "/api/ticket"),
    # Of what one may read: the list is empty for who reads nothing.
    ("GET", "/api/archive/forget"),
)
"""Routes of whoever is signed in."""

NOBODY_YET: Final = frozenset(
    {
        ("POST", "/api/session"),
        ("GET", "/api/sign-in"),
        ("GET", "/api/sign-in/{tenant}/{provider}"),
        ("GET", "/api/sign-in/{tenant}/{provider}/callback"),
        ("POST", "/api/backchannel-logout"),
    }
)
"""Routes by which one is signed in, or out by one's provider."""


def expected(frame: str, who: Who, talk: Talk) -> Answer:
    """Return what the table says."""
    if FRAMES[frame](who, talk):
        return "may"
    return "known" if reads(who, talk) else "hidden"
