"""Rules that hold in every round, whatever the line and whoever is there."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from router.core import Recent, decide
from services.contracts import MakeOffer

AGENTS = ("a", "b", "c", "d")
LEVELS = st.sampled_from([0, 1, 3])


@pytest.fixture(scope="session")
def worlds(make):
    """Return a strategy of views."""

    @st.composite
    def build(draw):
        agents = tuple(
            make.agent(
                name,
                *draw(st.sampled_from([("torget",), ("bygg",), ("torget", "bygg")])),
                capacity=draw(st.integers(1, 3)),
                languages=draw(st.sampled_from([("nb",), ("nb", "en")])),
                skills={"topic:garasje": level} if (level := draw(LEVELS)) else {},
            )
            for name in draw(st.lists(st.sampled_from(AGENTS), unique=True))
        )
        leases = {
            agent.id: make.lease(agent.id, idle_s=draw(st.integers(0, 3)), presence=presence)
            for agent in agents
            if (presence := draw(st.sampled_from(["available", "available", "busy", ""])))
        }
        conversations = [_conversation(draw, n) for n in range(draw(st.integers(0, 7)))]
        everyone = [c.conversation for c in conversations]
        citizens = draw(st.sets(st.sampled_from(everyone))) if everyone else set()
        spared = (
            draw(st.sets(st.tuples(st.sampled_from(everyone), st.sampled_from(AGENTS))))
            if (everyone)
            else set()
        )
        return make.view(
            *conversations,
            agents=agents,
            leases=leases,
            loads={agent.id: draw(st.integers(0, 3)) for agent in agents},
            citizens=frozenset(citizens),
            recent=Recent(left_alone=frozenset(spared)),
        )

    def _conversation(draw, n):
        fields = {
            "waited_s": draw(st.sampled_from([16, 30, 50, 100])),
            "priority": draw(st.sampled_from([1, 5])),
            "language": draw(st.sampled_from(["nb", "en"])),
            "preferred_agent": draw(st.sampled_from([None, None, *AGENTS])),
            "missed": tuple(draw(st.lists(st.sampled_from(AGENTS), unique=True, max_size=3))),
            "topic": draw(st.sampled_from([None, "garasje", "generelt"])),
            "department": draw(st.sampled_from(["torget", "bygg"])),
        }
        if draw(st.booleans()) and draw(st.booleans()):
            owner = draw(st.sampled_from(AGENTS))
            fields |= {"state": "active", "owner": owner, "handover": make.handover()}
        return make.conversation(n, **fields)

    return build()


class Round:
    """A decided round, with what the rules speak of."""

    def __init__(self, view, now):
        self.view = view
        self.plan = decide(view, now)
        self.offers = [d.command for d in self.plan.decisions if isinstance(d.command, MakeOffer)]
        self.of = {offer.conversation: offer.agent for offer in self.offers}
        self.asked = {c.conversation: c for c in view.line.conversations}
        self.capacity = {load.agent: load.capacity for load in view.line.loads}
        self.load = {load.agent: load.load for load in view.line.loads}
        for offer in self.offers:
            self.load[offer.agent] += 1

    def department(self, conversation):
        summary = self.asked[conversation]
        return summary.handover.department if summary.handover else summary.department

    def wanted(self, summary):
        return (
            3
            if summary.topic == "garasje" and self.department(summary.conversation) == "bygg"
            else 0
        )

    def could_take(self, summary):
        """Return who could take it this moment by the strictest reading: as asked, and free."""
        return [
            agent.id
            for agent in self.view.directory.agents
            if self.department(summary.conversation) in agent.departments
            and agent.id != summary.owner
            and agent.id in self.view.attendance.agents
            and self.view.attendance.agents[agent.id].presence == "available"
            and self.load[agent.id] < self.capacity[agent.id]
            and agent.skills.get("topic:garasje", 0) >= self.wanted(summary)
            and agent.id not in summary.missed
            and (summary.conversation, agent.id) not in self.view.recent.left_alone
        ]


def rule(check):
    """Run `check(round)` on many drawn worlds."""

    def test(make, worlds):
        @settings(max_examples=150, deadline=None)
        @given(worlds)
        def holds(view):
            check(Round(view, make.now))

        holds()

    test.__name__ = check.__name__
    return test


@rule
def test_nobody_is_given_more_than_their_capacity(round_):
    for agent in round_.of.values():
        assert round_.load[agent] <= round_.capacity[agent]


@rule
def test_offers_stay_in_the_department_with_agents_who_are_available(round_):
    for conversation, agent in round_.of.items():
        assert round_.department(conversation) in round_.view.directory.agent(agent).departments
        assert round_.view.attendance.agents[agent].presence == "available"
        assert agent != round_.asked[conversation].owner


@rule
def test_the_skill_of_the_step_is_kept(round_):
    timing = round_.view.directory.timing
    here = round_.view.attendance.agents
    for conversation, chosen in round_.of.items():
        summary = round_.asked[conversation]
        since = summary.handover.requested_at if summary.handover else summary.entered_at
        waited = round_.view.line.now - since
        department = round_.department(conversation)
        able = [
            a
            for a in round_.view.directory.agents
            if department in a.departments and a.id in here and a.id != summary.preferred_agent
        ]
        skilled = [a for a in able if a.skills.get("topic:garasje", 0) >= round_.wanted(summary)]
        early = waited < timedelta(seconds=timing.lower_level_after_s)
        if early and skilled and chosen != summary.preferred_agent:
            level = round_.view.directory.agent(chosen).skills.get("topic:garasje", 0)
            assert level >= round_.wanted(summary)


@rule
def test_nobody_waits_while_somebody_free_could_take_it(round_):
    timing = round_.view.directory.timing
    for conversation in round_.plan.reasons:
        explanation = round_.plan.reasons.of(conversation)
        if explanation.outcome == "offered":
            continue
        summary = round_.asked[conversation]
        if explanation.reason == "preferred_agent_soon":
            waited = round_.view.line.now - summary.entered_at
            assert waited < timedelta(seconds=timing.preferred_s)
        else:
            assert round_.could_take(summary) == []


@rule
def test_nobody_jumps_the_line_within_a_band(round_):
    """Alike in what they ask for, the one who came later is never served alone."""
    alike = {}
    for summary in round_.view.line.conversations:
        plain = summary.preferred_agent is None and not summary.missed and not summary.handover
        spared = any(c == summary.conversation for c, _ in round_.view.recent.left_alone)
        there = summary.conversation in round_.view.attendance.citizens
        if plain and there and not spared and summary.state == "waiting":
            key = (summary.department, summary.topic, summary.language, summary.priority)
            alike.setdefault(key, []).append(summary)
    for group in alike.values():
        group.sort(key=lambda s: (s.entered_at, s.conversation))
        served = [s.conversation in round_.of for s in group]
        assert served == sorted(served, reverse=True)


@rule
def test_nobody_unreachable_is_offered_from_the_line(round_):
    for conversation in round_.of:
        if round_.asked[conversation].state == "waiting":
            assert conversation in round_.view.attendance.citizens


@rule
def test_who_missed_it_gets_it_only_when_no_other_can(round_):
    for conversation, agent in round_.of.items():
        summary = round_.asked[conversation]
        assert (conversation, agent) not in round_.view.recent.left_alone
        if agent in summary.missed:
            assert round_.could_take(summary) == []


@rule
def test_the_order_of_the_snapshot_does_not_matter(round_):
    view = round_.view
    turned = replace(
        view,
        directory=view.directory.evolve(agents=view.directory.agents[::-1]),
        line=view.line.evolve(
            conversations=view.line.conversations[::-1], loads=view.line.loads[::-1]
        ),
    )
    again = decide(turned, view.line.now)
    assert {d.id for d in again.decisions} == {d.id for d in round_.plan.decisions}


class FakeLedger:
    """The compare-and-set of the ledger and its load guard, nothing else."""

    def __init__(self, view):
        self.view = view
        self.given = {}
        self.load = {load.agent: load.load for load in view.line.loads}
        self.capacity = {load.agent: load.capacity for load in view.line.loads}
        self.began = dict(self.load)

    def carry_out(self, decision):
        known = {c.conversation: c for c in self.view.line.conversations}[decision.conversation]
        offer = decision.command
        if not isinstance(offer, MakeOffer):
            return
        if offer.epoch != known.epoch or decision.conversation in self.given:
            return
        if self.load[offer.agent] < self.capacity[offer.agent]:
            self.load[offer.agent] += 1
            self.given[decision.conversation] = offer.agent

    def after(self, make):
        """Return the view of the next round."""
        line = self.view.line
        conversations = tuple(
            c.evolve(
                version=c.version + 1,
                offer=make.offer(self.given[c.conversation]),
                state="active" if c.handover else "offered",
            )
            if c.conversation in self.given and c.offer is None
            else c
            for c in line.conversations
        )
        loads = tuple(one.evolve(load=self.load[one.agent]) for one in line.loads)
        return replace(self.view, line=line.evolve(conversations=conversations, loads=loads))


def test_two_replicas_never_offer_twice_nor_too_much_and_reach_what_one_would(make, worlds):
    """Both decide on snapshots of any age and their commands arrive in any order."""

    @settings(max_examples=150, deadline=None)
    @given(worlds, st.randoms(use_true_random=False), st.sets(st.sampled_from(AGENTS)))
    def holds(view, chance, unseen):
        ledger = FakeLedger(view)
        here = view.attendance.agents
        partly = {name: lease for name, lease in here.items() if name not in unseen}
        other = replace(view, attendance=replace(view.attendance, agents=partly))
        said = [*decide(view, make.now).decisions, *decide(other, make.now).decisions]
        chance.shuffle(said)
        for decision in [*said, *said]:
            ledger.carry_out(decision)
        for agent, load in ledger.load.items():
            assert load <= max(ledger.capacity[agent], ledger.began[agent])
        # A later round of one replica finds nothing that was left undone by their meeting.
        for _ in range(len(view.line.conversations)):
            for decision in decide(ledger.after(make), make.now).decisions:
                ledger.carry_out(decision)
        quiet = Round(ledger.after(make), make.now)
        assert quiet.of == {}

    holds()
