"""Who is told: an owner who is silent, leaders, and a department that is not at the desk."""

import pytest
from router.core import Attendance, decide
from router.core.memory import Memory
from services.contracts import OpeningHours, Requeue, Span


def told(view, now):
    """Return what is told, without its ids."""
    return [
        (n.body.stage, getattr(n.body, "about", n.body.type)) for n in decide(view, now).notices
    ]


# Accepted and then silent


def silent(make, since_s, **fields):
    given = {"state": "active", "owner": "a", "epoch": 3, "unanswered_since": make.ago(since_s)}
    one = make.conversation(1, waited_s=500, **{**given, **fields})
    return make.view(one, agents=(make.agent("a"), make.agent("b")))


@pytest.mark.parametrize(
    ("since_s", "stages"),
    [(59, []), (60, ["nudge"]), (119, ["nudge"]), (120, ["nudge", "leader"])],
)
def test_a_silent_owner_is_nudged_and_then_the_leaders_are(make, since_s, stages):
    plan = decide(silent(make, since_s), make.now)
    assert [(n.body.stage, n.body.agent) for n in plan.notices] == [(s, "a") for s in stages]
    assert plan.decisions == ()


def test_then_it_is_offered_on(make):
    [decision] = decide(silent(make, 180), make.now).decisions
    assert decision.command == Requeue(conversation=make.id(1), epoch=3, reason="no_reply")


@pytest.mark.parametrize("how", ["written", "handed_over", "answered"])
def test_nobody_is_nudged_where_nobody_is_kept_waiting(make, how):
    fields = {
        "written": {"due_at": make.ago(-9_999)},
        "handed_over": {"handover": make.handover("torget", agent="b")},
        "answered": {"unanswered_since": None},
    }[how]
    plan = decide(silent(make, 500, **fields), make.now)
    assert [n for n in plan.notices if n.body.type == "agent.nudged.v1"] == []
    assert not any(isinstance(d.command, Requeue) for d in plan.decisions)


def test_a_nudge_is_the_same_whoever_says_it_and_another_for_the_next_owner(make):
    def ids(view):
        return [n.id for n in decide(view, make.now).notices]

    first = ids(silent(make, 130))
    assert ids(silent(make, 150)) == first
    assert len(set(first)) == 2
    assert not set(ids(silent(make, 130, epoch=4))) & set(first)


def test_a_notice_is_told_once_for_as_long_as_it_holds(make):
    memory = Memory()
    notices = decide(silent(make, 130), make.now).notices
    for notice in memory.untold(notices):
        memory.told(notice)
    assert memory.untold(notices) == []
    assert memory.untold([]) == []
    assert memory.untold(notices) == list(notices)


# Departments that are not at the desk


def asked(make, *, how, asked_s, here=(), **fields):
    match how:
        case "handover":
            handover = make.handover("bygg").evolve(requested_at=make.ago(asked_s))
            one = make.conversation(1, state="active", owner="a", handover=handover)
        case "written":
            due = fields.pop("due_s", 99_999)
            one = make.conversation(
                1, state="written", department="bygg", waited_s=asked_s, due_at=make.ago(-due)
            )
        case _:
            one = make.conversation(1, waited_s=asked_s, department=how, **fields)
    agents = make.agent("a"), make.agent("b", "bygg")
    leases = {name: make.lease(name, presence=fields.get("presence", "busy")) for name in here}
    return make.view(one, agents=agents, leases=leases)


@pytest.mark.parametrize(("how", "about"), [("handover", "handover"), ("bygg", "waiting")])
def test_a_department_that_nobody_is_at_the_desk_of_is_alerted_and_then_its_leaders(
    make, how, about
):
    assert told(asked(make, how=how, asked_s=29), make.now) == []
    assert told(asked(make, how=how, asked_s=30), make.now) == [("department", about)]
    assert told(asked(make, how=how, asked_s=630), make.now) == [
        ("department", about),
        ("leader", about),
    ]
    assert told(asked(make, how=how, asked_s=630, here=("b",)), make.now) == []
    assert told(asked(make, how=how, asked_s=99, here=("a",)), make.now) == [("department", about)]


def test_the_first_line_is_the_desk_itself_and_gets_no_alert(make):
    assert told(asked(make, how="torget", asked_s=9_999), make.now) == []


def test_an_absence_is_believed_only_when_presence_is_settled(make):
    view = asked(make, how="bygg", asked_s=99)
    unsettled = Attendance({}, view.attendance.citizens, settled=False)
    assert told(make.changed(view, attendance=unsettled), make.now) == []


def test_no_leader_is_woken_for_a_written_question_because_it_is_night(make):
    night = OpeningHours(week={"tue": (Span(opens="20:00", closes="21:00"),)})
    day = OpeningHours(week={"tue": (Span(opens="08:00", closes="15:00"),)})
    view = asked(make, how="written", asked_s=700, due_s=9_999_999)
    assert told(make.with_directory(view, hours=night), make.now) == [("department", "written")]
    assert told(make.with_directory(view, hours=day), make.now) == [
        ("department", "written"),
        ("leader", "written"),
    ]


def test_a_written_question_nearly_due_is_told_to_the_leaders_once(make):
    """A quarter of the eight open hours it was given is left, whoever is at the desk."""

    def at(due_s, hours=None):
        view = asked(make, how="written", asked_s=20, due_s=due_s, here=("b",))
        return decide(make.with_directory(view, hours=hours), make.now).notices

    assert at(7_201) == ()
    [notice] = at(7_200)
    assert (notice.body.stage, notice.body.about) == ("leader", "written")
    assert notice.body.due_at == make.ago(-7_200)
    assert at(7_200) == (notice,)
    # In Oslo it is 13: an hour is left today, and the other is over at 9 tomorrow.
    span = Span(opens="08:00", closes="14:00")
    hours = OpeningHours(week={"tue": (span,), "wed": (span,)})
    assert at(20 * 3600 + 1, hours) == ()
    assert len(at(20 * 3600, hours)) == 1


@pytest.mark.parametrize("state", ["waiting", "closed"])
def test_danger_is_told_to_the_leaders_at_once_also_when_the_citizen_has_left(make, state):
    one = make.conversation(1, waited_s=0, alarm="danger", state=state)
    other = make.conversation(2, waited_s=0, alarm="abuse")
    view = make.view(one, other, agents=(make.agent("a"),), settled=False)
    [notice] = decide(view, make.now).notices
    assert (notice.conversation, notice.body.about) == (make.id(1), "danger")
    assert notice.body.stage == "leader"


def test_an_alert_has_one_id_for_what_it_is_about(make):
    def ids(asked_s):
        return [
            n.id for n in decide(asked(make, how="handover", asked_s=asked_s), make.now).notices
        ]

    assert ids(50) == ids(60) == ids(700)[:1]
    assert len(set(ids(700))) == 2
