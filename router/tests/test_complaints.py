"""What users of other products complain of, as far as it is the router's to prevent.

Each test is named after the complaint: product, number in its tracker, and what happened there.
"""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from router.core import Attendance, decide, positions
from router.presence import Presence
from services.contracts import ExpireOffer, Leave, MakeOffer, Requeue


def offers(view, now):
    return [d.command for d in decide(view, now).decisions if isinstance(d.command, MakeOffer)]


def offered(view, now):
    return {one.conversation: one.agent for one in offers(view, now)}


class Guard:
    """The ledger's capacity check and compare-and-set, nothing else."""

    def __init__(self, view):
        self.load = {one.agent: one.load for one in view.line.loads}
        self.capacity = {one.agent: one.capacity for one in view.line.loads}
        self.owner, self.refused = {}, 0

    def carry_out(self, offer):
        taken = offer.conversation in self.owner
        if taken or self.load[offer.agent] >= self.capacity[offer.agent]:
            self.refused += 1
            return
        self.owner[offer.conversation] = offer.agent
        self.load[offer.agent] += 1


def test_rocketchat_37776_18217_35722_several_instances_go_over_the_limit(make):
    """Three instances, a limit of 3, and an agent had 4 chats.

    Any number of routers, however their commands interleave, in a burst.
    """

    @settings(max_examples=60, deadline=None)
    @given(st.integers(1, 5), st.integers(1, 12), st.randoms(use_true_random=False))
    def holds(routers, waiting, chance):
        agents = make.agent("a", capacity=3), make.agent("b", capacity=3)
        view = make.view(*(make.conversation(n) for n in range(waiting)), agents=agents)
        guard, said = Guard(view), []
        for _ in range(routers):
            # Each sees presences of its own age.
            here = {
                n: lease for n, lease in view.attendance.agents.items() if chance.random() < 0.8
            }
            seen = replace(view, attendance=replace(view.attendance, agents=here))
            of_one = offers(seen, make.now)
            for agent in ("a", "b"):
                assert sum(offer.agent == agent for offer in of_one) <= 3
            said += of_one
        chance.shuffle(said)
        for offer in said:
            guard.carry_out(offer)
        assert all(guard.load[agent] <= 3 for agent in guard.load)

    holds()


def test_rocketchat_22206_two_agents_take_one_chat(make):
    """A conversation that is offered to somebody is offered to nobody else."""
    held = make.conversation(1, state="offered", offer=make.offer("a"))
    view = make.view(held, agents=(make.agent("a"), make.agent("b")))
    assert offers(view, make.now) == []
    loose = make.view(make.conversation(1), agents=(make.agent("a"), make.agent("b")))
    assert len(offers(loose, make.now)) == 1


def test_chatwoot_10583_10685_rocketchat_18041_the_line_is_not_drained(make):
    """A slot came free, or an agent signed in, and nobody was fetched from the line."""
    line = [make.conversation(n, waited_s=100 - n) for n in range(3)]
    a = make.agent("a", capacity=1)
    full = make.view(*line, agents=(a,), loads={"a": 1})
    away = make.view(*line, agents=(a,), leases={})
    back = make.view(*line, agents=(a,))
    assert offered(full, make.now) == offered(away, make.now) == {}
    assert offered(back, make.now) == {make.id(0): "a"}


def test_chatwoot_13050_10059_1198_livehelperchat_635_no_line_and_no_place_in_it(make):
    """Everyone has a place from the first second, there is no limit, and places have no gaps."""
    line = [make.conversation(n, waited_s=n % 7, priority=1 + n % 3) for n in range(40)]
    view = make.view(*line, agents=())
    standing = positions(view.line, view.indexed(), make.now)
    assert sorted(one.position for one in standing.values()) == list(range(1, 41))


def test_chatwoot_7204_4158_9587_rocketchat_23185_stuck_with_an_agent_who_is_gone(make):
    """Back in line when the agent is gone for a minute, and at the old place there."""
    stuck = make.conversation(1, waited_s=900, state="active", owner="gone", epoch=1)
    staff = make.agent("gone"), make.agent("b", capacity=1)
    leases = {"b": make.lease("b")}
    view = make.view(stuck, agents=staff, leases=leases, absent_s={"gone": 50})
    [decision] = decide(view, make.now).decisions
    assert decision.command == Requeue(conversation=make.id(1), epoch=1, reason="owner_lost")

    back = stuck.evolve(state="waiting", owner=None, epoch=2)
    newer = make.conversation(2, waited_s=300)
    assert offered(make.view(newer, back, agents=staff, leases=leases), make.now) == {
        make.id(1): "b"
    }


def test_livehelperchat_fbmessenger_6_given_to_an_operator_who_is_offline(make):
    """Nobody gets anything who is not there and available, whatever they have free."""
    staff = tuple(make.agent(name) for name in ("away", "busy", "draining", "forced_away", "off"))
    leases = {a.id: make.lease(a.id, presence=a.id) for a in staff if a.id != "off"}
    assert offers(make.view(make.conversation(1), agents=staff, leases=leases), make.now) == []


def test_chatwoot_14508_4170_assigned_and_then_ignored(make):
    """An offer nobody answers ends and goes to another; an owner who is silent loses it too."""
    a, b = make.agent("a"), make.agent("b")
    held = make.conversation(1, state="offered", offer=make.offer("a", left_s=0))
    [decision] = decide(make.view(held, agents=(a, b)), make.now).decisions
    assert decision.command == ExpireOffer(conversation=make.id(1), offer=make.id(900))
    back = make.conversation(1, missed=("a",))
    assert offered(make.view(back, agents=(a, b)), make.now) == {make.id(1): "b"}

    silent = make.conversation(1, state="active", owner="a", unanswered_since=make.ago(180))
    [decision] = decide(make.view(silent, agents=(a, b)), make.now).decisions
    assert decision.command.reason == "no_reply"


def test_twilio_a_timer_cancels_what_a_citizen_waits_for(make):
    """However long it waits, and whatever steps have passed: it is never given up on."""
    for waited_s in (60, 3_600, 86_400, 30 * 86_400):
        view = make.view(make.conversation(1, waited_s=waited_s), agents=(make.agent("a"),))
        nobody = make.changed(view, attendance=replace(view.attendance, agents={}))
        assert decide(nobody, make.now).decisions == ()
        assert offered(view, make.now) == {make.id(1): "a"}


def test_twilio_a_task_that_nobody_can_take_waits_for_ever_without_a_word(make):
    """A skill nobody at a desk has is not waited for, and the reason is there to be read."""
    one = make.conversation(1, waited_s=0, topic="garasje", department="bygg")
    view = make.view(one, agents=(make.agent("a", "bygg"),))
    assert offered(view, make.now) == {make.id(1): "a"}
    alone = decide(make.view(one, agents=()), make.now).reasons.of(make.id(1))
    assert (alone.outcome, alone.reason) == ("waiting", "no_staff")


def test_rocketchat_feature_request_233_skills_are_asked_for(make):
    """Asked for in 2019, "planned" since: who knows the topic gets it."""
    staff = make.agent("a", "bygg"), make.agent("b", "bygg", skills={"topic:garasje": 3})
    one = make.conversation(1, waited_s=0, topic="garasje", department="bygg")
    assert offered(make.view(one, agents=staff, loads={"b": 2}), make.now) == {make.id(1): "b"}


def test_zammad_1137_1083_1227_a_hand_over_that_leads_nowhere(make):
    """Until somebody accepts, its owner keeps it; nobody does, and it comes back by itself."""
    fields = {"state": "active", "owner": "a"}
    pending = make.conversation(1, **fields, handover=make.handover())
    view = make.view(pending, agents=(make.agent("a"), make.agent("b", "bygg")), loads={"b": 3})
    assert decide(view, make.now).decisions == ()
    late = make.conversation(1, **fields, handover=make.handover(left_s=0))
    [decision] = decide(make.view(late, agents=(make.agent("a"),)), make.now).decisions
    assert (decision.command.type, decision.command.reason) == ("handover.return.v1", "timeout")


def test_tiledesk_dashboard_156_no_way_back_to_the_unassigned(make):
    """What its agent puts back is in line again, at the place it had, and not with the same one."""
    back = make.conversation(1, waited_s=600, epoch=2, missed=("a",))
    newer = make.conversation(2, waited_s=30)
    view = make.view(newer, back, agents=(make.agent("a", capacity=1), make.agent("b", capacity=1)))
    assert list(offered(view, make.now).items()) == [(make.id(1), "b"), (make.id(2), "a")]


async def test_chatwoot_13720_5076_5826_9313_3504_presence_flaps(make):
    """A tab in the background went offline for 40 s of each minute.

    Devices of an agent are a union; and one missing look neither ends anything nor moves it.
    """

    class Leases:
        def __init__(self):
            self.fields = {}

        async def live(self, _tenant):
            return dict(self.fields)

    class Epoch:
        async def current(self):
            return "1"

    leases = Leases()
    two_tabs = {"a:1": make.lease("a").model_dump_json(), "a:2": make.lease("a").model_dump_json()}
    leases.fields = two_tabs
    presence = Presence(leases, Leases(), Epoch(), settle_s=0)
    assert set((await presence.read("t")).agents) == {"a"}
    leases.fields = {"a:2": two_tabs["a:2"]}
    assert set((await presence.read("t")).agents) == {"a"}

    active = make.conversation(1, state="active", owner="a")
    for absent_s in (0, 20, 40, 49):
        view = make.view(active, agents=(make.agent("a"),), leases={}, absent_s={"a": absent_s})
        assert decide(view, make.now).decisions == ()


def test_rocketchat_10172_zammad_1075_livehelperchat_552_all_seem_offline_for_a_moment(make):
    """Redis was away or wiped: nothing ends and nobody loses anything because of that."""
    active = make.conversation(1, state="active", owner="a")
    waiting = make.conversation(2, waited_s=5_000)
    view = make.view(
        active, waiting, agents=(make.agent("a"),), leases={}, absent_s={"a": 999}, settled=False
    )
    nothing = Attendance({}, frozenset(), settled=False, absent_s={"a": 999})
    for attendance in (view.attendance, nothing, None):
        commands = [
            d.command for d in decide(make.changed(view, attendance=attendance), make.now).decisions
        ]
        assert not any(isinstance(command, Leave | Requeue) for command in commands)


def test_rocketchat_20899_zammad_4970_livehelperchat_1078_online_when_nobody_is(make):
    """With nobody there a wait says so, and the department that is asked for hears of it."""
    one = make.conversation(1, waited_s=60, department="bygg")
    plan = decide(make.view(one, agents=(make.agent("b", "bygg"),), leases={}), make.now)
    assert plan.reasons.of(make.id(1)).reason == "nobody_there"
    assert [(n.body.department, n.body.stage) for n in plan.notices] == [("bygg", "department")]


def test_zammad_3299_livehelperchat_2303_1681_a_long_line_brings_it_to_its_knees(make):
    """What a round does for a line of hundreds with nobody free does not grow with the staff."""

    class Counted(dict):
        looks = 0

        def get(self, *about):
            Counted.looks += 1
            return super().get(*about)

    def looks(agents, waiting):
        staff = tuple(make.agent(f"a{n:04}") for n in range(agents))
        line = [make.conversation(n) for n in range(waiting)]
        view = make.view(*line, agents=staff, loads={a.id: 3 for a in staff})
        leases = Counted(view.attendance.agents)
        Counted.looks = 0
        view = replace(view, attendance=replace(view.attendance, agents=leases))
        assert offers(view, make.now) == []
        return Counted.looks

    few, many = looks(100, 20), looks(100, 400)
    assert many == few
    assert looks(400, 20) <= 4 * few
