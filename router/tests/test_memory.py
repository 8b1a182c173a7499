"""What a replica remembers between rounds."""

import pytest
from router.core import Decision
from router.core.memory import REPEAT_S, REST_S, Memory
from services.contracts import ExpireOffer, MakeOffer


@pytest.fixture
def memory():
    return Memory()


def offer(make, n=1, agent="a"):
    command = MakeOffer(conversation=make.id(n), agent=agent, epoch=0)
    return Decision(make.id(500 + n), command, 1)


def test_a_command_is_not_repeated_for_a_while(make, memory):
    decision = offer(make)
    memory.sent(decision, 0)
    line = make.line(make.conversation(1), loads={})
    memory.look(line, REPEAT_S - 0.1)
    assert memory.unsent([decision]) == []
    assert memory.recent(1).in_flight == {make.id(1): "a"}
    memory.look(line, REPEAT_S)
    assert memory.unsent([decision]) == [decision]
    assert memory.recent(REPEAT_S).in_flight == {}


def test_what_shows_in_the_snapshot_is_no_longer_on_its_way(make, memory):
    memory.sent(offer(make), 0)
    memory.look(make.line(make.conversation(1, version=2), loads={}), 0.1)
    assert memory.recent(0.1).in_flight == {}


def test_an_unconfirmed_command_may_be_sent_again_at_once(make, memory):
    decision = offer(make)
    memory.sent(decision, 0)
    memory.not_sent(decision)
    assert memory.unsent([decision]) == [decision]


def test_a_refused_offer_makes_room_for_one_to_somebody_else(make, memory):
    memory.sent(offer(make), 0)
    memory.refused(make.id(501), 0.1)
    recent = memory.recent(0.1)
    assert recent.in_flight == {}
    assert recent.left_alone == {(make.id(1), "a")}
    memory.look(make.line(make.conversation(1), loads={}), 0.1 + REPEAT_S)
    assert memory.recent(3).left_alone == frozenset()


def test_a_refused_ending_is_not_hammered(make, memory):
    command = ExpireOffer(conversation=make.id(1), offer=make.id(900))
    decision = Decision(make.id(600), command, 1)
    memory.sent(decision, 0)
    memory.refused(decision.id, 0.1)
    assert memory.unsent([decision]) == []


def test_one_who_turned_it_down_is_spared_it_for_a_while_each_time(make, memory):
    offered = make.conversation(1, state="offered", offer=make.offer("a"))
    back = make.conversation(1, missed=("a",))
    pair = (make.id(1), "a")
    memory.look(make.line(offered, loads={}), 0)
    memory.look(make.line(back, loads={}), 1)
    assert pair in memory.recent(REST_S).left_alone
    assert pair not in memory.recent(1 + REST_S).left_alone
    memory.look(make.line(offered.evolve(missed=("a",)), loads={}), 20)
    memory.look(make.line(back, loads={}), 21)
    assert pair in memory.recent(22).left_alone


def test_absence_is_counted_from_the_first_round_and_forgotten_when_unsure(make, memory):
    assert memory.absent_s(["a", "b"], {"b": ()}, 10) == {"a": 0}
    assert memory.absent_s(["a", "b"], {}, 15) == {"a": 5, "b": 0}
    assert memory.absent_s(["a", "b"], {"a": ()}, 20) == {"b": 5}
    assert memory.absent_s(["a", "b"], None, 25) == {}
    assert memory.absent_s(["a"], {}, 30) == {"a": 0}
