"""What a desk shows, told by a table and by properties."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from agent_service.core import view
from agent_service.core.newest import Newest
from hypothesis import given
from hypothesis import strategies as st
from services.contracts import AgentProfile, Glimpse, PendingHandover, PendingOffer, Summary, WrapUp

LATER = datetime(2026, 11, 24, 9, 1, tzinfo=UTC)
OFFER = PendingOffer(id=UUID(int=1), agent="kari", deadline=LATER)
HANDOVER = PendingHandover(
    id=UUID(int=2),
    from_agent="ola",
    department="byggesak",
    agent="kari",
    requested_at=LATER,
    deadline=LATER,
)
KARI = AgentProfile(id="kari", name="Kari N.", departments=("servicetorget",))
LEADER = AgentProfile(id="mona", name="Mona L.", departments=("byggesak",), roles=("leader",))
SUPERVISOR = AgentProfile(id="siv", name="Siv V.", roles=("agent", "supervisor"))
BESIDE = (
    AgentProfile(id="alma", name="Alma B.", departments=("servicetorget",), roles=("admin",)),
    AgentProfile(id="arne", name="Arne A.", departments=("servicetorget",), roles=("archivist",)),
)


@pytest.mark.parametrize(
    ("fields", "is_mine"),
    [
        ({"state": "active", "owner": "kari"}, True),
        ({"state": "active", "owner": "ola"}, False),
        ({"state": "closed", "owner": "kari"}, False),
        ({"state": "offered", "offer": OFFER}, True),
        ({"state": "offered", "offer": OFFER.evolve(agent="ola")}, False),
        ({"state": "active", "owner": "ola", "handover": HANDOVER}, True),
        ({"state": "active", "owner": "x", "handover": HANDOVER.evolve(agent=None)}, False),
        (
            {
                "state": "active",
                "owner": "kari",
                "handover": HANDOVER.evolve(from_agent="kari", agent="per"),
            },
            True,
        ),
        ({"state": "closed", "wrapup": WrapUp(agent="kari", until=LATER)}, True),
        ({"state": "closed", "wrapup": WrapUp(agent="ola", until=LATER)}, False),
        ({"state": "waiting"}, False),
        ({"state": "active", "owner": "ola", "consulted": ("per", "kari")}, True),
        ({"state": "active", "owner": "ola", "consulted": ("per",)}, False),
    ],
)
def test_what_concerns_an_agent_right_now(summary, fields, is_mine):
    assert view.mine(summary(**fields), "kari") is is_mine


@pytest.mark.parametrize(
    ("state", "department", "kari", "leader", "supervisor"),
    [
        ("waiting", "servicetorget", True, False, True),
        ("offered", "servicetorget", True, False, True),
        ("waiting", "byggesak", False, True, True),
        ("offered", "byggesak", False, True, True),
        ("waiting", "barnevern", False, False, True),
        ("active", "servicetorget", False, False, False),
        ("closed", "servicetorget", False, False, False),
        ("written", "servicetorget", True, False, True),
        ("written", "barnevern", False, False, True),
    ],
)
def test_a_line_is_shown_to_those_who_answer_it_and_to_those_who_lead_it(
    summary, state, department, kari, leader, supervisor
):
    waiting = summary(state=state, department=department)

    assert view.in_line(waiting, KARI) is kari
    assert view.in_line(waiting, LEADER) is leader
    assert view.in_line(waiting, SUPERVISOR) is supervisor


@pytest.mark.parametrize(("state", "sees"), [("active", True), ("closed", False)])
def test_leaders_see_what_colleagues_have_in_the_departments_they_lead(summary, state, sees):
    theirs = summary(state=state, owner="per", department="byggesak")
    elsewhere = summary(state=state, owner="ola", department="servicetorget")

    assert view.shown(theirs, LEADER) is sees
    assert view.shown(elsewhere, LEADER) is False
    assert view.shown(theirs, SUPERVISOR) is view.shown(elsewhere, SUPERVISOR) is sees
    assert view.shown(theirs, KARI) is False


@pytest.mark.parametrize("state", ["waiting", "offered", "active", "closed", "written"])
@pytest.mark.parametrize("profile", BESIDE, ids=lambda p: p.roles[0])
def test_the_desk_of_who_only_administers_or_archives_is_empty(summary, state, profile):
    theirs = summary(state=state, owner="ola", department="servicetorget", alarm="danger")

    assert view.shown(theirs, profile) is False


@given(
    state=st.sampled_from(["waiting", "offered", "active", "closed", "written"]),
    department=st.sampled_from(["servicetorget", "byggesak", "barnevern"]),
    owner=st.sampled_from([None, "kari", "ola"]),
    offer=st.sampled_from([None, OFFER, OFFER.evolve(agent="ola")]),
    consulted=st.sampled_from([(), ("kari",), ("ola",)]),
    alarm=st.sampled_from([None, "danger"]),
)
def test_nothing_is_shown_that_is_neither_mine_nor_waiting_in_my_lines(
    state, department, owner, offer, consulted, alarm
):
    about = Summary(
        conversation=UUID(int=9),
        version=1,
        state=state,
        topic=None,
        department=department,
        language="nb",
        owner=owner,
        offer=offer,
        consulted=consulted,
        alarm=alarm,
        opened_at=LATER,
        entered_at=LATER,
        last_seq={},
    )
    named = "kari" in (owner, offer.agent if offer else None, *consulted)
    waits = state in ("waiting", "offered", "written") and department == "servicetorget"

    assert not view.shown(about, KARI) or named or waits


@pytest.mark.parametrize("state", ["waiting", "offered", "active", "written"])
def test_an_alarm_is_on_the_desk_of_who_leads_until_it_is_closed(summary, state):
    calls = summary(state=state, owner="per", department="byggesak", alarm="danger")

    assert view.shown(calls, LEADER)
    assert not view.shown(calls, KARI)
    assert not view.shown(calls.evolve(state="closed"), LEADER)


def test_advice_holds_no_slot_but_the_rest_of_ones_own_does(summary):
    asked = summary(state="active", owner="ola", consulted=("kari",))

    assert view.mine(asked, "kari")
    assert not view.holds(asked, "kari")
    assert view.holds(asked, "ola")


def test_rights_move_with_who_is_concerned_and_where_it_is_alone(summary):
    before = summary()
    others = ({"version": 2}, {"last_seq": {"dialogue": 3}}, {"priority": 1}, {"missed": ("x",)})
    movers = (
        {"owner": "kari"},
        {"epoch": 1},
        {"department": "byggesak"},
        {"offer": OFFER},
        {"handover": HANDOVER},
        {"consulted": ("per",)},
        {"glimpses": (Glimpse(agent="mona", until=LATER),)},
    )

    assert all(view.same_rights(before, summary(**fields)) for fields in others)
    assert not any(view.same_rights(before, summary(**fields)) for fields in movers)


@given(st.permutations(range(1, 8)))
def test_of_states_in_any_order_the_newest_stays(order):
    newest = Newest()
    told = []
    for version in order:
        about = Summary(
            conversation=UUID(int=9),
            version=version,
            state="waiting",
            topic=None,
            department="x",
            language="nb",
            opened_at=LATER,
            entered_at=LATER,
            last_seq={},
        )
        news, _ = newest.take(about)
        told += [version] if news else []

    assert told == sorted(told)
    assert told[-1] == 7


def test_the_longest_unchanged_conversation_is_forgotten_first(summary):
    newest = Newest(most=2)
    one, two, three = (summary(conversation=UUID(int=n)) for n in (1, 2, 3))
    for known in (one, two, one.evolve(version=2), three):
        newest.take(known)

    assert newest.take(one.evolve(version=3)) == (True, one.evolve(version=2))
    assert newest.take(two) == (True, None)
