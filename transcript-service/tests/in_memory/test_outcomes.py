"""What became of a conversation, and what the archive makes of it: who says so, and when."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from services.contracts import Classify, Close

CITIZEN, KARI, OLA, LISE, PER, GRO, ARVE, ADA = (
    "citizen:c1", "agent:kari", "agent:ola", "agent:lise", "agent:per", "agent:gro", "agent:arve",
    "agent:ada",
)  # fmt: skip
OUTCOMES = st.none() | st.sampled_from(
    ["answered", "guided", "handed_on", "unanswered", "no_enquiry"]
)
CLASSES = st.none() | st.sampled_from(["none", "archive", "journal"])


def stands(world, conversation):
    summary = world.of(conversation).summary
    return summary.outcome, summary.archive


@pytest.fixture
def over(world):
    c = world.open()
    world.join(c, "kari")
    world.say(KARI, Close(conversation=c, epoch=1))
    return c


def test_nobody_has_said_is_another_thing_than_not_worth_keeping(world, over):
    assert stands(world, over) == (None, None)
    world.say(KARI, Classify(conversation=over, archive="none"))

    assert stands(world, over) == (None, "none")


@given(said=st.lists(st.tuples(OUTCOMES, CLASSES), max_size=6))
def test_the_last_word_on_each_stands_and_no_news_is_no_event(make, worlds, said):
    world = worlds(make)
    c, outcome, archive, changes = world.open(), None, None, 0
    for of, kept in said:
        before = (outcome, archive)
        outcome, archive = of or outcome, kept or archive
        told = world.say(KARI, Classify(conversation=c, outcome=of, archive=kept))
        changes += (outcome, archive) != before

        assert told.refusal is None
        assert [(e.body.outcome, e.body.archive) for e in told.events] == (
            [(outcome, archive)] if (outcome, archive) != before else []
        )
        assert stands(world, c) == (outcome, archive)
    assert len(world.told(c, "desk")) == changes


@pytest.mark.parametrize(
    ("sender", "before", "after"),
    [
        (KARI, None, None),
        (OLA, None, None),
        (LISE, None, None),
        (GRO, None, None),
        (ARVE, "not_found", None),
        (PER, "not_found", "not_found"),
        (ADA, "not_found", "not_found"),
    ],
)
def test_whoever_takes_part_says_so_and_the_archive_once_it_is_closed(world, sender, before, after):
    c = world.open()
    world.join(c, "kari")
    said = Classify(conversation=c, outcome="answered", archive="archive")

    assert world.say(sender, said).refusal == before
    world.say(KARI, Close(conversation=c, epoch=1))
    assert world.say(sender, said).refusal == after


def test_the_citizen_is_not_told(world, over):
    outcome = world.say(KARI, Classify(conversation=over, outcome="unanswered"))

    assert [event.stream for event in outcome.events] == ["desk"]
