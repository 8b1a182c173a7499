"""Who reads what, as a table in plain words: role, membership, wall, state and connection."""

from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import get_args

import pytest
from services.contracts import (
    ConversationState,
    Glimpse,
    PendingHandover,
    PendingOffer,
    Role,
    Summary,
    WrapUp,
)
from transcript_service.core import Conversation
from transcript_service.core.rights import agent_may_read, takes_part

STATES = get_args(ConversationState)

ALWAYS, NEVER, CLOSED, GLASS = "always", "never", "once closed", "only through broken glass"

# By the role and the department alone, of a conversation that never was the agent's.
#              in an open department     behind a wall
#              member      outsider      member    outsider
TABLE = {
    "agent":      (ALWAYS, NEVER,        ALWAYS,   NEVER),
    "leader":     (ALWAYS, GLASS,        ALWAYS,   GLASS),
    "supervisor": (ALWAYS, ALWAYS,       ALWAYS,   GLASS),
    "archivist":  (CLOSED, CLOSED,       CLOSED,   GLASS),
    "admin":      (NEVER,  NEVER,        NEVER,    NEVER),
}  # fmt: skip
PLACES = [("bygg", True), ("bygg", False), ("barn", True), ("barn", False)]

MINE = {
    "owner": {"owner": "me"},
    "offered": {"offer": "me"},
    "asked for advice": {"consulted": ("me",)},
    "wraps it up": {"wrapup": "me"},
    "handed over by me": {"from_agent": "me"},
    "handed over to me": {"agent": "me"},
}
"""What makes a conversation an agent's own for the moment, whatever the role and the walls."""

GLIMPSES = {
    "none": (),
    "mine": (("me", 1),),
    "mine, and it is over": (("me", 0),),
    "another's": (("other", 1),),
    "mine after another's": (("other", 1), ("me", 1)),
}


def conversation(make, department, state, *, agents=(), glimpses=(), **about):
    pending = {"id": make.id(5), "deadline": make.after(30)}
    handover = None
    if "from_agent" in about or "agent" in about or "to" in about:
        handover = PendingHandover(
            **pending,
            from_agent=about.get("from_agent", "other"),
            department=about.get("to", "torget"),
            agent=about.get("agent"),
            requested_at=make.now,
        )
    summary = Summary(
        conversation=make.id(1),
        version=1,
        state=state,
        topic=None,
        department=department,
        language="nb",
        opened_at=make.now,
        entered_at=make.now,
        last_seq={},
        owner=about.get("owner"),
        consulted=about.get("consulted", ()),
        handover=handover,
        offer=PendingOffer(**pending, agent=about["offer"]) if "offer" in about else None,
        wrapup=WrapUp(agent=about["wrapup"], until=make.after(60)) if "wrapup" in about else None,
        glimpses=tuple(Glimpse(agent=who, until=make.after(s)) for who, s in glimpses),
    )
    return Conversation(make.tenant, "citizen:c1", summary, agents=agents)


def reads(make, found, roles, departments):
    return agent_may_read(
        found, make.agent("me", *departments, roles=roles), make.directory(), make.now
    )


@pytest.mark.parametrize("roles", [(role,) for role in get_args(Role)])
@pytest.mark.parametrize("glimpse", GLIMPSES)
@pytest.mark.parametrize("state", STATES)
def test_by_role_department_wall_state_and_glass_as_the_table_says(make, roles, glimpse, state):
    for (department, member), rule in zip(PLACES, TABLE[roles[0]], strict=True):
        found = conversation(make, department, state, glimpses=GLIMPSES[glimpse])
        looks = glimpse in ("mine", "mine after another's") and roles[0] not in ("agent", "admin")
        expected = {
            ALWAYS: True,
            NEVER: False,
            CLOSED: state == "closed" or looks,
            GLASS: looks,
        }[rule]

        departments = (department,) if member else ("torget",)
        assert reads(make, found, roles, departments) is expected, (department, member)


@pytest.mark.parametrize("state", STATES)
def test_several_roles_read_what_one_of_them_reads(make, state):
    for (first, second), (place, (department, member)) in product(
        product(get_args(Role), repeat=2), enumerate(PLACES)
    ):
        found = conversation(make, department, state)
        departments = (department,) if member else ()
        alone = [reads(make, found, (role,), departments) for role in (first, second)]

        assert reads(make, found, (first, second), departments) is any(alone), (place, first)


@pytest.mark.parametrize("role", get_args(Role))
@pytest.mark.parametrize("connection", MINE)
@pytest.mark.parametrize("department", ["bygg", "barn"])
def test_what_concerns_one_now_one_reads_whatever_the_role(make, role, connection, department):
    found = conversation(make, department, "active", **MINE[connection])

    assert reads(make, found, (role,), ())


@pytest.mark.parametrize("role", get_args(Role))
def test_what_one_had_before_one_reads_until_it_goes_behind_a_wall(make, role):
    open_, walled = (
        conversation(make, department, "active", agents=("me", "other"), owner="other")
        for department in ("bygg", "barn")
    )

    assert reads(make, open_, (role,), ())
    assert not reads(make, walled, (role,), ())
    assert reads(make, walled, (role,), ("barn",)), "no wall stands before who has the department"


@pytest.mark.parametrize(
    ("role", "may"),
    [("agent", True), ("leader", True), ("archivist", False), ("admin", False)],
)
def test_who_is_asked_to_go_on_reads_as_a_department_that_works(make, role, may):
    found = conversation(make, "bygg", "active", owner="other", to="barn")

    assert reads(make, found, (role,), ("barn",)) is may


def test_a_pending_hand_over_to_a_walled_department_hides_nothing_from_a_supervisor(make):
    found = conversation(make, "bygg", "active", owner="other", to="barn")

    assert reads(make, found, ("supervisor",), ())


def test_who_looks_takes_no_part(make):
    directory = make.directory()
    behind = conversation(make, "barn", "closed", glimpses=(("me", 1),))
    before = conversation(make, "bygg", "closed")
    for role, found in (("leader", behind), ("archivist", behind), ("archivist", before)):
        me = make.agent("me", "torget", roles=(role,))
        assert agent_may_read(found, me, directory, make.now)
        assert not takes_part(found, me, directory)


def test_a_look_ends_at_its_moment_to_the_microsecond(make):
    found = conversation(make, "barn", "closed", glimpses=(("me", 60),))
    me, directory = make.agent("me", roles=("leader",)), make.directory()
    ends = make.after(60)

    assert agent_may_read(found, me, directory, ends - timedelta(microseconds=1))
    assert not agent_may_read(found, me, directory, ends)


def test_a_department_that_is_no_longer_confidential_has_no_wall(make):
    found = conversation(make, "barn", "closed")
    departments = tuple(of.evolve(confidential=False) for of in make.directory().departments)
    directory = make.directory(departments=departments)
    me = make.agent("me", roles=("archivist",))

    assert not agent_may_read(found, me, make.directory(), make.now)
    assert agent_may_read(found, me, directory, make.now)
    assert not agent_may_read(
        replace(found, summary=found.summary.evolve(state="active")), me, directory, make.now
    )
