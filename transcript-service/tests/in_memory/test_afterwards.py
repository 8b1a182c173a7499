"""What a citizen says once it is over: a rating, where to mail the copy, a wish to be forgotten."""

import pytest
from services.bus import Send
from services.contracts import (
    AskForget,
    Close,
    CopyReady,
    DeclineOffer,
    EndWrapUp,
    MailCopy,
    PostMessage,
    Rate,
)
from transcript_service.telling import Teller, for_citizen

CITIZEN, OTHER, KARI = "citizen:c1", "citizen:c2", "agent:kari"


@pytest.fixture
def over(world):
    c = world.open()
    world.join(c, "kari")
    world.say(KARI, Close(conversation=c, epoch=1))
    return c


@pytest.fixture
def letters(world):
    """Return what a command has mailed."""
    teller = Teller(lambda: world.shelf.now)

    def of(outcome):
        bodies = [m.envelope for m in teller.tell(outcome) if isinstance(m, Send)]
        return [envelope for envelope in bodies if isinstance(envelope.body, CopyReady)]

    return of


def test_the_last_rating_counts_and_its_words_are_in_the_dialogue(world, over):
    world.say(CITIZEN, Rate(conversation=over, rating="no"))
    world.say(CITIZEN, Rate(conversation=over, rating="yes"))
    said = world.say(CITIZEN, Rate(conversation=over, rating="yes", comment="Takk!", masked=1))

    assert world.of(over).summary.rating == "yes"
    assert world.of(over).summary.state == "closed"
    (event,) = said.events
    assert (event.body.comment, event.body.masked, event.stream) == ("Takk!", 1, "dialogue")


def test_it_goes_on_when_the_wrap_up_is_over(world, over):
    world.say(KARI, EndWrapUp(conversation=over))

    assert world.say(CITIZEN, Rate(conversation=over, rating="partly")).refusal is None


@pytest.mark.parametrize(
    "command",
    [
        lambda c: Rate(conversation=c, rating="yes"),
        lambda c: MailCopy(conversation=c, contact="nils@testvik.no"),
        lambda c: AskForget(conversation=c),
    ],
)
def test_nobody_says_it_for_another_citizen_nor_too_early(world, over, command):
    assert world.say(OTHER, command(over)).refusal == "not_found"
    live = world.open(2)
    assert world.say(CITIZEN, command(live)).refusal == "not_closed"


def test_a_copy_is_mailed_where_it_was_asked_to_and_nothing_keeps_the_address(world, over, letters):
    outcome = world.say(CITIZEN, MailCopy(conversation=over, contact=" nils@testvik.no "))
    (letter,) = letters(outcome)

    assert letter.body == CopyReady(
        conversation=over, contact="nils@testvik.no", citizen=CITIZEN, language="nb"
    )
    assert [event.body.kind for event in outcome.events] == ["copy_mailed"]
    assert "nils" not in repr(world.shelf.events)
    assert "nils" not in repr(world.shelf.conversations)


def test_said_again_it_is_the_same_letter(world, make, over, letters):
    command = make.envelope(CITIZEN, MailCopy(conversation=over, contact="nils@testvik.no"))
    (first,) = letters(world.carry_out(command))
    (again,) = letters(world.carry_out(command))

    assert (first.id, first.body) == (again.id, again.body)
    assert len(world.told(over)) == len({e.id for e in world.told(over)})


@pytest.mark.parametrize("contact", ["nils", "46123456", "a@b", "Nils <nils@testvik.no>"])
def test_what_is_no_address_is_refused_and_no_letter_leaves(world, make, over, letters, contact):
    outcome = world.say(CITIZEN, MailCopy(conversation=over, contact=contact))
    assert outcome.refusal == "contact_invalid"
    assert letters(outcome) == []

    sent = make.envelope(CITIZEN, MailCopy(conversation=over, contact="nils@testvik.no"))
    world.carry_out(sent)
    other = world.carry_out(sent.evolve(body=sent.body.evolve(contact=contact)))
    assert other.refusal == "id_reused"
    assert letters(other) == []


def test_the_wish_to_be_forgotten_is_noted_once(world, over):
    asked = world.say(CITIZEN, AskForget(conversation=over))
    when = world.shelf.now
    world.wait(60)
    again = world.say(CITIZEN, AskForget(conversation=over))

    assert [event.body.kind for event in asked.events] == ["forget_asked"]
    assert (again.refusal, again.events) == (None, ())
    assert world.of(over).summary.forget_asked_at == when


def test_another_rating_under_the_same_id_is_no_repeat(world, make, over):
    command = make.envelope(CITIZEN, Rate(conversation=over, rating="yes"))
    world.carry_out(command)

    assert world.carry_out(command).repeated
    changed = command.evolve(body=command.body.evolve(rating="no"))
    assert world.carry_out(changed).refusal == "id_reused"
    worded = command.evolve(body=command.body.evolve(comment="Nei"))
    assert world.carry_out(worded).refusal == "id_reused"


def test_none_of_it_is_for_an_agent(world, over):
    assert world.say(KARI, Rate(conversation=over, rating="yes")).refusal == "not_allowed"
    assert world.say(KARI, AskForget(conversation=over)).refusal == "not_allowed"
    mail = MailCopy(conversation=over, contact="nils@testvik.no")
    assert world.say(KARI, mail).refusal == "not_allowed"


def test_the_citizen_is_shown_what_they_said(world, over):
    world.say(CITIZEN, Rate(conversation=over, rating="no"))
    world.say(CITIZEN, AskForget(conversation=over))
    shown = for_citizen(world.of(over).summary)

    assert (shown.rating, shown.forget_asked_at) == ("no", world.shelf.now)


def test_over_is_over_for_everything_else(world, over):
    world.say(CITIZEN, Rate(conversation=over, rating="yes"))

    assert world.say(CITIZEN, PostMessage(conversation=over, text="Hei")).refusal == "closed"
    declining = DeclineOffer(conversation=over, offer=over)
    assert world.say(KARI, declining).refusal == "offer_gone"
