"""A colleague who is asked for advice sees and reads along; a written question is in its line."""

from services.contracts import Messaged


async def test_who_is_asked_for_advice_sees_it_until_it_ends(house, ledger):
    known = ledger.conversation(state="active", owner="kari", epoch=1)
    client = await house.console("per")
    await ledger.change(known, by="agent:kari", consulted=("per",))
    asked = await client.until("summary")
    await client.follow(known.id)
    known.readers = {"kari"}
    await ledger.change(known, by="agent:kari", consulted=())
    ended = await client.until("summary")
    await client.until("refused", code="not_found", conversation=str(known.id))
    await ledger.commit(known, Messaged(text="ikke for per"))
    await ledger.change(known, by="agent:kari", priority=3)
    await client.echo()

    assert (asked["summary"]["consulted"], ended["summary"]["consulted"]) == (["per"], [])
    assert client.texts == []
    assert client.frames[-1]["type"] == "heartbeat"  # no longer on this desk


async def test_a_written_question_is_in_the_line_of_its_department(house, ledger, now):
    inside, outside = await house.console("per"), await house.console("kari")
    known = ledger.conversation(state="waiting", department="byggesak")
    await ledger.change(known, by="citizen:c1", state="written", due_at=now, receipt="SA-1")
    told = await inside.until("summary")
    await outside.echo()

    assert told["summary"]["state"] == "written"
    assert "summary" not in [f["type"] for f in outside.frames]


async def test_a_draining_agent_who_only_gives_advice_may_go(house, ledger):
    ledger.conversation(state="active", owner="kari", epoch=1, consulted=("per",))
    first = await house.console("per")
    await first.say("presence", presence="draining")
    await first.until("presence", presence="draining")
    await house.console("per")  # a second look at the desk
    told = await first.until("presence", presence="away")

    assert told["reason"] == "drained"
