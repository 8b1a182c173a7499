"""A command that comes again gives the same events; another under its id is told, not obeyed."""

import pytest
from services.contracts import (
    AcceptOffer,
    AskWritten,
    Block,
    BreakGlass,
    Classify,
    ClearAlarm,
    Close,
    Consult,
    EndConsult,
    EndWrapUp,
    Event,
    MakeOffer,
    MakeWritten,
    Move,
    OpenConversation,
    PostMessage,
    PostNote,
    RaiseAlarm,
    RequestHandover,
    Requeue,
    SetReachable,
    SetTopic,
)
from transcript_service.core.erased import erased_body
from transcript_service.core.repeats import clashes

CITIZEN, KARI, LISE, ROUTER = "citizen:c1", "agent:kari", "agent:lise", "router:0"
EMAIL = {"answer_by": "email", "contact": "nils@testvik.no"}


@pytest.fixture
def owned(world):
    """Something of each is there already: a way to answer, a consult, an alarm, and silence."""
    c = world.open()
    world.join(c, "kari")
    world.say(CITIZEN, AskWritten(conversation=c, answer_by="receipt"))
    world.say(KARI, Consult(conversation=c, epoch=1, agent="ola"))
    world.say(KARI, RaiseAlarm(conversation=c, alarm="abuse"))
    world.wait(180)
    return c


def again(world, sender, body):
    """Say the same twice, in two batches, and return both outcomes."""
    envelope = world.make.envelope(sender, body)
    return world.carry_out(envelope), world.carry_out(envelope)


@pytest.mark.parametrize(
    ("sender", "body"),
    [
        (CITIZEN, lambda c: PostMessage(conversation=c, text="Hei")),
        (KARI, lambda c: PostMessage(conversation=c, text="Hei", epoch=1)),
        (KARI, lambda c: PostNote(conversation=c, text="Husk")),
        (KARI, lambda c: RequestHandover(conversation=c, epoch=1, department="bygg", note="Se")),
        (KARI, lambda c: RequestHandover(conversation=c, epoch=1, department="bygg")),
        (KARI, lambda c: Close(conversation=c, epoch=1)),
        (ROUTER, lambda c: SetReachable(conversation=c, reachable=False)),
        (ROUTER, lambda c: Requeue(conversation=c, epoch=1, reason="no_reply")),
        (CITIZEN, lambda c: PostMessage(conversation=c, text="Hjelp", alarm="danger")),
        (CITIZEN, lambda c: AskWritten(conversation=c, answer_by="receipt")),
        (CITIZEN, lambda c: AskWritten(conversation=c, **EMAIL)),
        (KARI, lambda c: MakeWritten(conversation=c, reason="answer_later", epoch=1)),
        (KARI, lambda c: SetTopic(conversation=c, topic="garasje")),
        (ROUTER, lambda c: SetTopic(conversation=c, topic="garasje")),
        (KARI, lambda c: Consult(conversation=c, epoch=1, agent="per")),
        (KARI, lambda c: Consult(conversation=c, epoch=1, agent="per", note="Se")),
        (KARI, lambda c: Consult(conversation=c, epoch=1, agent="ola")),
        (KARI, lambda c: EndConsult(conversation=c, agent="ola")),
        (KARI, lambda c: EndConsult(conversation=c, agent="per")),
        (KARI, lambda c: RaiseAlarm(conversation=c, alarm="danger")),
        (KARI, lambda c: RaiseAlarm(conversation=c, alarm="abuse")),
        (KARI, lambda c: ClearAlarm(conversation=c)),
        (KARI, lambda c: Block(conversation=c, reason="Hets")),
        (LISE, lambda c: PostNote(conversation=c, text="Spør", whisper=True)),
        (KARI, lambda c: Classify(conversation=c, outcome="guided")),
        (KARI, lambda c: BreakGlass(conversation=c, reason="Klage")),
    ],
)
def test_said_twice_it_is_done_once_and_answered_the_same(world, owned, sender, body):
    first, second = again(world, sender, body(owned))

    assert first.refusal is None
    assert second.refusal is None
    assert second.repeated
    assert second.events == first.events
    assert second.after == first.after == world.of(owned)


def test_said_twice_in_one_batch_it_is_done_once(world, make, owned):
    words = make.envelope(CITIZEN, PostMessage(conversation=owned, text="Hei"))
    second = world.carry_out(words, words)

    assert second.repeated
    assert [e.id for e in world.told(owned)].count(words.id) == 1


def test_a_repeat_is_known_after_the_state_went_on_and_by_its_old_events(world, make, owned):
    words = make.envelope(KARI, PostMessage(conversation=owned, text="Hei", epoch=1))
    first = world.carry_out(words)
    world.say(KARI, Close(conversation=owned, epoch=1))
    late = world.carry_out(words)

    assert late.repeated
    assert late.events == first.events


def test_a_late_repeat_of_an_absence_does_not_send_a_citizen_away_again(world, make, owned):
    away = make.envelope(ROUTER, SetReachable(conversation=owned, reachable=False))
    world.carry_out(away)
    world.say(ROUTER, SetReachable(conversation=owned, reachable=True))
    world.carry_out(away)

    assert world.of(owned).summary.away_since is None


@pytest.mark.parametrize(
    ("first", "other"),
    [
        (
            lambda c: (CITIZEN, PostMessage(conversation=c, text="Hei")),
            lambda c: (CITIZEN, PostMessage(conversation=c, text="Ha det")),
        ),
        (
            lambda c: (KARI, PostNote(conversation=c, text="Hei")),
            lambda c: (KARI, PostMessage(conversation=c, text="Hei", epoch=1)),
        ),
        (
            lambda c: (KARI, RequestHandover(conversation=c, epoch=1, department="bygg", note="a")),
            lambda c: (KARI, RequestHandover(conversation=c, epoch=1, department="bygg", note="b")),
        ),
        (
            lambda c: (KARI, RequestHandover(conversation=c, epoch=1, department="bygg")),
            lambda c: (KARI, RequestHandover(conversation=c, epoch=1, department="bygg", note="b")),
        ),
        (
            lambda c: (CITIZEN, AskWritten(conversation=c, **EMAIL)),
            lambda c: (CITIZEN, AskWritten(conversation=c, answer_by="email", contact="p@a.no")),
        ),
        (
            lambda c: (CITIZEN, AskWritten(conversation=c, **EMAIL)),
            lambda c: (CITIZEN, AskWritten(conversation=c, answer_by="phone", contact="nei")),
        ),
        (
            lambda c: (KARI, SetTopic(conversation=c, topic="skatt")),
            lambda c: (KARI, SetTopic(conversation=c, topic="garasje")),
        ),
        (
            lambda c: (KARI, Consult(conversation=c, epoch=1, agent="per", note="a")),
            lambda c: (KARI, Consult(conversation=c, epoch=1, agent="per", note="b")),
        ),
        (
            lambda c: (LISE, PostNote(conversation=c, text="Spør", whisper=True)),
            lambda c: (LISE, PostNote(conversation=c, text="Spør")),
        ),
        (
            lambda c: (KARI, Classify(conversation=c, outcome="guided")),
            lambda c: (KARI, Classify(conversation=c, outcome="answered")),
        ),
        (
            lambda c: (KARI, Classify(conversation=c, outcome="guided")),
            lambda c: (KARI, Classify(conversation=c, outcome="guided", archive="none")),
        ),
        (
            lambda c: (KARI, Block(conversation=c, reason="a")),
            lambda c: (KARI, Block(conversation=c, reason="b")),
        ),
        (
            lambda c: (KARI, Close(conversation=c, epoch=1)),
            lambda c: (KARI, ClearAlarm(conversation=c)),
        ),
    ],
)
def test_another_action_under_a_used_id_is_told_so_and_not_carried_out(world, owned, first, other):
    id_ = world.make.id(500)
    world.say(*first(owned), id=id_)
    before = world.of(owned)
    outcome = world.say(*other(owned), id=id_)

    assert outcome.refusal == "id_reused"
    assert not outcome.repeated
    assert world.of(owned) == before


def test_words_under_the_id_of_a_silent_action_are_not_lost_in_silence(world, owned):
    """An id known without events once answered any command with `done`."""
    id_ = world.make.id(500)
    world.say(KARI, Close(conversation=owned, epoch=1))
    world.say(KARI, EndWrapUp(conversation=owned), id=id_)

    note = PostNote(conversation=owned, text="Husk")
    assert world.say(KARI, note, id=id_).refusal == "id_reused"


def test_the_same_id_in_another_conversation_or_by_another_sender_is_another_action(world, make):
    id_ = make.id(500)
    one, two = world.open(1), world.open(2)
    world.join(one, "kari")
    said = [
        world.say(CITIZEN, PostMessage(conversation=one, text="a"), id=id_),
        world.say(CITIZEN, PostMessage(conversation=two, text="b"), id=id_),
        world.say(KARI, PostMessage(conversation=one, text="c", epoch=1), id=id_),
    ]

    assert [outcome.refusal for outcome in said] == [None, None, None]
    assert not any(outcome.repeated for outcome in said)
    assert [e.body.text for e in world.told(one)[-2:]] == ["a", "c"]
    assert [e.body.text for e in world.told(two)[-1:]] == ["b"]


def test_a_refusal_is_not_kept_so_the_same_id_may_succeed_later(world, make):
    c = world.open()
    early = make.envelope(KARI, AcceptOffer(conversation=c, offer=make.id(7)))
    refused = world.carry_out(early)
    world.carry_out(
        make.envelope(ROUTER, MakeOffer(conversation=c, agent="kari", epoch=0), id=make.id(7))
    )

    assert refused.refusal == "offer_gone"
    assert world.carry_out(early).refusal is None


def test_a_repeat_by_a_broker_user_who_may_not_say_it_gets_nothing(world, make, owned):
    words = make.envelope(KARI, PostMessage(conversation=owned, text="Hei", epoch=1))
    world.carry_out(words)
    forged = world.carry_out(words.evolve(source="gateway"))

    assert forged.refusal == "not_allowed"
    assert not forged.events


def test_a_repeat_of_words_that_were_erased_since_is_answered_with_what_is_left(world, owned):
    outcome = world.say(CITIZEN, PostMessage(conversation=owned, text="Hei"))
    (event,) = outcome.events
    left = Event.model_validate({**dict(event), "body": erased_body("dialogue")})
    key = next(k for k, events in world.shelf.known.items() if event in events)
    world.shelf.known[key] = (left,)
    late = world.carry_out(outcome.envelope)

    assert late.repeated
    assert late.events == (left,)


def test_an_opening_that_changed_nothing_may_be_repeated(world, owned):
    body = OpenConversation(conversation=owned)
    first, second = again(world, CITIZEN, body)

    assert not first.events
    assert second.repeated
    assert not clashes(body, ())


@pytest.mark.parametrize(
    ("topic", "sender", "first", "other"),
    [
        (None, LISE, lambda **of: Move(department="bygg", **of), {"department": "barn"}),
        ("omsorg", LISE, lambda epoch, **of: BreakGlass(reason="a", **of), {"reason": "b"}),
    ],
)
def test_a_repeated_move_or_breaking_is_known_by_its_event(world, topic, sender, first, other):
    body = first(conversation=world.open(topic=topic), epoch=0)
    one, two = again(world, sender, body)

    assert (one.refusal, len(one.events)) == (None, 1)
    assert two.repeated
    assert two.events == one.events
    late = world.say(sender, body.evolve(**other), id=one.envelope.id)
    assert late.refusal == "id_reused"
