"""Questions that are answered in writing: by whom, and when they give way."""

from router.core import decide, positions
from services.contracts import Leave, MakeOffer, MakeWritten, Requeue

BYGG = {"topic:garasje": 3}


def offered(view, now):
    commands = (d.command for d in decide(view, now).decisions)
    return {c.conversation: c.agent for c in commands if isinstance(c, MakeOffer)}


def written(make, n, *, due_s=9_000, **fields):
    return make.conversation(n, state="written", due_at=make.ago(-due_s), waited_s=4_000, **fields)


def test_written_ones_come_after_all_who_sit_and_wait_in_order_of_their_deadline(make):
    a = make.agent("a", capacity=2)
    later, sooner = written(make, 1, due_s=500), written(make, 2, due_s=400)
    live = make.conversation(3, waited_s=0, priority=9)
    given = offered(make.view(later, sooner, live, agents=(a,)), make.now)
    assert list(given.items()) == [(make.id(3), "a"), (make.id(2), "a")]


def test_an_agent_whom_somebody_waits_for_is_kept_free_of_written_ones(make):
    """The one who knows is full; a colleague may be needed at a later step."""
    staff = (
        make.agent("knows", "bygg", skills=BYGG, capacity=1),
        make.agent("colleague", "bygg"),
    )
    question = written(make, 1, department="bygg")
    live = make.conversation(2, waited_s=5, topic="garasje", department="bygg")
    view = make.view(question, live, agents=staff, loads={"knows": 1})
    assert offered(view, make.now) == {}
    assert decide(view, make.now).reasons.of(make.id(1)).reason == "live_first"
    alone = make.view(question, agents=staff, loads={"knows": 1})
    assert offered(alone, make.now) == {make.id(1): "colleague"}


def test_a_written_one_that_is_handed_over_gives_way_as_well(make):
    staff = make.agent("a"), make.agent("b", "bygg", capacity=1)
    for named in (None, "b"):
        handover = make.handover(agent=named)
        passed_on = written(make, 1).evolve(state="active", owner="a", handover=handover)
        live = make.conversation(2, waited_s=0, department="bygg")
        assert offered(make.view(passed_on, agents=staff), make.now) == {make.id(1): "b"}
        assert offered(make.view(passed_on, live, agents=staff), make.now) == {make.id(2): "b"}


def test_a_named_colleague_whom_somebody_waits_for_is_kept_free(make):
    staff = (
        make.agent("a"),
        make.agent("b", "bygg"),
        make.agent("knows", "bygg", skills=BYGG, capacity=1),
    )
    handover = make.handover(agent="b")
    passed_on = written(make, 1).evolve(state="active", owner="a", handover=handover)
    live = make.conversation(2, waited_s=0, topic="garasje", department="bygg")
    view = make.view(passed_on, live, agents=staff, loads={"knows": 1})
    assert offered(view, make.now) == {}


def test_the_absence_of_the_citizen_is_of_no_matter_and_it_has_no_place_in_line(make):
    away = written(make, 1, away_since=make.ago(99_999))
    held = written(make, 2).evolve(state="offered", offer=make.offer("a"))
    owned = written(make, 3).evolve(state="active", owner="a")
    view = make.view(away, held, owned, agents=(make.agent("a"),), citizens=frozenset())
    assert [d.command.type for d in decide(view, make.now).decisions] == ["offer.make.v1"]
    assert positions(view.line, view.indexed(), make.now) == {}


def test_who_is_gone_too_long_is_answered_in_writing_if_there_is_a_way(make):
    def at(away_s, answer_by):
        one = make.conversation(1, waited_s=4_000, away_since=make.ago(away_s), answer_by=answer_by)
        view = make.view(one, agents=(make.agent("a"),), citizens=frozenset())
        return [d.command for d in decide(view, make.now).decisions]

    assert at(1_799, "email") == []
    assert at(1_800, "email") == [MakeWritten(conversation=make.id(1), reason="citizen_gone")]
    assert at(1_800, None) == [Leave(conversation=make.id(1), reason="citizen_gone")]


def test_an_owner_who_is_lost_gives_a_written_one_back(make):
    one = written(make, 1).evolve(state="active", owner="a", epoch=2)
    view = make.view(one, agents=(make.agent("a"),), leases={}, absent_s={"a": 60})
    found = [d.command for d in decide(view, make.now).decisions]
    assert found == [Requeue(conversation=make.id(1), epoch=2, reason="owner_lost")]
