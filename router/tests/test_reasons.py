"""Why it waits, in numbers from which a sentence can be made."""

from dataclasses import replace

from router.core import Recent, decide
from services.contracts import OpeningHours, Span

BYGG = {"topic:garasje": 3}


def why(view, conversation, now):
    return decide(view, now).reasons.of(conversation)


def test_it_waits_because_the_only_two_who_know_it_are_full(make):
    staff = (
        make.agent("kari", "bygg", skills=BYGG, capacity=2),
        make.agent("ola", "bygg", skills=BYGG, capacity=1),
        make.agent("per", "bygg", skills={"topic:garasje": 1}),
        make.agent("mona", "bygg"),
    )
    one = make.conversation(1, waited_s=5, topic="garasje", department="bygg")
    told = why(make.view(one, agents=staff, loads={"kari": 2, "ola": 1}), make.id(1), make.now)
    assert (told.outcome, told.reason, told.step, told.level) == (
        "waiting",
        "nobody_free",
        0,
        "asked",
    )
    assert told.skills == BYGG
    assert told.counts == {"full": 2, "level": 1, "skill": 1}
    assert [(c.agent, c.verdict, c.load, c.capacity) for c in told.candidates] == [
        ("ola", "full", 1, 1),
        ("kari", "full", 2, 2),
        ("per", "level", 0, 3),
        ("mona", "skill", 0, 3),
    ]


def test_nobody_there_and_closed_are_told_apart_by_the_hours(make):
    one = make.conversation(1)
    view = make.view(one, agents=(make.agent("a"),), leases={})
    never = OpeningHours(week={})
    always = OpeningHours(week={"tue": (Span(opens="00:00", closes="24:00"),)})
    assert why(view, make.id(1), make.now).reason == "nobody_there"
    for hours, reason in ((never, "closed"), (always, "nobody_there")):
        told = why(make.with_directory(view, hours=hours), make.id(1), make.now)
        assert told.reason == reason


def test_a_citizen_away_and_a_pending_offer_are_explained_too(make):
    away = make.conversation(1, away_since=make.ago(30))
    held = make.conversation(2, state="offered", offer=make.offer("a"))
    flying = make.conversation(3)
    view = make.view(
        away,
        held,
        flying,
        agents=(make.agent("a"),),
        citizens=frozenset({make.id(2), make.id(3)}),
        recent=Recent(in_flight={make.id(3): "a"}),
    )
    told = {n: why(view, make.id(n), make.now) for n in (1, 2, 3)}
    assert (told[1].outcome, told[1].reason) == ("waiting", "citizen_away")
    assert (told[2].outcome, told[2].reason, told[2].agent) == ("offered", "offered", "a")
    assert told[3].agent == "a"


def test_who_neither_waits_nor_is_offered_has_no_reason(make):
    active = make.conversation(1, state="active", owner="a")
    view = make.view(active, agents=(make.agent("a"),))
    assert why(view, make.id(1), make.now) is None
    assert why(view, make.id(2), make.now) is None
    assert why(replace(view, attendance=None), make.id(1), make.now) is None


def test_a_preferred_agent_who_is_soon_free_is_the_reason_to_wait(make):
    one = make.conversation(1, waited_s=5, preferred_agent="mine")
    staff = make.agent("a"), make.agent("mine", capacity=1)
    told = why(make.view(one, agents=staff, loads={"mine": 1}), make.id(1), make.now)
    assert (told.reason, told.counts) == ("preferred_agent_soon", {"full": 1, "eligible": 1})
    assert told.candidates[0].agent == "a"
