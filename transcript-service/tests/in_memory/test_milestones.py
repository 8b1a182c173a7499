"""What other systems are told of a conversation: when it came to be, ended and was classified."""

import pytest
from services.bus import Send
from services.contracts import (
    Block,
    Classify,
    Close,
    Leave,
    MakeWritten,
    MilestoneReached,
    OpenConversation,
    PostMessage,
    PostNote,
)
from transcript_service.telling import Teller

CITIZEN, KARI = "citizen:c1", "agent:kari"


@pytest.fixture
def told(world):
    """Return the milestones a command led to."""
    teller = Teller(lambda: world.shelf.now)

    def of(outcome):
        sent = [m.envelope for m in teller.tell(outcome) if isinstance(m, Send)]
        return [said for said in sent if isinstance(said.body, MilestoneReached)]

    return of


def test_the_way_of_a_conversation_is_told_step_by_step(world, make, told):
    c = world.make.id(7)
    opened = world.say(CITIZEN, OpenConversation(conversation=c, topic="skatt"))
    world.join(c, "kari")
    closed = world.say(KARI, Close(conversation=c, epoch=1))
    classified = world.say(KARI, Classify(conversation=c, archive="journal"))

    bodies = [each.body for outcome in (opened, closed, classified) for each in told(outcome)]
    assert [(b.milestone, b.archive) for b in bodies] == [
        ("opened", None),
        ("closed", None),
        ("classified", "journal"),
    ]
    assert {(b.conversation, b.topic) for b in bodies} == {(c, "skatt")}


@pytest.mark.parametrize(
    "command",
    [
        lambda c: Leave(conversation=c),
        lambda c: Block(conversation=c, reason="Trusler", hours=1),
    ],
)
def test_it_has_ended_whoever_ended_it(world, told, command):
    c = world.open()
    world.join(c, "kari")
    body = command(c)
    outcome = world.say(CITIZEN if isinstance(body, Leave) else KARI, body)

    assert [each.body.milestone for each in told(outcome)] == ["closed"]


def test_what_is_said_in_between_is_nobodys_business(world, told):
    c = world.open()
    world.join(c, "kari")

    for sender, body in (
        (CITIZEN, PostMessage(conversation=c, text="Hei")),
        (KARI, PostNote(conversation=c, text="Til oss")),
        (KARI, MakeWritten(conversation=c, epoch=1, reason="answer_later")),
    ):
        assert told(world.say(sender, body)) == []


def test_said_again_it_is_the_same_milestone(world, told):
    c = world.open()
    world.join(c, "kari")
    closing = world.make.envelope(KARI, Close(conversation=c, epoch=1))
    first, again = (told(world.carry_out(closing)) for _ in range(2))

    assert [each.id for each in first] == [each.id for each in again]
    assert len(first) == 1
