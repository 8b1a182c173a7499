"""Breaking the glass: leaders and archivists read behind a wall, for a while, and only read."""

import pytest
from services.contracts import (
    Block,
    BreakGlass,
    Classify,
    ClearAlarm,
    Close,
    Consult,
    EndConsult,
    Move,
    Nudge,
    PostMessage,
    PostNote,
    RaiseAlarm,
    RequestHandover,
    Requeue,
    SetTopic,
    TakeOver,
)
from transcript_service.core.rights import agent_may_read

CITIZEN, KARI, LISE, NORA, GRO, ARVE, ADA = (
    "citizen:c1", "agent:kari", "agent:lise", "agent:nora", "agent:gro", "agent:arve", "agent:ada",
)  # fmt: skip


@pytest.fixture
def walled(world):
    """Nora has it, of those who protect children."""
    c = world.open(topic="omsorg")
    world.join(c, "nora")
    return c


def reads(world, conversation, agent):
    directory = world.shelf.directory
    profile = directory.agent(agent.removeprefix("agent:"))
    return agent_may_read(world.of(conversation), profile, directory, world.shelf.now)


def breaks(world, conversation, agent, reason="Fare for liv", **fields):
    return world.say(agent, BreakGlass(conversation=conversation, reason=reason, **fields))


@pytest.mark.parametrize("agent", [LISE, GRO])
def test_a_leader_reads_it_for_an_hour_and_the_desk_is_told_why(world, walled, agent):
    assert not reads(world, walled, agent)
    outcome = breaks(world, walled, agent, masked=1)
    (event,) = outcome.events

    assert (event.stream, event.author.id) == ("desk", agent.removeprefix("agent:"))
    assert (event.body.kind, event.body.reason) == ("glass_broken", "Fare for liv")
    assert (event.body.until, event.body.masked) == (world.make.after(3600), 1)
    assert reads(world, walled, agent)
    world.wait(3599)
    assert reads(world, walled, agent)
    world.wait(1)
    assert not reads(world, walled, agent)
    assert len(world.of(walled).summary.glimpses) == 1, "who looked is known afterwards"


def test_the_tenant_says_how_long(world, make, walled):
    timing = make.directory().timing.evolve(glimpse_s=60)
    world.shelf.publish(make.directory(version=2, timing=timing))
    breaks(world, walled, LISE)
    world.wait(60)

    assert not reads(world, walled, LISE)


def test_the_archive_looks_at_nothing_that_is_not_closed(world, walled):
    assert breaks(world, walled, ARVE).refusal == "not_found"
    world.say(NORA, Close(conversation=walled, epoch=1))
    assert not reads(world, walled, ARVE)
    assert breaks(world, walled, ARVE).refusal is None
    assert reads(world, walled, ARVE)


@pytest.mark.parametrize("agent", [KARI, "agent:per", ADA])
def test_to_who_may_not_it_does_not_exist(world, walled, agent):
    outcome = breaks(world, walled, agent)

    assert outcome.refusal == "not_found"
    assert outcome.refusal == breaks(world, world.make.id(99), agent).refusal
    assert world.of(walled).summary.glimpses == ()


def test_a_former_owner_behind_the_wall_has_no_way_back_by_that(world):
    c = world.open()
    world.join(c, "kari")
    world.hand_over(c, "barn")
    world.join(c, "nora")

    assert breaks(world, c, KARI).refusal == "not_found"


def test_there_is_no_glass_where_there_is_no_wall(world):
    """A leader of other departments does not read it by this."""
    c = world.open(topic="garasje")

    assert breaks(world, c, LISE).refusal == "not_found"
    assert breaks(world, c, ARVE).refusal == "not_found"


@pytest.mark.parametrize("agent", [NORA, GRO, LISE])
def test_who_may_read_it_breaks_nothing(world, walled, agent):
    c = walled if agent == NORA else world.open(2)
    outcome = breaks(world, c, agent)

    assert (outcome.refusal, outcome.events) == (None, ())
    assert world.of(c).summary.glimpses == ()


def test_nobody_needs_to_break_what_the_archive_reads_anyway(world):
    c = world.open()
    world.join(c, "kari")
    world.say(KARI, Close(conversation=c, epoch=1))

    outcome = breaks(world, c, ARVE)
    assert (outcome.refusal, outcome.events) == (None, ())


def test_again_is_a_new_while_with_its_own_reason(world, walled):
    breaks(world, walled, LISE)
    breaks(world, walled, GRO)
    world.wait(1800)
    breaks(world, walled, LISE, reason="Fortsatt fare")
    glimpses = world.of(walled).summary.glimpses
    told = [e.body.reason for e in world.told(walled, "desk") if e.body.kind == "glass_broken"]

    assert [(g.agent, g.until) for g in glimpses] == [
        ("gro", world.make.after(3600)),
        ("lise", world.make.after(5400)),
    ]
    assert told == ["Fare for liv", "Fare for liv", "Fortsatt fare"]


def test_who_is_no_leader_any_more_has_lost_the_look_too(world, make, walled):
    breaks(world, walled, LISE)
    staff = tuple(
        agent.evolve(roles=("agent",)) if agent.id == "lise" else agent
        for agent in make.directory().agents
    )
    world.shelf.publish(make.directory(version=2, agents=staff))

    assert not reads(world, walled, LISE)


ACTS = [
    lambda c: PostNote(conversation=c, text="Husk"),
    lambda c: PostNote(conversation=c, text="Husk", whisper=True),
    lambda c: SetTopic(conversation=c, topic="skatt"),
    lambda c: Classify(conversation=c, outcome="answered"),
    lambda c: EndConsult(conversation=c, agent="lise"),
    lambda c: RaiseAlarm(conversation=c, alarm="threat"),
    lambda c: ClearAlarm(conversation=c),
    lambda c: Block(conversation=c, reason="Hets"),
    lambda c: Move(conversation=c, department="torget", epoch=1),
    lambda c: TakeOver(conversation=c, epoch=1),
    lambda c: PostMessage(conversation=c, text="Hei", epoch=1),
    lambda c: Close(conversation=c, epoch=1),
    lambda c: Nudge(conversation=c, epoch=1),
    lambda c: Consult(conversation=c, epoch=1, agent="nora"),
    lambda c: RequestHandover(conversation=c, epoch=1, department="torget"),
    lambda c: Requeue(conversation=c, epoch=1, reason="returned_by_agent"),
]


CLASSIFIES = 3
"""The place of that act above."""


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("agent", [LISE, GRO])
def test_who_looks_may_do_nothing(world, walled, agent, act):
    """Also a supervisor, who leads every department."""
    before = world.say(agent, act(walled))
    breaks(world, walled, agent)
    state = world.of(walled)
    outcome = world.say(agent, act(walled))

    assert before.refusal == "not_found"
    assert outcome.refusal == "not_allowed"
    assert world.of(walled) == state


@pytest.mark.parametrize("act", ACTS[:8])
def test_who_looks_into_a_closed_one_may_do_nothing_either(world, walled, act):
    world.say(NORA, Close(conversation=walled, epoch=1))
    for agent in (ARVE, LISE, GRO):
        breaks(world, walled, agent)

        assert world.say(agent, act(walled)).refusal == "not_allowed"


@pytest.mark.parametrize("act", [act for n, act in enumerate(ACTS[:8]) if n != CLASSIFIES])
def test_the_archive_does_nothing_but_classify_what_it_reads_without_breaking_anything(world, act):
    c = world.open()
    world.join(c, "kari")
    world.say(KARI, Close(conversation=c, epoch=1))

    assert world.say(ARVE, act(c)).refusal == "not_allowed"


def test_the_citizen_is_not_told(world, walled):
    breaks(world, walled, LISE)

    assert {event.body.kind for event in world.told(walled)} == {"opened", "joined"}
