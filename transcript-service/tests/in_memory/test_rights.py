"""Who may read and take what: departments, walls round the confidential ones, the citizen's own."""

import pytest
from services.contracts import (
    MakeOffer,
    PostMessage,
    PostNote,
    Requeue,
    TakeOver,
)
from transcript_service.core.rights import (
    agent_may_read,
    citizen_may_read,
    departments_led,
    lines_in_view,
    may_take_over,
)

CITIZEN, KARI, OLA, LISE, NORA, GRO = (
    "citizen:c1", "agent:kari", "agent:ola", "agent:lise", "agent:nora", "agent:gro",
)  # fmt: skip
ROUTER = "router:0"


@pytest.fixture
def readers(world):
    """Return the agents who may read a conversation."""

    def who(conversation):
        directory = world.shelf.directory
        found = world.of(conversation)
        now = world.shelf.now
        return {a.id for a in directory.agents if agent_may_read(found, a, directory, now)}

    return who


def test_a_waiting_conversation_is_read_by_its_department(world, readers):
    assert readers(world.open()) == {"kari", "ola", "lise", "siv", "gro"}
    assert readers(world.open(2, topic="garasje")) == {"per", "siv", "gro"}


def test_an_offer_opens_it_to_whom_it_is_made_while_it_lasts(world, readers):
    c = world.open()
    world.offer(c, "per")

    assert "per" in readers(c)


def test_a_pending_hand_over_opens_it_to_the_department_that_is_asked(world, readers):
    c = world.open()
    world.join(c, "kari")
    world.hand_over(c, "bygg")

    assert {"per", "siv"} <= readers(c)


def test_a_former_owner_goes_on_reading_what_another_department_has_now(world, readers):
    c = world.open()
    world.join(c, "kari")
    world.hand_over(c, "bygg")
    world.join(c, "per")

    assert readers(c) == {"kari", "per", "siv", "gro"}


def test_a_confidential_department_walls_it_off_from_everybody_else(world, readers):
    c = world.open()
    world.join(c, "kari")
    world.hand_over(c, "barn")
    world.join(c, "nora")

    assert readers(c) == {"nora"}
    note = PostNote(conversation=c, text="Hva skjedde?")
    assert world.say(KARI, note).refusal == "not_found"
    assert world.say(LISE, note).refusal == "not_found"
    assert world.say(GRO, note).refusal == "not_found"


def test_while_only_asked_to_go_on_a_confidential_department_hides_nothing_yet(world, readers):
    c = world.open()
    world.join(c, "kari")
    world.hand_over(c, "barn")

    assert readers(c) == {"kari", "ola", "lise", "siv", "gro", "nora"}


def test_nobody_from_outside_takes_over_what_a_confidential_department_has(world):
    """Leaders of other departments and the first line once could, and so read all of it."""
    active = world.open(1, topic="omsorg")
    world.join(active, "nora")
    waiting = world.open(2, topic="omsorg")

    for conversation, epoch in ((active, 1), (waiting, 0)):
        for agent in (LISE, KARI, GRO):
            taken = world.say(agent, TakeOver(conversation=conversation, epoch=epoch))
            assert taken.refusal == "not_found"
    assert world.say(NORA, TakeOver(conversation=waiting, epoch=0)).refusal is None


def test_nothing_confidential_is_offered_outside_its_department(world):
    c = world.open(topic="omsorg")
    outside = world.say(ROUTER, MakeOffer(conversation=c, agent="kari", epoch=0))
    inside = world.say(ROUTER, MakeOffer(conversation=c, agent="nora", epoch=0))

    assert outside.refusal == "not_allowed"
    assert inside.refusal is None


def test_a_hand_over_to_a_confidential_department_is_offered_only_inside_it(world):
    c = world.open()
    world.join(c, "kari")
    handover = world.hand_over(c, "barn")
    outside = MakeOffer(conversation=c, agent="ola", epoch=1, handover=handover)

    assert world.say(ROUTER, outside).refusal == "not_allowed"


def test_a_former_owner_behind_the_wall_still_learns_that_the_epoch_moved_on(world):
    c = world.open()
    world.join(c, "kari")
    world.hand_over(c, "barn")
    world.join(c, "nora")
    late = PostMessage(conversation=c, text="Hei", epoch=1)

    assert world.say(KARI, late).refusal == "stale_epoch"


def test_who_left_the_staff_reads_nothing(world, make):
    c = world.open()
    world.join(c, "kari")
    staff = tuple(a for a in make.directory().agents if a.id != "kari")
    directory = make.directory(version=2, agents=staff)
    world.shelf.publish(directory)

    assert not agent_may_read(world.of(c), directory.agent("kari"), directory, world.shelf.now)
    assert world.say(KARI, PostNote(conversation=c, text="x")).refusal == "unknown_agent"


@pytest.mark.parametrize(
    ("sender", "stream", "may"),
    [
        (CITIZEN, "dialogue", True),
        (CITIZEN, "dialogue-2", True),
        (CITIZEN, "desk", False),
        (CITIZEN, "desk-2", False),
        ("citizen:c2", "dialogue", False),
        ("agent:c1", "dialogue", False),
    ],
)
def test_a_citizen_reads_their_own_dialogue_and_nothing_of_the_desk(world, sender, stream, may):
    c = world.open()

    assert citizen_may_read(world.of(c), sender, stream) is may


def test_from_the_line_its_department_the_first_line_and_leaders_take_it(world):
    c = world.open(topic="garasje")
    directory, summary = world.shelf.directory, world.of(c).summary
    may = {a.id for a in directory.agents if may_take_over(summary, a, directory)}

    assert may == {"kari", "ola", "lise", "per", "siv", "gro"}


@pytest.mark.parametrize(
    ("topic", "owner", "takers"),
    [(None, "kari", {"lise", "gro"}), ("garasje", "per", {"gro"}), ("omsorg", "nora", set())],
)
def test_from_a_colleague_only_who_leads_it_takes_it(world, topic, owner, takers):
    c = world.open(topic=topic)
    world.join(c, owner)
    directory, summary = world.shelf.directory, world.of(c).summary
    may = {a.id for a in directory.agents if may_take_over(summary, a, directory)}

    assert may == takers


@pytest.mark.parametrize(
    ("agent", "lines", "in_hand"),
    [
        ("siv", ["bygg", "torget"], []),
        ("lise", ["torget"], ["torget"]),
        ("gro", None, None),
        ("arve", [], []),
        ("ada", [], []),
    ],
)
def test_a_desk_shows_the_lines_it_answers_and_who_leads_also_what_is_in_hand(
    make, agent, lines, in_hand
):
    assert lines_in_view(make.directory().agent(agent)) == (lines, in_hand)


@pytest.mark.parametrize(
    ("agent", "led"),
    [("lise", ["torget"]), ("gro", ["torget", "bygg", "barn"]), ("kari", []), ("ada", [])],
)
def test_the_board_is_of_the_departments_led(make, agent, led):
    directory = make.directory()

    assert departments_led(directory.agent(agent), directory) == led


@pytest.mark.parametrize("agent", [OLA, "agent:per", "agent:nobody"])
def test_a_stranger_is_not_told_that_a_conversation_exists(world, make, agent):
    c = world.open(topic="omsorg")
    real = world.say(agent, Requeue(conversation=c, epoch=0, reason="returned_by_agent"))
    none = Requeue(conversation=make.id(99), epoch=0, reason="returned_by_agent")

    assert real.refusal in ("not_found", "unknown_agent")
    assert world.say(agent, none).refusal == "not_found"
