"""What a replica remembers is never older than it knows, and its clock never runs backwards."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from transcript_service.memory import CLOCK_STEP, Memory

SECONDS = st.floats(0, 100, allow_nan=False)


def closed(conversation):
    summary = conversation.summary.evolve(state="closed", version=conversation.summary.version + 1)
    return type(conversation)(conversation.tenant, conversation.citizen, summary)


def test_the_newest_state_is_remembered_whatever_the_order_it_is_learnt_in(world):
    old = world.of(world.open())
    world.join(old.summary.conversation)
    new = world.of(old.summary.conversation)
    memory = Memory()
    for conversation in (new, old):
        memory.keep(conversation)

    assert memory.get(new.key) == new
    memory.forget(new.key)
    assert memory.get(new.key) is None


def test_a_conversation_that_ended_is_not_kept(world):
    conversation = world.of(world.open())
    memory = Memory()
    memory.keep(conversation)
    memory.keep(closed(conversation))

    assert memory.get(conversation.key) is None


def test_the_one_left_alone_longest_is_forgotten_first(world):
    one, two, three = (world.of(world.open(n)) for n in (1, 2, 3))
    memory = Memory(size=2)
    for conversation in (one, two, one, three):
        memory.keep(conversation)

    assert [memory.get(c.key) is not None for c in (one, two, three)] == [True, False, True]


@given(answers=st.lists(st.tuples(SECONDS, SECONDS, st.floats(-0.9, 0.9)), max_size=20))
def test_time_never_runs_backwards_while_the_database_s_clock_is_not_set(make, answers):
    """Answers arrive more or less late; each is asked about a while after it."""
    memory, at_s, before = Memory(), 0.0, None
    for after_s, asked_s, late_s in answers:
        at_s += after_s
        memory.heard(make.now + timedelta(seconds=at_s - abs(late_s)), at_s)
        at_s += asked_s
        now = memory.now(at_s)

        assert before is None or now >= before
        before = now


def test_a_clock_that_was_set_back_is_believed(make):
    memory = Memory()
    memory.heard(make.now, 0)
    memory.now(10)
    memory.heard(make.now - 2 * CLOCK_STEP, 10)

    assert memory.now(11) == make.now - 2 * CLOCK_STEP + timedelta(seconds=1)
