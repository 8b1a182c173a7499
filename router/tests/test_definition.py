"""The routing as simply as it can be said, and that the indexed engine decides exactly that.

What follows looks at every agent for every enquiry, sorts whole lists and keeps no index. It is the
definition; the engine is only quicker.
"""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from router.core import Recent, decide
from services.contracts import Emergency, MakeOffer, PlanStep, RoutingPlan

ABLE = ("eligible", "missed")
KINDS = ("asked", "lower", "anyone")
NEVER = datetime.max.replace(tzinfo=UTC)


class Plain:
    """One round by the definition."""

    def __init__(self, view, now):
        self.view, self.now, self.directory = view, now, view.directory
        self.load = Counter({one.agent: one.load for one in view.line.loads})
        self.load.update(view.recent.in_flight.values())
        self.capacity = {one.agent: one.capacity for one in view.line.loads}
        self.offers, self.told, self.later = [], {}, []
        live, written = [], []
        for one in view.line.conversations:
            if one.offer or one.conversation in view.recent.in_flight:
                continue
            if one.state == "written":
                written.append(one)
            elif one.state == "waiting":
                fresh = now - one.opened_at < timedelta(seconds=15) and one.away_since is None
                if fresh or one.conversation in view.attendance.citizens:
                    live.append(one)
            elif one.handover and one.handover.deadline > now:
                (written if one.due_at else live).append(one)
        for one in sorted(live, key=self.place):
            self.serve(one)
        for one in sorted(written, key=lambda one: (one.due_at, one.conversation)):
            self.serve_written(one)

    # What is asked for

    def plan(self, one):
        topic = self.directory.topic(one.topic)
        named = [p for p in self.directory.plans if topic and topic.id in p.topics]
        rest = [p for p in self.directory.plans if not p.topics]
        return (named or rest or [None])[0]

    def department(self, one):
        return one.handover.department if one.handover else one.department

    def steps(self, one):
        plan, timing = self.plan(one), self.directory.timing
        if plan:
            return plan.steps
        return (
            PlanStep(),
            PlanStep(after_s=timing.lower_level_after_s, level="lower"),
            PlanStep(after_s=timing.generalist_after_s, level="anyone"),
        )

    def skills(self, one):
        plan, topic = self.plan(one), self.directory.topic(one.topic)
        at_home = topic is not None and topic.department == self.department(one)
        asked = dict(plan.skills) if plan and (at_home or not one.handover) else {}
        return asked | ({f"topic:{topic.id}": topic.level} if at_home else {})

    def members(self, one, n):
        department, emergency = self.department(one), self.directory.emergency
        who = {department}
        if not self.directory.department(department).confidential:
            who |= set() if one.handover else set(self.steps(one)[n].departments)
            if emergency and department == self.directory.first_line:
                who |= set(emergency.borrowed)
        return [a for a in self.directory.agents if who & set(a.departments)]

    def kind(self, agent, one):
        """Return the strictest level an agent meets."""
        skills = self.skills(one)
        if all(agent.skills.get(s, 0) >= level for s, level in skills.items()):
            return 0
        return 1 if all(agent.skills.get(s, 0) >= 1 for s in skills) else 2

    def meets(self, agent, one, n):
        step = self.steps(one)[n]
        speaks = one.language in agent.languages or not step.language
        return (
            agent in self.members(one, n)
            and self.kind(agent, one) <= KINDS.index(step.level)
            and speaks
        )

    def since(self, one):
        return one.handover.requested_at if one.handover else one.entered_at

    def band(self, one):
        plan, emergency = self.plan(one), self.directory.emergency
        if emergency and self.directory.topic(one.topic) and emergency.topic == one.topic:
            return 0
        return plan.priority if plan else one.priority

    def place(self, one):
        plan = self.plan(one)
        target_s = (plan and plan.target_s) or self.directory.timing.target_s
        waited_s = (self.now - self.since(one)).total_seconds()
        return self.band(one), -waited_s / target_s, one.conversation

    def step(self, one):
        waited_s = (self.now - self.since(one)).total_seconds()
        steps = self.steps(one)
        reached = max(n for n, step in enumerate(steps) if n == 0 or step.after_s <= waited_s)
        for n in range(reached, len(steps)):
            if any(
                self.presence(a) in ("available", "busy")
                and self.meets(a, one, n)
                and a.id not in (one.owner, self.preferred(one))
                for a in self.directory.agents
            ):
                return n
        return reached

    # What an agent is to it

    def preferred(self, one):
        return None if one.handover else one.preferred_agent

    def presence(self, agent):
        lease = self.view.attendance.agents.get(agent.id)
        return lease.presence if lease else "not_there"

    def verdict(self, agent, one, n):
        named = one.handover.agent if one.handover else None
        if agent.id == one.owner:
            return "owner"
        if named not in (None, agent.id):
            return "not_asked"
        if self.presence(agent) != "available":
            return self.presence(agent)
        if self.load[agent.id] >= self.capacity.get(agent.id, 0):
            return "full"
        if not named and agent.id != self.preferred(one):
            asked = KINDS.index(self.steps(one)[n].level)
            if self.kind(agent, one) > asked:
                return "skill" if self.kind(agent, one) == 2 else "level"
            if self.steps(one)[n].language and one.language not in agent.languages:
                return "language"
        if (one.conversation, agent.id) in self.view.recent.left_alone:
            return "left_alone"
        return "missed" if agent.id in one.missed else "eligible"

    def ranked(self, one, n):
        """Return the members of the step in order of choice, with their verdicts."""
        steps = self.steps(one)

        def order(agent):
            lease = self.view.attendance.agents.get(agent.id)
            met = (m for m in range(len(steps)) if self.meets_within(agent, one, m, n))
            return (
                agent.id != self.preferred(one),
                next(met, len(steps)),
                self.kind(agent, one),
                one.language not in agent.languages,
                self.load[agent.id],
                len(agent.departments) + len(agent.skills),
                lease.idle_since if lease else NEVER,
                agent.id,
            )

        found = [(agent, self.verdict(agent, one, n)) for agent in self.members(one, n)]

        def there(agent):
            lease = self.view.attendance.agents.get(agent.id)
            return lease is not None and lease.presence in ("available", "busy")

        # Who is there and cannot take it tells more than who is not there at all.
        return sorted(
            found, key=lambda pair: (pair[1] not in ABLE, not there(pair[0]), *order(pair[0]))
        )

    def meets_within(self, agent, one, m, n):
        step = self.steps(one)[m]
        speaks = one.language in agent.languages or not step.language
        level = self.kind(agent, one) <= KINDS.index(step.level)
        return agent in self.members(one, min(m, n)) and level and speaks

    def best(self, one, n, kept=()):
        ranked = [(a.id, verdict) for a, verdict in self.ranked(one, n) if a.id not in kept]
        for wanted in ABLE:
            for agent, verdict in ranked:
                if verdict == wanted:
                    return agent
        return None

    def soon(self, one, n):
        preferred = self.preferred(one)
        waited = self.now - self.since(one)
        return (
            preferred not in (None, *one.missed)
            and waited < timedelta(seconds=self.directory.timing.preferred_s)
            and any(a.id == preferred and v in ("full", "busy") for a, v in self.ranked(one, n))
        )

    # The round

    def serve(self, one):
        n = self.step(one)
        agent = self.best(one, n)
        if agent != self.preferred(one) and self.soon(one, n):
            self.wait(one, n, "preferred_agent_soon" if agent else None)
            return
        while agent and (urgent := self.watching(agent, self.band(one))):
            self.relax(*urgent)
            agent = self.best(one, n)
        self.offer(one, n, agent) if agent else self.wait(one, n)

    def watching(self, agent, band):
        """Return the first of a higher band that could have this agent at a later step."""
        for one, n, soon in sorted(self.later, key=lambda wait: self.place(wait[0])):
            if self.band(one) < band and not soon and self.wants(one, n, agent, soon=soon):
                return one, n
        return None

    def wants(self, one, n, agent, *, soon):
        if one.handover and one.handover.agent:
            return False
        last = len(self.steps(one)) - 1
        if n == last and not soon:
            return False
        alone = (one.conversation, agent) in self.view.recent.left_alone
        spared = alone or agent in one.missed or agent == one.owner
        return not spared and self.meets(self.directory.agent(agent), one, last)

    def relax(self, one, n):
        self.later = [wait for wait in self.later if wait[0] is not one]
        for m in range(n + 1, len(self.steps(one))):
            if agent := self.best(one, m):
                self.offer(one, m, agent)
                return
        raise AssertionError("nobody to take what somebody watches")

    def serve_written(self, one):
        n = self.step(one)
        kept = {
            agent.id
            for agent in self.directory.agents
            if any(self.wants(w, m, agent.id, soon=soon) for w, m, soon in self.later)
        }
        agent = self.best(one, n, kept)
        if agent:
            self.offer(one, n, agent)
            return
        self.tell(one, n, "live_first" if self.best(one, n) else None)

    def wait(self, one, n, reason=None):
        self.tell(one, n, reason)
        self.later.append((one, n, self.soon(one, n)))

    def tell(self, one, n, reason):
        self.told[one.conversation] = (n, reason, None)

    def offer(self, one, n, agent):
        ranked = self.ranked(one, n)
        self.told[one.conversation] = (n, None, self.seen(ranked))
        self.load[agent] += 1
        self.offers.append((one.conversation, agent))

    def seen(self, ranked):
        counts = dict(Counter(verdict for _, verdict in ranked))
        five = [(a.id, v, self.load[a.id], self.capacity.get(a.id, 0)) for a, v in ranked[:5]]
        return counts, five


NAMES = tuple("abcdef")
SKILLS = ("topic:garasje", "topic:generelt", "nynorsk")


@st.composite
def routing_plans(draw, name, topics):
    kinds = sorted(draw(st.lists(st.sampled_from(range(3)), min_size=1, max_size=4)))
    strict = sorted(draw(st.lists(st.booleans(), min_size=4, max_size=4)), reverse=True)
    flow = sorted(draw(st.lists(st.integers(0, 2), min_size=4, max_size=4)))
    times = sorted(draw(st.sets(st.sampled_from([20, 45, 60, 90, 200]), min_size=4, max_size=4)))
    return RoutingPlan(
        id=name,
        topics=topics,
        skills=draw(st.dictionaries(st.sampled_from(SKILLS), st.integers(1, 3), max_size=2)),
        priority=draw(st.sampled_from([1, 5])),
        target_s=draw(st.sampled_from([None, 20, 300])),
        steps=tuple(
            PlanStep(
                after_s=times[n - 1] if n else 0,
                level=KINDS[kind],
                language=strict[n],
                departments=("bygg", "nav")[: flow[n]],
            )
            for n, kind in enumerate(kinds)
        ),
    )


@pytest.fixture(scope="session")
def towns(make):
    """Return a strategy of views in which anything may be."""
    departments = st.lists(st.sampled_from(["torget", "bygg", "nav"]), min_size=1, unique=True)

    def agent(draw, name):
        skills = st.dictionaries(st.sampled_from(SKILLS), st.integers(1, 3))
        return make.agent(
            name,
            *draw(departments),
            capacity=draw(st.integers(1, 3)),
            languages=draw(st.sampled_from([("nb",), ("nb", "en"), ("en",)])),
            skills=draw(skills),
        )

    def conversation(draw, n):
        fields = {
            "waited_s": draw(st.sampled_from([1, 16, 30, 50, 100, 100, 500])),
            "priority": draw(st.sampled_from([1, 5, 5])),
            "language": draw(st.sampled_from(["nb", "en", "se"])),
            "preferred_agent": draw(st.sampled_from([None, None, *NAMES])),
            "missed": tuple(draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=3))),
            "topic": draw(st.sampled_from([None, "garasje", "garasje", "generelt", "gone"])),
            "department": draw(st.sampled_from(["torget", "bygg", "nav"])),
        }
        match draw(st.sampled_from(["waiting"] * 4 + ["handover", "named", "written", "away"])):
            case "handover" | "named" as how:
                to = draw(st.sampled_from(NAMES)) if how == "named" else None
                owner = draw(st.sampled_from(NAMES))
                department = draw(st.sampled_from(["bygg", "nav"]))
                handover = make.handover(
                    department, agent=to, left_s=draw(st.sampled_from([119, 60, 10]))
                )
                due_at = draw(st.sampled_from([None, None, make.ago(-1000)]))
                fields |= {"state": "active", "owner": owner, "handover": handover}
                fields |= {"due_at": due_at}
            case "written":
                due = draw(st.sampled_from([100, 1000, 1000]))
                fields |= {"state": "written", "due_at": make.ago(-due)}
            case "away":
                fields |= {"waited_s": 100, "away_since": make.ago(9)}
        return make.conversation(n, **fields)

    @st.composite
    def build(draw):
        agents = tuple(
            agent(draw, name)
            for name in draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=6))
        )
        leases = {
            one.id: make.lease(one.id, idle_s=draw(st.integers(0, 3)), presence=presence)
            for one in agents
            if (presence := draw(st.sampled_from(["available"] * 4 + ["busy", "away", ""])))
        }
        conversations = [conversation(draw, n) for n in range(draw(st.integers(0, 9)))]
        here = {c.conversation for c in conversations if c.away_since is None}
        pairs = st.tuples(st.sampled_from(sorted(here) or [make.id(0)]), st.sampled_from(NAMES))
        flying = draw(st.sets(st.sampled_from(sorted(here)), max_size=1)) if here else set()
        view = make.view(
            *conversations,
            agents=agents,
            leases=leases,
            loads={one.id: draw(st.integers(0, 3)) for one in agents},
            citizens=frozenset(here),
            recent=Recent(
                in_flight={one: draw(st.sampled_from(NAMES)) for one in flying},
                left_alone=frozenset(draw(st.sets(pairs, max_size=4))),
            ),
        )
        return make.with_directory(view, **draw(changes()))

    @st.composite
    def changes(draw):
        nav = make.department("nav", confidential=draw(st.booleans()))
        plans = []
        if draw(st.booleans()):
            plans.append(draw(routing_plans("building", ("garasje",))))
        if draw(st.booleans()):
            plans.append(draw(routing_plans("rest", ())))
        emergency = Emergency(
            since=make.now,
            by="a",
            topic=draw(st.sampled_from([None, "generelt", "garasje"])),
            borrowed=draw(st.sampled_from([(), ("bygg",), ("bygg", "nav")])),
        )
        return {
            "departments": (*make.directory().departments, nav),
            "plans": tuple(plans),
            "emergency": draw(st.sampled_from([None, None, emergency])),
        }

    return build()


def test_the_engine_decides_what_the_definition_says(make, towns):
    @settings(max_examples=300, deadline=None)
    @given(towns)
    def holds(view):
        plain, plan = Plain(view, make.now), decide(view, make.now)
        offers = [d.command for d in plan.decisions if isinstance(d.command, MakeOffer)]

        assert [(o.conversation, o.agent) for o in offers] == plain.offers
        assert set(plan.reasons) == set(plain.told)
        for offer in offers:
            step, _, (counts, five) = plain.told[offer.conversation]
            assert offer.why.step == step
            assert offer.why.counts == counts
            assert [(c.agent, c.verdict, c.load, c.capacity) for c in offer.why.candidates] == five

    holds()


def test_the_reasons_of_who_waits_are_those_of_the_definition(make, towns):
    """They are told of the end of the round, when all that was given away is counted."""

    @settings(max_examples=300, deadline=None)
    @given(towns)
    def holds(view):
        plain, plan = Plain(view, make.now), decide(view, make.now)
        summaries = {one.conversation: one for one in view.line.conversations}
        for conversation, (step, reason, offered) in plain.told.items():
            if offered is not None:
                continue
            why = plan.reasons.of(conversation)
            counts, five = plain.seen(plain.ranked(summaries[conversation], step))

            assert (why.outcome, why.step, why.agent) == ("waiting", step, None)
            assert why.counts == counts
            assert [(c.agent, c.verdict, c.load, c.capacity) for c in why.candidates] == five
            if reason:
                assert why.reason == reason
            else:
                assert why.reason in ("nobody_free", "nobody_there", "no_staff")

    holds()


def test_the_index_of_a_directory_may_be_kept(make, towns):
    """What was asked for in one round changes nothing in the next."""

    @settings(max_examples=100, deadline=None)
    @given(towns)
    def holds(view):
        kept = make.with_roster(view)
        first, again = decide(kept, make.now), decide(kept, make.now)
        assert first.decisions == again.decisions == decide(view, make.now).decisions
        assert first.notices == again.notices

    holds()
