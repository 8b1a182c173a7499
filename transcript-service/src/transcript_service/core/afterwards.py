"""What a citizen may say of a conversation once it is over. It stays closed."""

from services.contracts import (
    AskForget,
    CopyMailed,
    ForgetAsked,
    MailCopy,
    Rate,
    Rated,
    Refusal,
)

from transcript_service.core.change import Change
from transcript_service.core.contacts import contact_for


def rate(change: Change, command: Rate) -> Refusal | None:
    """Note whether they got an answer. A later rating stands for an earlier one."""
    change.set(rating=command.rating)
    change.say(Rated(rating=command.rating, comment=command.comment, masked=command.masked))
    return None


def mail_copy(change: Change, command: MailCopy) -> Refusal | None:
    """Have a link to the copy sent. Where to is told on and kept nowhere."""
    try:
        contact_for("email", command.contact)
    except ValueError:
        return Refusal.CONTACT_INVALID
    change.say(CopyMailed())
    return None


def ask_forget(change: Change, _command: AskForget) -> Refusal | None:
    """Note the wish that the words be erased. Asked already: the first moment stands.

    Whether they may be is the archive law's to say, when the enquiry has been classified.
    """
    if change.summary.forget_asked_at is None:
        change.set(forget_asked_at=change.now)
        change.say(ForgetAsked())
    return None
