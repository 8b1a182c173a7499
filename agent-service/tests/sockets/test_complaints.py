"""What users of other chats complain of about presence, each turned into a promise of ours.

The promise has two halves. An agent is there as long as a socket is open, however seldom the
browser lets the page speak; and is gone soon after the last one closed. Both are the server's: it
asserts the lease itself, and asks nothing of timers in a page.
"""

import asyncio

import pytest
from agent_service import ws
from services.contracts.leases import LEASE_S

THROTTLED_S = 60.0
"""Browsers let the timers of a page in the background fire once in so long."""


def leases_of(house, agent):
    return [name for _, name in house.leases.held if name.startswith(f"{agent}:")]


async def wiped_and_renewed(house, eventually, agent):
    """Let the leases of an agent run out, and return when they have been asserted again."""
    house.leases.held.clear()
    await eventually(lambda: leases_of(house, agent))


async def test_chatwoot_13720_a_tab_in_the_background_stays_online(house, eventually):
    """ "update_presence is not sent often enough": offline for 40 s of each minute.

    The lease is renewed for an open socket though its page says nothing at all, and a socket may
    be silent for longer than a throttled page is.
    """
    await house.add_replica(renew_s=0.02)
    client = await house.console("kari", replica=1)
    for _ in range(3):  # the page says nothing
        await wiped_and_renewed(house, eventually, "kari")

    assert ws.SILENT_FOR_S >= 1.4 * THROTTLED_S
    assert client.connection.close_code is None


async def test_chatwoot_5076_a_second_device_does_not_make_an_agent_flicker(house):
    """Safari in the background and an app beside it: online, away, online, away.

    The agent is the union of the devices, and all say the same.
    """
    await house.add_replica()
    desktop, mobile = await house.console("kari"), await house.console("kari", replica=1)
    watching = await house.console("ola")
    await mobile.connection.close()
    again = await house.console("kari", replica=1)
    await again.connection.close()
    for client in (desktop, watching):
        await client.echo()

        assert "presence" not in [f["type"] for f in client.frames]
    assert leases_of(house, "kari")


async def test_chatwoot_5826_losing_the_line_for_a_moment_does_not_take_an_agent_offline(house):
    """The lease outlives the socket by 15 s; who comes back meanwhile was never gone."""
    watching = await house.console("ola")
    session = house.store.sit("kari")
    first = await house.console("kari", session=session)
    first.connection.transport.abort()
    await first.connection.wait_closed()

    assert leases_of(house, "kari")

    again = await house.console("kari", session=session)
    await watching.echo()

    assert again.frames[0]["presence"] == "available"
    assert "offline" not in [f.get("presence") for f in watching.frames]
    assert LEASE_S == 15


async def test_chatwoot_9313_a_chosen_status_outlives_a_reload(house, eventually):
    """ "The status always returns to Online, just update the page"."""
    session = house.store.sit("kari")
    client = await house.console("kari", session=session)
    await client.say("presence", presence="busy", reason="Telefon")
    await client.until("presence", presence="busy")
    await eventually(lambda: "busy" in "".join(house.leases.held.values()))
    await client.connection.close()
    again = await house.console("kari", session=session)

    assert (again.frames[0]["presence"], again.frames[0]["reason"]) == ("busy", "Telefon")


@pytest.mark.parametrize("choice", ["busy", "away", "draining", "available"])
async def test_chatwoot_3504_a_chosen_status_is_the_one_that_is_shown(house, choice):
    """ "I try to change my availability, nothing changes, I am stuck as Online"."""
    client, colleague = await house.console("kari"), await house.console("ola")
    start = "busy" if choice == "available" else "available"
    if start == "busy":
        await client.say("presence", presence="busy")
        await client.until("presence", presence="busy")
    await client.say("presence", presence=choice)
    for sees in (client, colleague):
        told = await sees.until("presence", agent="kari", presence=choice)

        assert told["presence"] == choice


@pytest.mark.parametrize("how", ["closed", "aborted"])
async def test_rocketchat_10172_lhc_552_who_closes_the_browser_is_not_kept_online(
    house, eventually, how
):
    """ "Still available after they close the browser"; "chat NEVER goes offline".

    No lease is asserted for a socket that is gone, so it runs out by itself within 15 s.
    """
    await house.add_replica(renew_s=0.02)
    client = await house.console("kari", replica=1)
    still_here = await house.console("ola", replica=1)
    if how == "closed":
        await client.connection.close()
    else:
        client.connection.transport.abort()
        await client.connection.wait_closed()
    await still_here.echo()
    # What was being written when the socket ended may still come; after that nothing does.
    await wiped_and_renewed(house, eventually, "ola")
    await wiped_and_renewed(house, eventually, "ola")

    assert leases_of(house, "kari") == []


async def test_zammad_1075_signing_out_takes_an_agent_offline_at_once(house):
    """ "We have to turn the chat off before we log off": two minutes until it is noticed."""
    async with house.web() as web:
        cookie = await house.sign_in(web)
        ticket = (await web.post("/api/ticket", headers=cookie)).json()["ticket"]
        client = await house.socket()
        await client.say("hello", ticket=ticket)
        await client.until("welcome")
        there = leases_of(house, "kari")
        await web.delete("/api/session", headers=cookie)

    assert len(there) == 1
    assert leases_of(house, "kari") == []
    assert await client.close_code() == 4001


async def test_a_line_that_is_dead_without_an_end_is_given_up(house, eventually, monkeypatch):
    """Half open: nothing comes and nothing says so. Longer than a throttled page is silent."""
    monkeypatch.setattr(ws, "SILENT_FOR_S", 0.1)
    await house.add_replica(renew_s=0.02)
    client = await house.console("kari", replica=1)
    async with asyncio.timeout(20):
        await client.connection.wait_closed()
    monkeypatch.undo()
    await house.console("ola", replica=1)
    await wiped_and_renewed(house, eventually, "ola")
    await wiped_and_renewed(house, eventually, "ola")

    assert leases_of(house, "kari") == []
