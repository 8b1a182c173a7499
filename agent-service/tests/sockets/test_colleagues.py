"""A leader changes a colleague's presence: with a reason, and never without a line in the audit."""

import json
from datetime import timedelta

import httpx
import pytest
from services.clock import utc_now

AWAY = {"agent": "kari", "presence": "away", "reason": "Gått hjem"}


def noted(at="2026-11-01T00:00:00+00:00", *, again=False):
    return httpx.Response(200, json={"at": at, "again": again})


@pytest.fixture(autouse=True)
def audit(house):
    house.copy = noted()


def lease_of(house, agent):
    (lease,) = {
        payload for (_, name), payload in house.leases.held.items() if name.startswith(f"{agent}:")
    }
    return json.loads(lease)


def woken(house):
    return sum(e.body.type == "line.changed.v1" for e in house.broker.sent)


@pytest.mark.parametrize("leader", ["mona", "siv"])
@pytest.mark.parametrize("replica", [0, 1])
async def test_who_leads_sets_it_wherever_the_colleague_sits(house, leader, replica):
    await house.add_replica()
    kari, boss = await house.console("kari", replica=replica), await house.console(leader)
    action = await boss.act("set_presence", **AWAY)
    await boss.until("done", id=action)
    told = await kari.until("presence", agent="kari")

    # The colleague's screen says that it was a leader, and not in which words.
    assert (told["presence"], told["reason"], told["misses"]) == ("away", "set_by_leader", 0)
    assert lease_of(house, "kari")["presence"] == "away"


async def test_the_audit_says_who_did_it_to_whom_and_why(house):
    await house.console("kari")
    boss = await house.console("mona")
    action = await boss.act("set_presence", **{**AWAY, "reason": "Syk, fnr 13097248022"})
    await boss.until("done", id=action)
    (told,) = house.copies

    assert (told.method, told.url.path) == ("POST", "/internal/v1/audit")
    assert json.loads(told.content) == {
        "id": action,
        "action": "presence_set",
        "conversation": None,
        "about": {"agent": "kari", "presence": "away", "reason": "Syk, fnr ***********"},
    }


@pytest.mark.parametrize(("theirs", "code"), [(503, "busy"), (None, "busy"), (409, "id_reused")])
async def test_what_cannot_be_noted_does_not_happen(house, theirs, code):
    kari, boss = await house.console("kari"), await house.console("mona")
    house.copy = theirs and httpx.Response(theirs, json={"code": code})
    action = await boss.act("set_presence", **AWAY)
    refused = await boss.until("refused", id=action)
    await kari.echo()

    assert refused["code"] == code
    assert "presence" not in [f["type"] for f in kari.frames]
    assert lease_of(house, "kari")["presence"] == "available"


@pytest.mark.parametrize(
    ("leader", "agent"),
    [
        ("kari", "ola"),  # leads nobody
        ("mona", "per"),  # leads another department
        ("berit", "kari"),
        ("arne", "kari"),
        ("alma", "kari"),
        ("mona", "nobody"),
        ("siv", "arne"),  # works in no department
    ],
)
async def test_whom_one_does_not_lead_is_as_if_not_there(house, leader, agent):
    if agent not in ("nobody", leader):
        await house.console(agent)
    boss = await house.console(leader)
    action = await boss.act("set_presence", **{**AWAY, "agent": agent})
    refused = await boss.until("refused", id=action)

    assert refused["code"] == "unknown_agent"
    assert house.copies == []


async def test_who_is_not_there_has_no_presence_to_change(house):
    boss = await house.console("mona")
    action = await boss.act("set_presence", **{**AWAY, "agent": "ola"})
    refused = await boss.until("refused", id=action)

    assert (refused["code"], refused["retry_after_s"]) == ("not_available", None)
    assert house.copies == []


async def test_while_redis_is_away_nobody_knows_and_it_is_tried_again(house):
    await house.console("kari")
    boss = await house.console("mona")
    house.leases.away = True
    action = await boss.act("set_presence", **AWAY)
    refused = await boss.until("refused", id=action)

    assert (refused["code"], refused["retry_after_s"] > 0) == ("busy", True)
    assert house.copies == []


async def test_a_word_that_was_lost_is_no_change_that_was_made(house, monkeypatch):
    """The lease of a device that nobody holds any more goes on for a while, and nobody hears."""
    monkeypatch.setattr("agent_service.colleagues._SEEN_WITHIN_S", 0.2)
    kari, boss = await house.console("kari"), await house.console("mona")
    await kari.connection.close()
    await boss.echo()
    action = await boss.act("set_presence", **AWAY)
    refused = await boss.until("refused", id=action)

    assert refused["code"] == "busy"


async def test_who_is_called_back_gets_offers_at_once(house, eventually):
    kari, boss = await house.console("kari"), await house.console("mona")
    await kari.say("presence", presence="away", reason="Lunsj")
    await boss.until("presence", agent="kari", presence="away")
    await eventually(lambda: lease_of(house, "kari")["presence"] == "away")
    before = woken(house)
    action = await boss.act("set_presence", **{**AWAY, "presence": "available"})
    await boss.until("done", id=action)

    await eventually(lambda: woken(house) == before + 1)


async def test_the_colleague_decides_next_all_the_same(house):
    kari, boss = await house.console("kari"), await house.console("mona")
    await boss.until("done", id=await boss.act("set_presence", **AWAY))
    await kari.until("presence", presence="away")
    await kari.say("presence", presence="available")
    told = await boss.until("presence", agent="kari", presence="available")

    assert told["reason"] == ""


@pytest.mark.parametrize("ahead", [timedelta(0), timedelta(seconds=1)])
async def test_said_again_it_is_done_and_does_not_undo_what_the_colleague_chose_since(house, ahead):
    """Its `done` was lost; though the database's clock is not quite ours."""
    kari, boss = await house.console("kari"), await house.console("mona")
    at = (utc_now() + ahead).isoformat()
    house.copy = noted(at)
    action = await boss.act("set_presence", **AWAY)
    await boss.until("done", id=action)
    await kari.until("presence", presence="away")
    await kari.say("presence", presence="available")
    await boss.until("presence", agent="kari", presence="available")
    house.copy = noted(at, again=True)
    await boss.say("set_presence", id=action, **AWAY)
    await boss.until("done", id=action)
    await kari.echo()

    assert lease_of(house, "kari")["presence"] == "available"
    assert [f["presence"] for f in kari.frames if f["type"] == "presence"] == ["away", "available"]


async def test_what_was_noted_and_not_done_is_done_when_it_is_said_again(house):
    """The replica died between the two."""
    kari, boss = await house.console("kari"), await house.console("mona")
    house.copy = noted((utc_now() + timedelta(seconds=5)).isoformat(), again=True)
    action = await boss.act("set_presence", **AWAY)
    await boss.until("done", id=action)

    assert (await kari.until("presence", agent="kari"))["presence"] == "away"


async def test_it_counts_as_an_action_that_may_be_too_many(house):
    boss = await house.console("mona")
    for _ in range(101):
        await boss.act("set_presence", **{**AWAY, "agent": "nobody"})
    refused = await boss.until("refused", code="rate_limited")

    assert refused["retry_after_s"] > 0
