"""Who may open an agents' socket, and what they are told."""

import asyncio
import json

import pytest
import websockets
from services.metrics import SOCKETS


async def test_a_ticket_opens_the_desk_and_the_welcome_says_all(house, ledger, directory):
    waiting = ledger.conversation()
    mine = ledger.conversation(state="active", owner="kari", epoch=1)
    ledger.conversation(state="active", owner="ola", epoch=1)
    client = await house.console("kari")
    (welcome,) = client.frames

    assert (welcome["agent"], welcome["name"]) == ("kari", "Kari N.")
    assert (welcome["presence"], welcome["reason"]) == ("available", "")
    assert welcome["directory"]["version"] == directory.version
    shown = welcome["snapshot"]
    assert [c["conversation"] for c in shown["conversations"]] == [str(mine.id)]
    assert [c["conversation"] for c in shown["line"]] == [str(waiting.id)]


async def test_a_ticket_is_good_once(house):
    ticket = await house.store.make_ticket(house.store.sit("kari"))
    first = await house.socket()
    await first.say("hello", ticket=ticket)
    await first.until("welcome")
    second = await house.socket()
    await second.say("hello", ticket=ticket)
    await second.until("refused", code="token_invalid")

    assert await second.close_code() == 4001


@pytest.mark.parametrize("ticket", ["", "forged", "x" * 2048])
async def test_a_made_up_ticket_opens_nothing(house, ticket):
    client = await house.socket()
    await client.say("hello", ticket=ticket)
    await client.until("refused", code="token_invalid")

    assert await client.close_code() == 4001


async def test_a_ticket_of_a_session_that_has_ended_opens_nothing(house):
    session = house.store.sit("kari")
    ticket = await house.store.make_ticket(session)
    await house.store.end_session(session)
    client = await house.socket()
    await client.say("hello", ticket=ticket)
    await client.until("refused", code="token_invalid")


async def test_an_agent_who_is_no_longer_in_the_directory_is_sent_away(house):
    client = await house.socket()
    await client.say("hello", ticket=await house.store.make_ticket(house.store.sit("nils")))
    await client.until("refused", code="token_invalid")

    assert await client.close_code() == 4001


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ('{"type": "heartbeat"}', "not_allowed"),
        ("{", "frame_invalid"),
        (b"\x00", "frame_invalid"),
        ('{"type": "hello", "ticket": 5}', "frame_invalid"),
    ],
)
async def test_what_is_no_hello_is_answered_and_shown_out(house, said, code):
    client = await house.socket()
    await client.connection.send(said)
    await client.until("refused", code=code)

    assert await client.close_code() == 4001


class TestSilence:
    @pytest.fixture
    def changes(self):
        return {"hello_timeout_s": 0.1}

    async def test_who_says_no_hello_is_shown_out(self, house):
        assert await (await house.socket()).close_code() == 4001


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "http://console.example.evil", "https://console.example"]
)
async def test_only_our_own_page_may_open_a_socket(house, origin):
    with pytest.raises(websockets.InvalidStatus) as refused:
        await house.socket(origin=origin)

    assert refused.value.response.status_code == 403


async def test_a_program_without_origin_may_come_in_on_loopback(house):
    client = await house.socket(origin=None)
    await client.say("hello", ticket=await house.store.make_ticket(house.store.sit("kari")))

    assert (await client.until("welcome"))["agent"] == "kari"


class TestPublicAddress:
    @pytest.fixture
    def changes(self):
        return {"allow_no_origin": False}

    async def test_elsewhere_an_origin_is_needed(self, house):
        with pytest.raises(websockets.InvalidStatus):
            await house.socket(origin=None)


@pytest.mark.parametrize("offered", [None, ["prek.v9"]])
async def test_another_protocol_is_turned_away(house, offered):
    with pytest.raises(websockets.InvalidStatus):
        await house.socket(subprotocols=offered)


async def test_a_desk_that_does_not_know_the_municipality_yet_asks_for_patience(house):
    """A replica that has just started; `token_invalid` would have signed the agent out."""
    house.store.tables.clear()
    await house.add_replica()
    client = await house.socket(1)
    await client.say("hello", ticket=await house.store.make_ticket(house.store.sit("kari")))
    busy = await client.until("refused", code="busy")

    assert busy["retry_after_s"] == 2
    assert await client.close_code() == 1013


async def test_while_the_database_is_away_a_hello_asks_for_patience(house):
    ticket = await house.store.make_ticket(house.store.sit("kari"))
    house.store.away = True
    client = await house.socket()
    await client.say("hello", ticket=ticket)
    await client.until("refused", code="busy")

    assert await client.close_code() == 1013


async def test_while_the_broker_is_away_a_hello_asks_for_patience_and_then_it_works(house):
    house.broker.stop()
    client = await house.socket()
    await client.say("hello", ticket=await house.store.make_ticket(house.store.sit("kari")))
    await client.until("refused", code="busy")

    assert await client.close_code() == 1013
    assert not house.leases.held  # nobody whose desk is dark is offered anything

    house.broker.start()
    assert (await house.console("kari")).frames[0]["agent"] == "kari"


async def test_a_second_hello_is_a_bad_frame(house):
    client = await house.console()
    await client.say("hello", ticket="x")
    await client.until("refused", code="frame_invalid")


async def test_twenty_bad_frames_in_a_row_end_it(house):
    client = await house.console()
    for _ in range(19):
        await client.connection.send("{")
    await client.echo()
    for _ in range(20):
        await client.connection.send(b"\x00")

    assert await client.close_code() == 4009


async def test_a_frame_over_the_limit_ends_it(house):
    client = await house.console()
    await client.connection.send("x" * (128 * 1024 + 1))

    assert await client.close_code() == 1009


async def test_a_console_that_does_not_read_is_cut_off_and_costs_nobody_else(
    house, ledger, eventually
):
    """What waits is bounded; the connection's own buffers take some megabytes before."""
    known = ledger.conversation(state="active", owner="kari", epoch=1)
    deaf, other = await house.console("kari"), await house.console("ola")
    deaf.connection.transport.pause_reading()
    before = SOCKETS._value.get()
    summary = known.summary.evolve(topic="x" * 60_000)
    known.summary = summary
    version = summary.version
    async with asyncio.timeout(60):
        while SOCKETS._value.get() == before:
            version += 1
            known.summary = summary.evolve(version=version, owner="kari")
            await ledger.tell(known)
            await other.echo()
    deaf.connection.transport.resume_reading()

    assert await deaf.close_code() in (4008, 1006)
    assert not [f for f in other.frames if f["type"] == "refused"]


async def test_stopping_sends_everybody_elsewhere_and_lets_nobody_in(house):
    client = await house.console()
    await asyncio.gather(house.replicas[0].stop(), client.connection.wait_closed())

    assert client.connection.close_code == 1012

    late = await house.socket()

    assert await late.close_code() == 1012


async def test_readiness_says_what_is_missing_and_that_it_is_leaving(house):
    async with house.web() as web:
        ready = await web.get("/readyz")
        house.store.away = True
        house.broker.stop()
        lacking = await web.get("/readyz")
        house.replicas[0].service.leaving.set()
        leaving = await web.get("/readyz")

    assert (ready.status_code, ready.json()["missing"]) == (200, {})
    assert (lacking.status_code, set(lacking.json()["missing"])) == (503, {"bus", "database"})
    assert leaving.json()["missing"]["leaving"] == "leaving"


async def test_the_welcome_comes_first_and_nothing_said_meanwhile_is_lost(house, ledger):
    """A state is pushed when the snapshot has been read and its answer is still on the way."""
    known = ledger.conversation()
    pushes = []

    def push(asked):
        if asked.body.type == "desk.read.v1" and not pushes:
            pushes.append(
                asyncio.ensure_future(ledger.change(known, state="active", owner="kari", epoch=1))
            )

    ledger.before_answer = push
    client = await house.console("kari")
    told = await client.until("summary")

    assert [f["type"] for f in client.frames] == ["welcome", "summary"]
    assert told["summary"]["owner"] == "kari"
    assert json.dumps(client.frames[0]["snapshot"]).count(str(known.id)) == 1
