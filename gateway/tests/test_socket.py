"""The citizens' protocol over real sockets, against a ledger in memory."""

import asyncio
import json
from uuid import uuid4

import pytest
import websockets
from services.contracts import Messaged, PositionChanged, Typing
from services.topology import stream_topic


async def test_open_send_and_see_it_committed(house):
    client = await house.client()
    welcome = await client.hello()
    assert welcome["name"] == "Sarpsborg (demo)"
    assert welcome["staffed"] is None  # Redis is away, and the chat goes on
    await client.open()
    event = await client.send("Hei, når åpner dere?")
    assert event["mine"]
    assert event["seq"] == 2
    assert event["body"]["text"] == "Hei, når åpner dere?"
    assert "accepted" in [frame["type"] for frame in client.frames]


async def test_an_event_is_shown_only_when_the_ledger_has_committed_it(house):
    client = await house.client()
    await client.hello()
    await client.open()
    house.broker.drop_pushes = True
    await client.say("send", id=str(uuid4()), text="Hei")
    await client.until("accepted")
    house.broker.drop_pushes = False
    await client.say("sync", after=1)
    assert [e["seq"] for e in (await client.until("events"))["events"]] == [2]


async def test_resume_reads_what_was_missed_and_who_answers(house):
    client = await house.client()
    await client.hello()
    conversation = await client.open()
    await house.ledger.join(house.ledger.only)
    await client.until("status", state="active")
    await client.connection.close()
    await house.ledger.commit(house.ledger.only, Messaged(text="Vi åpner kl. 8"))
    again = await house.client()
    welcome = await again.hello(conversation=str(conversation), after=2)
    assert [e["seq"] for e in welcome["events"]] == [3]
    assert welcome["status"]["owner"] == "Kari N."
    assert welcome["last_seq"] == 3
    assert not welcome["more"]


async def test_the_token_of_the_welcome_opens_the_same_conversation(house):
    client = await house.client()
    token = (await client.hello())["token"]
    conversation = await client.open()
    again = await house.client()
    welcome = await again.hello(secret=None, token=token, conversation=str(conversation))
    assert welcome["events"][0]["mine"]


@pytest.mark.parametrize("fields", [{"token": "forged"}, {}])
async def test_without_a_key_nobody_comes_in(house, fields):
    client = await house.client()
    await client.say("hello", tenant="sarpsborg", **fields)
    await client.until("refused", code="token_invalid")
    assert await client.close_code() == 4001


async def test_an_unknown_tenant_is_refused(house):
    client = await house.client()
    await client.say("hello", tenant="atlantis", secret="s" * 43)
    await client.until("refused", code="unknown_tenant")


async def test_anothers_conversation_is_as_if_it_were_not_there(house):
    victim = await house.client()
    await victim.hello()
    conversation = await victim.open()
    thief = await house.client()
    welcome = await thief.hello(secret="t" * 43, conversation=str(conversation))
    assert welcome["conversation"] is None
    assert [f["code"] for f in thief.frames if f["type"] == "refused"] == ["not_found"]


async def test_opening_anothers_conversation_shows_nothing_of_it(house):
    victim = await house.client()
    await victim.hello()
    conversation = await victim.open()
    thief = await house.client()
    await thief.hello(secret="t" * 43)
    action = str(uuid4())
    await thief.say("open", id=action, conversation=str(conversation))
    await thief.until("refused", id=action, code="not_found")
    await victim.send("En hemmelighet")
    await thief.say("sync", after=0)
    await thief.until("refused", code="not_found")
    assert {f["type"] for f in thief.frames} <= {"welcome", "accepted", "refused"}


async def test_two_tabs_see_the_same(house):
    first = await house.client()
    await first.hello()
    conversation = await first.open()
    second = await house.client()
    await second.hello(conversation=str(conversation))
    event = await first.send("Hei")
    assert (await second.until("event"))["event"] == event


async def test_a_lost_push_is_read_when_the_next_one_comes(house):
    client = await house.client()
    await client.hello()
    await client.open()
    ledger = house.ledger
    await ledger.commit(ledger.only, Messaged(text="to"), push=False)
    await ledger.commit(ledger.only, Messaged(text="tre"))
    events = await client.until("events")
    assert [e["body"]["text"] for e in events["events"]] == ["to", "tre"]


class TestTails:
    @pytest.fixture
    def changes(self):
        return {"tail_s": 0.1}

    async def test_a_lost_tail_is_found_by_itself(self, house):
        client = await house.client()
        await client.hello()
        await client.open()
        await house.ledger.commit(house.ledger.only, Messaged(text="sist"), push=False)
        assert (
            await client.until(
                "event",
            )
        )["event"]["body"]["kind"] == "message"


async def test_what_was_missed_while_the_broker_was_away_comes_when_it_is_back(house):
    client = await house.client()
    await client.hello()
    await client.open()
    house.broker.stop()
    action = str(uuid4())
    await client.say("send", id=action, text="Er dere der?")
    refused = await client.until("refused", id=action)
    assert (refused["code"], refused["retry_after_s"]) == ("busy", 2)
    await house.ledger.commit(house.ledger.only, Messaged(text="Hei"), push=False)
    house.broker.start()
    assert (await client.until("event"))["event"]["body"]["text"] == "Hei"
    await client.say("send", id=action, text="Er dere der?")
    await client.until("event")


async def test_a_welcome_waits_for_a_ledger_that_comes_back(house):
    client = await house.client()
    await client.hello()
    conversation = await client.open()
    house.broker.stop()
    again = await house.client()
    await again.say("hello", tenant="sarpsborg", secret="s" * 43, conversation=str(conversation))
    await client.say("heartbeat")
    await client.until("heartbeat")
    house.broker.start()
    assert (await again.until("welcome"))["conversation"] == str(conversation)


async def test_an_action_sent_twice_happens_once_and_both_are_answered(house):
    client = await house.client()
    await client.hello()
    await client.open()
    action = str(uuid4())
    for _ in range(2):
        await client.say("send", id=action, text="Hei")
        await client.until("event")
    assert len(house.ledger.only.events) == 2


async def test_a_refusal_of_the_ledger_reaches_the_sender(house):
    client = await house.client()
    await client.hello()
    await client.open()
    house.ledger.refuse_with = "closed"
    action = str(uuid4())
    await client.say("send", id=action, text="Hei")
    await client.until("refused", id=action, code="closed")


async def test_a_send_without_a_conversation_is_refused(house):
    client = await house.client()
    await client.hello()
    action = str(uuid4())
    await client.say("send", id=action, text="Hei")
    await client.until("refused", id=action, code="not_found")


async def test_agents_go_by_name_and_not_by_what_they_sign_in_with(house):
    client = await house.client()
    await client.hello()
    await client.open()
    await house.ledger.join(house.ledger.only)
    status = await client.until("status", state="active")
    assert status["owner"] == "Kari N."
    assert '"kari"' not in json.dumps(client.frames)


async def test_hints_are_passed_on(house):
    client = await house.client()
    await client.hello()
    await client.open()
    conversation = house.ledger.only
    topic = stream_topic(conversation.id, "dialogue")
    for source, body, kind in (
        ("router", PositionChanged(conversation=conversation.id, position=3), "position"),
        ("agent", Typing(conversation=conversation.id, author="Kari N."), "typing"),
    ):
        envelope = house.ledger._wrap("sarpsborg", body).evolve(source=source)
        house.bus.offer("gateway", topic, envelope.model_dump_json().encode(), source)
        await client.until(kind)


async def test_typing_goes_to_the_desk_and_not_too_often(house):
    client = await house.client()
    await client.hello()
    await client.open()
    for _ in range(3):
        await client.say("typing")
    await client.say("heartbeat")
    await client.until("heartbeat")
    typed = [p for p in house.broker.pushed if isinstance(p.envelope.body, Typing)]
    assert [p.target for p in typed] == ["agent"]


async def test_the_heartbeat_carries_the_watermark(house):
    client = await house.client()
    await client.hello()
    await client.open()
    await client.say("heartbeat", last=0)
    assert (await client.until("heartbeat"))["last_seq"] == 1


async def test_the_end_brings_a_token_for_the_copy(house):
    client = await house.client()
    await client.hello()
    await client.open()
    await client.say("end", id=str(uuid4()))
    assert (await client.until("status", state="closed"))["token"]


@pytest.mark.parametrize(
    "spelling",
    [
        "13097248022",
        "130972 48022",
        "13 09 72 480 22",
        "1-3-0-9-7-2-4-8-0-2-2",
        "130972\u00a048022",
        "130972\u200b48022",
        "53097248016",  # D-number
        "１３０９７２４８０２２",
        "١٣٠٩٧٢٤٨٠٢٢",
    ],
)
async def test_no_national_id_reaches_the_bus(house, spelling):
    client = await house.client()
    await client.hello()
    await client.open()
    action = str(uuid4())
    await client.say("send", id=action, text=f"Jeg er {spelling}, hei")
    assert (await client.until("accepted", id=action))["masked"] == 1
    await client.until("event")
    (sent,) = [e.body for e in house.ledger.commands if e.id.hex == action.replace("-", "")]
    assert sent.text == "Jeg er ***********, hei"
    assert sent.masked == 1
    everything = b"".join(house.ledger.raw).decode()
    assert spelling not in everything
    assert json.dumps(spelling)[1:-1] not in everything


async def test_no_field_beside_the_text_lets_words_through(house):
    client = await house.client()
    await client.hello()
    await client.say(
        "open",
        id=str(uuid4()),
        conversation=str(uuid4()),
        topic="13097248022",
        language="13097248022",
    )
    await client.until("status")
    assert b"13097248022" not in b"".join(house.ledger.raw)


@pytest.mark.parametrize(
    ("text", "code"),
    [(" ", "text_blank"), ("a\x00", "text_has_nul"), ("x" * 8_193, "text_too_long")],
)
async def test_a_refused_text_keeps_its_id(house, text, code):
    client = await house.client()
    await client.hello()
    await client.open()
    action = str(uuid4())
    await client.say("send", id=action, text=text)
    await client.until("refused", id=action, code=code)


async def test_a_bad_frame_is_refused_and_twenty_in_a_row_end_it(house):
    client = await house.client()
    await client.hello()
    await client.connection.send("{")
    await client.until("refused", code="frame_invalid")
    await client.say("heartbeat")
    await client.until("heartbeat")
    for _ in range(20):
        await client.connection.send(b"\x00")
    assert await client.close_code() == 4009


async def test_a_frame_over_the_limit_ends_it(house):
    client = await house.client()
    await client.hello()
    await client.connection.send("x" * (128 * 1024 + 1))
    assert await client.close_code() == 1009


@pytest.mark.parametrize("origin", ["http://page.example", "http://chat.example.evil", "null"])
async def test_only_our_own_frame_may_open_a_socket(house, origin):
    with pytest.raises(websockets.InvalidStatus) as refused:
        await house.client(origin=origin)
    assert refused.value.response.status_code == 403


async def test_a_program_without_origin_may_come_in_on_loopback(house):
    client = await house.client(origin=None)
    await client.hello()


async def test_another_subprotocol_is_turned_away(house):
    with pytest.raises(websockets.InvalidStatus):
        await house.client(subprotocols=["other.v9"])


async def test_stopping_sends_everybody_elsewhere(house):
    client = await house.client()
    await client.hello()
    await client.open()
    await asyncio.gather(house.stop(), client.connection.wait_closed())
    assert client.connection.close_code == 1012


class TestLimits:
    @pytest.fixture
    def changes(self):
        return {
            "message_burst": 2,
            "handshake_burst": 1,
            "max_sockets": 2,
            "hello_timeout_s": 0.2,
        }

    async def test_who_writes_too_quickly_is_told_when_to_try_again(self, house):
        client = await house.client()
        await client.hello()
        await client.open()
        await client.send("en")
        action = str(uuid4())
        await client.say("send", id=action, text="to")
        refused = await client.until("refused", id=action, code="rate_limited")
        assert 0 < refused["retry_after_s"] <= 1

    async def test_an_address_with_too_many_handshakes_is_put_off(self, house):
        headers = {"X-Forwarded-For": "198.51.100.7"}
        await (await house.client(additional_headers=headers)).hello()
        second = await house.client(additional_headers=headers)
        await second.until("refused", code="rate_limited")
        assert await second.close_code() == 4009

    async def test_a_full_process_says_so(self, house):
        for _ in range(2):
            await (await house.client()).hello()
        assert await (await house.client()).close_code() == 1013

    async def test_who_says_no_hello_is_shown_out(self, house):
        assert await (await house.client()).close_code() == 4001
