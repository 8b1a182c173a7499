"""Written questions: how one comes to be, waits in no line, is offered and is answered."""

from datetime import UTC, datetime

import pytest
from services.contracts import (
    AcceptOffer,
    AskWritten,
    Close,
    DeclineOffer,
    Department,
    EndWrapUp,
    ExpireOffer,
    Leave,
    MakeOffer,
    MakeWritten,
    OpeningHours,
    PostMessage,
    Requeue,
    SetReachable,
    Span,
    TakeOver,
)

CITIZEN, STRANGER, KARI, OLA = "citizen:c1", "citizen:c2", "agent:kari", "agent:ola"
ROUTER = "router:0"
EMAIL = {"answer_by": "email", "contact": "nils@testvik.no"}
FROM_TEN = OpeningHours(
    week={day: (Span(opens="10:00", closes="14:00"),) for day in ("mon", "tue", "wed", "thu")}
)


def ask(world, conversation, **fields):
    return world.say(CITIZEN, AskWritten(conversation=conversation, **{**EMAIL, **fields}))


@pytest.fixture
def written(world):
    c = world.open()
    ask(world, c)
    return c


@pytest.mark.parametrize("offered", [False, True])
def test_a_citizen_in_line_asks_for_it_and_is_given_deadline_and_receipt(world, offered):
    c = world.open()
    if offered:
        world.offer(c, "kari")
    outcome = ask(world, c)
    summary = world.of(c).summary
    told = world.told(c)[-1].body

    assert outcome.refusal is None
    assert (summary.state, summary.answer_by, summary.offer) == ("written", "email", None)
    assert (told.kind, told.reason) == ("made_written", "citizen_asked")
    assert (told.due_at, told.receipt) == (summary.due_at, summary.receipt)
    assert world.load("kari") == 0


def test_where_the_answer_goes_is_written_on_the_desk_and_nowhere_else(world, written):
    (given,) = [e.body for e in world.told(written, "desk") if e.body.kind == "contact_given"]

    assert (given.answer_by, given.contact) == ("email", "nils@testvik.no")
    assert "nils" not in repr(world.told(written))
    assert "nils" not in repr(world.of(written))


@pytest.mark.parametrize(
    "fields",
    [
        {"contact": "nils"},
        {"contact": None},
        {"answer_by": "phone", "contact": "1234"},
        {"answer_by": "phone", "contact": None},
    ],
)
def test_nothing_changes_where_no_answer_can_reach(world, fields):
    c = world.open()
    before = world.of(c)

    assert ask(world, c, **fields).refusal == "contact_invalid"
    assert world.of(c) == before


def test_a_receipt_needs_no_contact_and_none_is_kept(world):
    c = world.open()
    ask(world, c, answer_by="receipt")
    given = world.told(c, "desk")[-1].body

    assert (given.answer_by, given.contact) == ("receipt", None)


def test_asked_again_only_the_way_of_answering_changes(world, written):
    before = world.of(written).summary
    ask(world, written, answer_by="phone", contact="69 11 69 11")
    after = world.of(written).summary

    assert after.answer_by == "phone"
    assert (after.due_at, after.receipt, after.state) == (
        before.due_at,
        before.receipt,
        before.state,
    )
    assert [e.body.kind for e in world.told(written)].count("made_written") == 1
    assert world.of(written).contact == "69 11 69 11"


def test_asked_of_an_owner_it_goes_on_and_the_owner_may_answer_later(world):
    c = world.open()
    world.join(c, "kari")
    later = MakeWritten(conversation=c, reason="answer_later", epoch=1)

    assert world.say(KARI, later).refusal == "no_way_to_answer"
    ask(world, c)
    assert world.of(c).summary.state == "active"
    assert world.of(c).summary.due_at is None
    assert world.say(KARI, later).refusal is None

    summary = world.of(c).summary
    assert (summary.state, summary.owner, summary.epoch) == ("written", None, 2)
    assert world.load("kari") == 0
    assert world.told(c)[-1].body.reason == "answer_later"


def test_who_does_not_own_it_does_not_put_it_off(world):
    c = world.open()
    world.join(c, "kari")
    ask(world, c)
    later = MakeWritten(conversation=c, reason="answer_later", epoch=1)

    assert world.say(OLA, later).refusal == "not_allowed"
    assert world.say(KARI, later.evolve(epoch=0)).refusal == "stale_epoch"
    assert world.say(KARI, later.evolve(reason="citizen_gone")).refusal == "not_allowed"
    assert world.say(ROUTER, later).refusal == "not_allowed"


def gone(world, conversation, seconds):
    world.say(ROUTER, SetReachable(conversation=conversation, reachable=False))
    world.wait(seconds)
    return world.say(ROUTER, MakeWritten(conversation=conversation, reason="citizen_gone"))


def test_a_citizen_who_is_gone_and_said_how_is_answered_in_writing(world):
    c = world.open()
    world.join(c, "kari")
    ask(world, c)
    world.say(KARI, Requeue(conversation=c, epoch=1, reason="returned_by_agent"))

    assert gone(world, c, 1799).refusal == "not_allowed"
    assert gone(world, c, 1).refusal is None
    summary = world.of(c).summary
    assert (summary.state, summary.away_since) == ("written", None)
    assert world.told(c)[-1].body.reason == "citizen_gone"


def test_a_citizen_who_is_gone_and_said_nothing_is_not(world):
    assert gone(world, world.open(), 1800).refusal == "no_way_to_answer"


def test_what_is_written_is_not_made_so_again(world, written):
    offer = world.offer(written, "kari")
    again = MakeWritten(conversation=written, reason="citizen_gone")
    assert world.say(ROUTER, again).refusal == "already_written"
    world.say(KARI, AcceptOffer(conversation=written, offer=offer))
    later = MakeWritten(conversation=written, reason="answer_later", epoch=1)

    assert world.say(KARI, later).refusal == "already_written"


def test_it_is_offered_accepted_and_answered_like_any_other(world, written):
    world.join(written, "kari")
    answer = PostMessage(conversation=written, text="Ja, med søknad.", epoch=1)

    assert world.say(KARI, answer).refusal is None
    assert world.say(KARI, Close(conversation=written, epoch=1)).refusal is None
    summary = world.of(written).summary
    assert (summary.state, summary.wrapup.agent) == ("closed", "kari")
    assert summary.due_at is not None


def test_a_colleague_may_take_it_from_the_line(world, written):
    assert world.say(OLA, TakeOver(conversation=written, epoch=0)).refusal is None
    assert world.of(written).summary.owner == "ola"


def end_of_offer(world, conversation, how):
    offer = world.offer(conversation, "kari")
    if how == "expired":
        world.wait(30)
        world.say(ROUTER, ExpireOffer(conversation=conversation, offer=offer))
    else:
        world.say(KARI, DeclineOffer(conversation=conversation, offer=offer))


@pytest.mark.parametrize("how", ["expired", "declined"])
def test_an_offer_that_fails_leads_back_to_the_written_ones(world, written, how):
    end_of_offer(world, written, how)
    summary = world.of(written).summary

    assert (summary.state, summary.missed) == ("written", ("kari",))


@pytest.mark.parametrize("reason", ["returned_by_agent", "owner_lost"])
def test_put_back_it_is_written_and_in_no_line(world, written, reason):
    world.join(written, "kari")
    sender = KARI if reason == "returned_by_agent" else ROUTER
    world.say(sender, Requeue(conversation=written, epoch=1, reason=reason))

    assert world.of(written).summary.state == "written"
    assert world.load("kari") == 0


def test_the_citizens_absence_is_of_no_matter(world, written):
    world.say(ROUTER, SetReachable(conversation=written, reachable=False))
    world.wait(10**6)
    left = world.say(ROUTER, Leave(conversation=written, reason="citizen_gone"))

    assert world.of(written).summary.away_since is None
    assert left.refusal == "not_waiting"


def test_the_citizen_may_take_it_back(world, written):
    world.say(CITIZEN, Leave(conversation=written))

    assert world.of(written).summary.state == "closed"
    assert ask(world, written).refusal == "closed"


def test_nobody_else_asks_for_it(world):
    asked = AskWritten(conversation=world.open(), answer_by="receipt")

    assert world.say(STRANGER, asked).refusal == "not_found"


def test_without_hours_the_deadline_is_that_long_from_now(world, written):
    ago = world.of(written).summary.due_at - world.shelf.now

    assert ago.total_seconds() == world.shelf.directory.timing.written_due_s


@pytest.mark.parametrize(
    ("department", "tenant", "due_at"),
    [
        (None, FROM_TEN, datetime(2026, 11, 26, 11, tzinfo=UTC)),
        (FROM_TEN, None, datetime(2026, 11, 26, 11, tzinfo=UTC)),
        (
            OpeningHours(week={"fri": (Span(opens="08:00", closes="16:00"),)}),
            FROM_TEN,
            datetime(2026, 11, 27, 14, tzinfo=UTC),
        ),
    ],
)
def test_the_deadline_counts_the_open_hours_of_the_department_else_of_the_tenant(
    world, make, department, tenant, due_at
):
    """It is Tuesday at 13 in Oslo, and seven hours are given: one, four, and two on Thursday."""
    directory = make.directory()
    departments = tuple(
        Department(**{**dict(d), "hours": department if d.id == "torget" else None})
        for d in directory.departments
    )
    timing = directory.timing.evolve(written_due_s=7 * 3600)
    world.shelf.publish(directory.evolve(departments=departments, hours=tenant, timing=timing))
    c = world.open()
    ask(world, c)

    assert world.of(c).summary.due_at == due_at


def test_the_same_agent_may_have_it_offered_again_later(world, written):
    end_of_offer(world, written, "declined")
    again = MakeOffer(conversation=written, agent="kari", epoch=0)

    assert world.say(ROUTER, again).refusal is None


def test_a_slot_is_held_for_it_like_for_any_other(world, written):
    world.join(written, "kari")
    world.say(KARI, Close(conversation=written, epoch=1))
    assert world.load("kari") == 1
    world.say(KARI, EndWrapUp(conversation=written))

    assert world.load("kari") == 0
