"""Showing a file: by who put it there, once, under the rules for words."""

import pytest
from services.contracts import AskWritten, Close, PostFile, TakeOver
from transcript_service.core.words import only_adds_words

CITIZEN, KARI, OLA, LISE = "citizen:c1", "agent:kari", "agent:ola", "agent:lise"


@pytest.fixture
def owned(world):
    c = world.open()
    world.join(c, "kari")
    return c


def show(world, sender, conversation, file, **fields):
    return world.say(sender, PostFile(conversation=conversation, file=file, **fields))


def test_what_is_shown_is_what_lies_in_the_store(world):
    c = world.open()
    file = world.put(
        c,
        CITIZEN,
        7,
        name="garasje.jpg",
        media_type="image/jpeg",
        size=9,
        width=4,
        height=3,
        masked=1,
    )
    (event,) = show(world, CITIZEN, c, file, seen=99).events

    assert event.stream == "dialogue"
    assert event.author.kind == "citizen"
    assert event.body.model_dump() == {
        "kind": "attached",
        "file": file,
        "name": "garasje.jpg",
        "media_type": "image/jpeg",
        "size": 9,
        "sha256": "0" * 64,
        "scan": "clean",
        "width": 4,
        "height": 3,
        "masked": 1,
    }


def test_nobody_shows_what_another_put_there_or_what_is_not_there(world, make, owned):
    file = world.put(owned, CITIZEN, 7)
    elsewhere = world.put(world.open(2), CITIZEN, 8)

    assert show(world, KARI, owned, file, epoch=1).refusal == "file_unknown"
    assert show(world, CITIZEN, owned, elsewhere).refusal == "file_unknown"
    assert show(world, CITIZEN, owned, make.id(9)).refusal == "file_unknown"
    assert show(world, CITIZEN, owned, file).refusal is None


def test_a_file_is_shown_once_also_within_one_batch(world, make, owned):
    file = world.put(owned, CITIZEN, 7)
    twice = [make.envelope(CITIZEN, PostFile(conversation=owned, file=file)) for _ in range(2)]
    outcome = world.carry_out(*twice)

    assert outcome.refusal == "file_unknown"
    assert show(world, CITIZEN, owned, file).refusal == "file_unknown"
    assert [e.body.kind for e in world.told(owned)].count("attached") == 1


def test_said_again_it_is_answered_with_the_event_of_then(world, make, owned):
    first, second = world.put(owned, CITIZEN, 7), world.put(owned, CITIZEN, 8)
    envelope = make.envelope(CITIZEN, PostFile(conversation=owned, file=first))
    told = world.carry_out(envelope).events
    again = world.carry_out(envelope)
    other = world.carry_out(envelope.evolve(body=envelope.body.evolve(file=second)))

    assert (again.repeated, again.events) == (True, told)
    assert other.refusal == "id_reused"


def test_an_owner_s_file_is_an_answer(world, owned):
    file = world.put(owned, KARI, 7)
    assert world.of(owned).summary.unanswered_since is not None
    show(world, KARI, owned, file, epoch=1)

    assert world.of(owned).summary.unanswered_since is None


def test_only_the_owner_under_their_epoch_shows_a_file_to_the_citizen(world, owned):
    for n, agent in enumerate((KARI, OLA, LISE)):
        world.put(owned, agent, 7 + n)
    files = list(world.shelf.files[world.make.tenant, owned])

    assert show(world, OLA, owned, files[1], epoch=1).refusal == "not_allowed"
    world.say(LISE, TakeOver(conversation=owned, epoch=1))
    assert show(world, KARI, owned, files[0], epoch=1).refusal == "stale_epoch"
    assert show(world, LISE, owned, files[2], epoch=2).refusal is None


def test_a_written_question_may_be_shown_a_file_too_and_a_closed_one_not(world, owned):
    other = world.open(2)
    world.say(CITIZEN, AskWritten(conversation=other, answer_by="receipt"))
    world.say(KARI, Close(conversation=owned, epoch=1))

    assert show(world, CITIZEN, other, world.put(other, CITIZEN, 7)).refusal is None
    assert show(world, CITIZEN, owned, world.put(owned, CITIZEN, 8)).refusal == "closed"


def test_a_file_never_goes_the_short_way_of_words(world, make, owned):
    file = make.envelope(CITIZEN, PostFile(conversation=owned, file=make.id(7)))

    assert not only_adds_words(file, world.of(owned))
