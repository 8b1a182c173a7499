"""From the queue of alerts to the world: each message once to each address, and never content."""

import json
from uuid import uuid4

import pytest
from agent_service.alerts import Outcome, Target
from agent_service.core.matters import Matter
from agent_service.sending import Sender
from prometheus_client import REGISTRY
from services.contracts import AnswerReady, DepartmentAlerted, Envelope
from services.testing import MemoryBus

SECRET = "0123456789abcdef"  # a test's
HOOK = "https://hook.example/x"


def target(**fields):
    given = {
        "tenant": "sarpsborg",
        "department": "byggesak",
        "stage": "department",
        "kind": "webhook",
        "address": HOOK,
        "secret": SECRET,
    }
    return Target(**(given | fields))


class Elsewhere:
    """Router and ledger, as far as they tell of something."""

    def __init__(self, broker, now):
        self.buses = {
            source: MemoryBus(broker, source=source, instance=f"{source}-x")
            for source in ("router", "ledger")
        }
        self.now = now

    def envelope(self, source, body):
        return Envelope(
            id=uuid4(),
            source=source,
            tenant="sarpsborg",
            time=self.now,
            sender="system:ledger" if source == "ledger" else "router:0",
            body=body,
        )

    async def alert(self, **fields):
        given = {
            "conversation": uuid4(),
            "department": "byggesak",
            "about": "handover",
            "stage": "department",
        }
        return await self.say("router", DepartmentAlerted(**(given | fields)))

    async def answer(self, **fields):
        given = {
            "conversation": uuid4(),
            "receipt": "SA-7K3M-Q9TX",
            "answer_by": "email",
            "contact": "innbygger@post.example",
            "citizen": "citizen:c1",
            "department": "byggesak",
        }
        return await self.say("ledger", AnswerReady(**(given | fields)))

    async def say(self, source, body):
        envelope = self.envelope(source, body)
        await self.buses[source].send(envelope)
        return envelope


@pytest.fixture
async def elsewhere(broker, now):
    elsewhere = Elsewhere(broker, now)
    for bus in elsewhere.buses.values():
        await bus.start()
    yield elsewhere
    for bus in elsewhere.buses.values():
        await bus.stop()


def states(house):
    return sorted((k.alert.kind, k.state) for k in house.alerts.kept.values())


async def test_an_alert_reaches_the_departments_targets_and_those_of_all(
    house, elsewhere, eventually
):
    house.alerts.named = [
        target(),
        target(department="*", address="https://all.example/"),
        target(department="barnevern", address="https://others.example/"),
        target(stage="leader", address="https://leaders.example/"),
    ]
    envelope = await elsewhere.alert()
    await eventually(lambda: len(house.posted) == 2)

    assert {str(r.url) for r in house.posted} == {HOOK, "https://all.example/"}
    told = json.loads(house.posted[0].content)
    assert told["link"] == f"http://console.example/#conversation={envelope.body.conversation}"
    assert states(house) == [("webhook", "sent")] * 2


async def test_leaders_get_what_is_for_leaders(house, elsewhere, eventually):
    house.alerts.named = [target(), target(stage="leader", address="https://leaders.example/")]
    await elsewhere.alert(stage="leader", about="danger")
    await eventually(lambda: house.posted)

    assert [str(r.url) for r in house.posted] == ["https://leaders.example/"]


async def test_said_twice_it_is_told_once(house, elsewhere, eventually):
    """By two routers, or by one that died before it knew that it had said it."""
    house.alerts.named = [target()]
    envelope = await elsewhere.alert()
    await elsewhere.buses["router"].send(envelope)
    await elsewhere.alert(about="written")
    await eventually(lambda: len(house.posted) == 2)

    assert len({r.headers["Prek-Alert"] for r in house.posted}) == 2
    assert len(house.alerts.kept) == 2


async def test_with_nobody_to_tell_it_is_kept_counted_and_said(
    house, elsewhere, eventually, capsys
):
    def untold():
        labels = {"kind": "none", "state": "untold"}
        return REGISTRY.get_sample_value("prek_alerts_total", labels) or 0

    before = untold()
    await elsewhere.alert()
    await eventually(lambda: house.alerts.kept)

    assert states(house) == [("none", "untold")]
    assert untold() == before + 1
    assert "nobody_to_alert" in capsys.readouterr().out


async def test_without_a_mail_server_an_answer_is_held_and_not_lost(house, elsewhere, eventually):
    envelope = await elsewhere.answer()
    await eventually(lambda: house.alerts.kept)
    (kept,) = house.alerts.kept.values()

    assert (kept.state, kept.alert.address) == ("held", "innbygger@post.example")
    assert kept.alert.matter.conversation == envelope.body.conversation
    assert house.alerts.mail is False


@pytest.mark.parametrize("way", [("receipt", None), ("phone", "+47 99 88 77 66")])
async def test_only_who_wanted_an_e_mail_is_sent_something(house, elsewhere, eventually, way):
    """Who comes with a receipt finds it there, and who wanted a call has been called."""
    house.alerts.named = [target()]
    await elsewhere.answer(answer_by=way[0], contact=way[1])
    await elsewhere.answer()
    await eventually(lambda: house.alerts.kept)

    assert len(house.alerts.kept) == 1


async def test_no_address_is_in_the_log(house, elsewhere, eventually, capsys):
    await elsewhere.answer()
    await eventually(lambda: len(house.alerts.kept) == 1)
    said = capsys.readouterr().out

    assert "innbygger" not in said


async def test_while_the_database_is_away_alerts_wait_in_the_queue(house, elsewhere, eventually):
    house.alerts.named = [target()]
    house.alerts.away = True
    await elsewhere.alert()
    await eventually(lambda: house.replicas[0].bus.missing() is None)
    house.alerts.away = False
    await eventually(lambda: house.posted)

    assert states(house) == [("webhook", "sent")]


class Broken:
    """A way out with a fault nobody foresaw."""

    def __init__(self):
        self.tried = []

    attempt_s = 5.0

    async def send(self, alert, _handing):
        self.tried.append(alert.id)
        if len(self.tried) == 1:
            raise RuntimeError("innbygger@post.example")
        return Outcome.SENT


async def test_an_alert_nobody_foresaw_does_not_keep_the_others_waiting(alerts, now, capsys):
    channel = Broken()
    sender = Sender(alerts, {"webhook": channel}, check_s=3_600)
    alerts.named = [target()]
    (addressee,) = await alerts.targets("sarpsborg", "byggesak", "department")
    for _ in range(2):
        matter = Matter(about="written", conversation=uuid4(), said_at=now)
        await alerts.add(uuid4(), "sarpsborg", matter, addressee, "due")
    await sender.look("webhook")

    assert len(channel.tried) == 2
    assert sorted(k.state for k in alerts.kept.values()) == ["due", "sent"]
    assert "innbygger" not in capsys.readouterr().out
