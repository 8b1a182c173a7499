"""Towns in which anything may happen in any order, with a small ledger that does as it is told.

The rules are read strictly, by the clock and the skills alone; nothing of the engine judges itself.
Every mutant at the end takes one rule out of the engine, and the machine has to notice.
"""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)
from router.core import (
    Attendance,
    Roster,
    View,
    absences,
    decide,
    desk,
    line,
    offers,
    routes,
    slots,
)
from router.core.memory import Memory
from services.contracts import (
    EndWrapUp,
    ExpireOffer,
    Leave,
    MakeOffer,
    MakeWritten,
    PendingHandover,
    PendingOffer,
    PlanStep,
    Requeue,
    ReturnHandover,
    RoutingPlan,
    SetReachable,
    SetTopic,
    TopicSuggestion,
    WrapUp,
    derived_id,
)

NAMES = ("a", "b", "c", "d")
SKILL = "topic:garasje"
KINDS = ("asked", "lower", "anyone")
LONG_S = 1_900
"""Longer than anybody's absence is waited for."""


class Ledger:
    """Conversations, and the commands that change them. It believes what it is told."""

    def __init__(self, make, agents):
        self.make, self.now = make, make.now
        self.known, self.load = {}, dict.fromkeys(agents, 0)
        self.ended = {}

    def change(self, one, **fields):
        self.known[one.conversation] = one.evolve(version=one.version + 1, **fields)

    def back(self, one, **fields):
        """Put it where it waits: a written question never sits in the line again."""
        state = "written" if one.due_at else "waiting"
        self.change(one, state=state, owner=None, offer=None, handover=None, **fields)

    def end(self, one, how):
        self.ended[one.conversation] = how
        del self.known[one.conversation]

    def carry_out(self, decision):
        one, command = self.known.get(decision.conversation), decision.command
        if one is None or one.version != decision.version:
            return
        match command:
            case MakeOffer():
                self.offer(one, decision)
            case ExpireOffer():
                self.missed(one)
            case ReturnHandover():
                self.release(one.offer and one.offer.agent)
                self.change(one, handover=None, offer=None)
            case Requeue():
                self.requeue(one, command)
            case EndWrapUp():
                self.release(one.wrapup.agent)
                self.end(one, "answered")
            case _:
                self.carry_out_of_citizen(one, command)

    def carry_out_of_citizen(self, one, command):
        match command:
            case Leave():
                self.end(one, "left")
            case MakeWritten():
                self.change(one, state="written", due_at=self.now + timedelta(hours=8))
            case SetReachable(reachable=there):
                self.change(one, away_since=None if there else self.now)
            case SetTopic(topic=topic):
                self.change(one, topic=topic)

    def release(self, agent):
        if agent:
            self.load[agent] -= 1

    def offer(self, one, decision):
        agent, handover = decision.command.agent, decision.command.handover
        until = self.now + timedelta(seconds=30)
        offer = PendingOffer(id=decision.id, agent=agent, deadline=until, handover=handover)
        self.load[agent] += 1
        self.change(one, offer=offer, state="active" if handover else "offered")

    def requeue(self, one, command):
        self.release(one.owner)
        self.release(one.offer and one.offer.agent)
        missed = (*one.missed, one.owner) if command.reason == "no_reply" else one.missed
        self.back(one, missed=missed, unanswered_since=None, epoch=one.epoch + 1)

    def missed(self, one):
        agent, handover = one.offer.agent, one.handover
        self.load[agent] -= 1
        missed = tuple(dict.fromkeys((*one.missed, agent)))
        if handover:
            self.change(one, offer=None, missed=missed)
        else:
            self.back(one, missed=missed)

    def accept(self, one):
        if one.owner:
            self.load[one.owner] -= 1
        since = None if one.due_at else self.now
        self.change(
            one,
            state="active",
            owner=one.offer.agent,
            offer=None,
            department=one.handover.department if one.handover else one.department,
            handover=None,
            missed=(),
            epoch=one.epoch + 1,
            unanswered_since=since,
        )

    def close(self, one):
        if one.offer:
            self.load[one.offer.agent] -= 1
        wrapup = WrapUp(agent=one.owner, until=self.now + timedelta(seconds=60))
        self.change(one, state="closed", owner=None, offer=None, handover=None, wrapup=wrapup)


class Town(RuleBasedStateMachine):
    """One tenant, its ledger, and a router that is asked after everything that happens."""

    make = None
    """Set by the fixture below."""

    @initialize(data=st.data())
    def found(self, data):
        make = self.make
        some = [
            make.agent(
                name,
                *data.draw(st.sampled_from([("torget",), ("bygg",), ("torget", "bygg")])),
                capacity=data.draw(st.integers(1, 2)),
                languages=data.draw(st.sampled_from([("nb",), ("nb", "en")])),
                skills=data.draw(st.sampled_from([{}, {SKILL: 1}, {SKILL: 3}])),
            )
            for name in NAMES[: data.draw(st.integers(1, 4))]
        ]
        self.agents = (*some, make.agent("z", "torget", "bygg", capacity=1))
        plans = st.sampled_from([(), self.plans(), self.plans()[:1]])
        self.directory = make.directory(*self.agents).evolve(plans=data.draw(plans))
        self.roster = Roster(self.directory)
        self.ledger = Ledger(make, [one.id for one in self.agents])
        self.presence = {one.id: "available" for one in self.agents}
        self.idle = {one.id: make.now for one in self.agents}
        self.here, self.memory, self.count = set(), Memory(), 0

    @staticmethod
    def plans():
        """Return an urgent plan with steps and overflow, and one for all the rest."""
        first, late = PlanStep(language=True), PlanStep(after_s=40, level="lower")
        last = PlanStep(after_s=80, level="anyone", departments=("torget",))
        urgent = RoutingPlan(
            id="urgent",
            topics=("garasje",),
            priority=2,
            target_s=20,
            steps=(first, late, last),
            route_by_suggestion=0.5,
        )
        rest = RoutingPlan(id="rest", skills={"nynorsk": 1}, steps=(PlanStep(level="anyone"),))
        return urgent, rest

    # What happens

    @rule(
        topic=st.sampled_from([None, "garasje", "garasje", "generelt"]),
        department=st.sampled_from(["torget", "bygg", "bygg"]),
        priority=st.sampled_from([1, 5]),
        language=st.sampled_from(["nb", "en"]),
        preferred=st.sampled_from([None, None, None, *NAMES]),
        suggestion=st.sampled_from([None, None, 0.4, 0.6]),
        answer_by=st.sampled_from([None, "email"]),
        written=st.sampled_from([False, False, True]),
    )
    def arrive(
        self, topic, department, priority, language, preferred, suggestion, answer_by, written
    ):
        if len(self.ledger.known) >= 9:
            return
        self.count += 1
        one = self.make.conversation(
            1000 - self.count,  # who comes later has the lower id
            topic=topic,
            department=department,
            priority=priority,
            language=language,
            preferred_agent=preferred,
            suggested=suggestion and TopicSuggestion(topic="garasje", score=suggestion),
            answer_by=answer_by,
        ).evolve(opened_at=self.ledger.now, entered_at=self.ledger.now)
        if written:
            due = self.ledger.now + timedelta(hours=8)
            one = one.evolve(state="written", due_at=due, answer_by="email")
        self.ledger.known[one.conversation] = one
        self.here.add(one.conversation)
        self.route()

    def draw(self, data, *states, **has):
        """Return one of the conversations in a state."""
        found = [
            one
            for one in self.ledger.known.values()
            if one.state in states and all(bool(getattr(one, k)) is v for k, v in has.items())
        ]
        return data.draw(st.sampled_from(found)) if found else None

    @rule(data=st.data(), accepts=st.booleans())
    def answer_an_offer(self, data, accepts):
        if one := self.draw(data, "offered", "active", offer=True):
            self.idle[one.offer.agent] = self.ledger.now
            (self.ledger.accept if accepts else self.ledger.missed)(one)
            self.route()

    @rule(data=st.data())
    def reply(self, data):
        if one := self.draw(data, "active", unanswered_since=True):
            self.ledger.change(one, unanswered_since=None)
            self.route()

    @rule(data=st.data())
    def close(self, data):
        if one := self.draw(data, "active"):
            self.ledger.close(one)
            self.route()

    @rule(data=st.data(), department=st.sampled_from(["torget", "bygg"]))
    def hand_over(self, data, department):
        if one := self.draw(data, "active", offer=False, handover=False):
            now = self.ledger.now
            handover = PendingHandover(
                id=derived_id(one.conversation, str(one.version)),
                from_agent=one.owner,
                department=department,
                agent=data.draw(st.sampled_from([None, None, "z"])),
                requested_at=now,
                deadline=now + timedelta(seconds=120),
            )
            self.ledger.change(one, handover=handover)
            self.route()

    @rule(data=st.data())
    def ask_for_a_written_answer(self, data):
        if one := self.draw(data, "waiting"):
            due = self.ledger.now + timedelta(hours=8)
            self.ledger.change(one, state="written", due_at=due, answer_by="email")
            self.route()

    @rule(data=st.data(), presence=st.sampled_from(["available", "available", "busy", "", ""]))
    def come_or_go(self, data, presence):
        self.presence[data.draw(st.sampled_from([one.id for one in self.agents]))] = presence
        self.route()

    @rule(data=st.data())
    def lose_or_regain_a_citizen(self, data):
        if one := self.draw(data, "waiting", "offered", "active"):
            self.here ^= {one.conversation}
            self.route()

    @rule(seconds=st.sampled_from([1, 5, 11, 21, 31, 46, 61, 91, 200, LONG_S]))
    def pass_time(self, seconds):
        self.ledger.now += timedelta(seconds=seconds)
        self.route()

    # The router

    def view(self):
        known = tuple(self.ledger.known.values())
        at = (self.ledger.now - self.make.now).total_seconds()
        snapshot = self.make.line(
            *known, loads={a.id: (self.ledger.load[a.id], a.capacity) for a in self.agents}
        ).evolve(now=self.ledger.now)
        leases = {
            name: self.make.lease(name, presence=presence).evolve(idle_since=self.idle[name])
            for name, presence in self.presence.items()
            if presence
        }
        self.memory.look(snapshot, at)
        owners = [one.owner for one in known if one.owner]
        absent_s = self.memory.absent_s(owners, leases, at)
        attendance = Attendance(leases, frozenset(self.here), True, absent_s)
        recent = self.memory.recent(at)
        return View(self.directory, snapshot, attendance, recent, self.roster)

    def route(self):
        """Have rounds until there is nothing more to do."""
        for _ in range(12):
            view = self.view()
            plan = decide(view, self.ledger.now)
            self.judge(view, plan)
            if not plan.decisions:
                return
            for decision in plan.decisions:
                self.ledger.carry_out(decision)
        raise AssertionError("the rounds do not come to rest")

    def judge(self, view, plan):
        Judge(view, plan, self.ledger.now).judge()
        turned = replace(
            view,
            roster=None,
            directory=view.directory.evolve(agents=view.directory.agents[::-1]),
            line=view.line.evolve(conversations=view.line.conversations[::-1]),
        )
        again = decide(turned, self.ledger.now)
        assert {one.id for one in again.decisions} == {one.id for one in plan.decisions}

    def teardown(self):
        """Let everybody be at work and answer what they get: nothing may be left over."""
        if not hasattr(self, "ledger"):
            return
        self.presence = dict.fromkeys(self.presence, "available")
        for _ in range(90):
            for one in list(self.ledger.known.values()):
                if one.offer and one.state in ("offered", "active"):
                    self.ledger.accept(one)
                elif one.state == "active":
                    self.ledger.close(one)
            self.ledger.now += timedelta(seconds=61)
            self.route()
            if not self.ledger.known:
                break
        assert self.ledger.known == {}
        assert len(self.ledger.ended) == self.count
        # Only who could not be reached is ever given up, and only without a way to answer.
        for conversation, how in self.ledger.ended.items():
            assert how == "answered" or conversation not in self.here


class Judge:
    """The rules, for one round."""

    def __init__(self, view, plan, now):
        self.view, self.now, self.directory = view, now, view.directory
        self.known = {one.conversation: one for one in view.line.conversations}
        self.offers = [d.command for d in plan.decisions if isinstance(d.command, MakeOffer)]
        self.given = {offer.conversation for offer in self.offers}
        self.capacity = {one.agent: one.capacity for one in view.line.loads}
        self.load = {one.agent: one.load for one in view.line.loads}
        self.waiting = [one for one in self.known.values() if self.asks(one)]

    def asks(self, one):
        return (
            one.conversation not in self.given
            and one.offer is None
            and one.due_at is None
            and (
                (one.state == "waiting" and one.conversation in self.view.attendance.citizens)
                or (one.handover is not None and one.handover.deadline > self.now)
            )
        )

    def judge(self):
        for offer in self.offers:
            one, agent = self.known[offer.conversation], self.directory.agent(offer.agent)
            assert self.load[agent.id] < self.capacity[agent.id], "over capacity"
            assert self.view.attendance.agents[agent.id].presence == "available"
            assert one.handover is None or one.owner != agent.id
            self.judge_skill(one, agent, offer.why.step)
            self.judge_line(one, agent)
            self.load[agent.id] += 1
        for one in self.waiting:
            free = [a for a in self.directory.agents if self.could(a, one, self.reached(one))]
            assert not free or self.for_preferred(one), "waits while somebody could take it"

    def judge_skill(self, one, agent, step):
        """The step is the one the clock shows, unless nobody could be waited for, or watched."""
        if one.handover and one.handover.agent:
            assert agent.id == one.handover.agent
            return
        assert self.meets(agent, one, step) or agent.id == one.preferred_agent, "without the skill"
        lower = [w for w in self.known.values() if self.band(w) > self.band(one)]
        for earlier in range(self.reached(one), step):
            there = [a for a in self.there(one) if self.meets(a, one, earlier)]
            free = [a for a in there if self.could(a, one, earlier)]
            assert not there or (lower and not free), "a step too early"

    def judge_line(self, one, agent):
        """Nobody who comes after takes an agent who could be had."""
        for other in self.waiting:
            if self.for_preferred(other) or other is one:
                continue
            before = self.place(other) < self.place(one)
            if one.due_at:
                steps = range(len(self.steps(other)))
            elif self.band(other) < self.band(one):
                steps = range(self.reached(other), len(self.steps(other)))
            elif self.band(other) == self.band(one) and before:
                steps = [self.reached(other)]
            else:
                continue
            assert not any(self.could(agent, other, n) for n in steps), "jumps the line"

    # What is asked for, read from the set-up anew

    def plan(self, one):
        plans = self.directory.plans
        named = [p for p in plans if one.topic in p.topics]
        return next(iter(named or [p for p in plans if not p.topics]), None)

    def department(self, one):
        return one.handover.department if one.handover else one.department

    def since(self, one):
        return one.handover.requested_at if one.handover else one.entered_at

    def steps(self, one):
        plan = self.plan(one)
        default = [(0.0, "asked"), (20.0, "lower"), (45.0, "anyone")]
        return plan.steps if plan else [PlanStep(after_s=s, level=level) for s, level in default]

    def reached(self, one):
        waited_s = (self.now - self.since(one)).total_seconds()
        return max(n for n, step in enumerate(self.steps(one)) if step.after_s <= waited_s)

    def band(self, one):
        plan = self.plan(one)
        return plan.priority if plan else one.priority

    def place(self, one):
        plan = self.plan(one)
        target_s = plan.target_s if plan and plan.target_s else 60
        return -(self.now - self.since(one)).total_seconds() / target_s, one.conversation

    def needs(self, one):
        plan = self.plan(one)
        at_home = one.topic == "garasje" and self.department(one) == "bygg"
        at_desk = one.topic == "generelt" and self.department(one) == "torget"
        skills = dict(plan.skills) if plan and (at_home or at_desk or not one.handover) else {}
        skills |= {SKILL: 3} if at_home else {}
        return skills | ({"topic:generelt": 1} if at_desk else {})

    def meets(self, agent, one, n):
        step = self.steps(one)[n]
        flow = () if one.handover else step.departments
        if not {self.department(one), *flow} & set(agent.departments):
            return False
        if step.language and one.language not in agent.languages:
            return False
        least = {"asked": None, "lower": 1, "anyone": 0}[step.level]
        wanted = {s: level if least is None else least for s, level in self.needs(one).items()}
        return all(agent.skills.get(skill, 0) >= level for skill, level in wanted.items())

    def there(self, one):
        leases = self.view.attendance.agents
        others = {one.owner, None if one.handover else one.preferred_agent}
        return [a for a in self.directory.agents if a.id in leases and a.id not in others]

    def could(self, agent, one, n):
        """Return whether an agent has room, may be offered it, and meets a step of it."""
        lease = self.view.attendance.agents.get(agent.id)
        if one.handover and one.handover.agent not in (None, agent.id):
            return False
        return (
            lease is not None
            and lease.presence == "available"
            and self.load[agent.id] < self.capacity[agent.id]
            and agent.id not in (one.owner, *one.missed)
            and (one.conversation, agent.id) not in self.view.recent.left_alone
            and self.meets(agent, one, n)
        )

    def for_preferred(self, one):
        fresh = self.now - self.since(one) < timedelta(seconds=20)
        settling = one.suggested is not None and one.topic is None
        soon = self.now - self.since(one) < timedelta(seconds=5)
        return (fresh and one.preferred_agent is not None) or (settling and soon)


STEPS = settings(
    max_examples=100, stateful_step_count=50, deadline=None, suppress_health_check=list(HealthCheck)
)
BRIEF = settings(STEPS, max_examples=2000, database=None, phases=[Phase.generate], derandomize=True)


@pytest.fixture
def town(make):
    """Return the machine, knowing how to build things."""
    return type("Town", (Town,), {"make": make})


def test_every_rule_holds_whatever_happens(town):
    run_state_machine_as_test(town, settings=STEPS)


def _no_capacity(patch):
    patch.setattr(slots.Slots, "free", lambda _self, _agent: True)


def _no_skill(patch):
    patch.setattr(routes.Route, "needs", lambda _self, _level: ())


def _no_line(patch):
    place = line.place_of
    patch.setattr(line, "place_of", lambda *about: (place(*about)[0], 0.0, place(*about)[2]))


def _no_bands(patch):
    place = line.place_of
    patch.setattr(line, "place_of", lambda *about: (5, *place(*about)[1:]))


def _no_competition(patch):
    patch.setattr(offers.Offers, "_watching", lambda _self, _agent, _band: None)


def _written_first(patch):
    patch.setattr(offers.Offers, "_wanted", lambda _self, _agent: False)


def _no_later_steps(patch):
    patch.setattr(offers, "step_at", lambda _ask, _desk, _now: 0)


def _given_up_at_once(patch):
    patch.setattr(absences, "_gone", _leave)
    patch.setattr(line, "reachable", lambda _view, _summary, _now: False)


def _leave(one):
    return absences.Decision(
        derived_id(one.conversation, "mutant"),
        Leave(conversation=one.conversation, reason="citizen_gone"),
        one.version,
    )


def _by_order_of_the_set_up(patch):
    patch.setattr(desk.Desk, "_names", property(lambda self: list(self.roster.agents)))


MUTANTS = (
    _no_capacity,
    _no_skill,
    _no_line,
    _no_bands,
    _no_competition,
    _written_first,
    _no_later_steps,
    _given_up_at_once,
    _by_order_of_the_set_up,
)


@pytest.mark.parametrize("mutant", MUTANTS)
def test_the_machine_notices_when_a_rule_is_gone(town, monkeypatch, mutant):
    mutant(monkeypatch)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(town, settings=BRIEF)
