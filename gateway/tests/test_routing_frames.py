"""What routing tells a citizen and asks of one: availability, written answers, danger, place."""

import json
from uuid import uuid4

import pytest
from gateway.core.receipts import secret_of
from services.contracts import (
    AskWritten,
    Emergency,
    OpenConversation,
    OpeningHours,
    PositionChanged,
    PostMessage,
)
from services.topology import stream_topic

KEY = "0123456789abcdef0123456789abcdef"
RECEIPT = "SA-0123-4567"


def _commands(house, kind):
    return [e.body for e in house.ledger.commands if isinstance(e.body, kind)]


# Availability


async def test_the_welcome_says_who_is_there_and_when(house):
    client = await house.client()
    told = (await client.hello())["availability"]
    assert told["open"]
    assert told["staffed"] is None  # Redis is away
    assert told["departments"] == {"servicetorget": True}


async def test_open_widgets_are_told_of_new_hours_and_of_an_emergency(house):
    client = await house.client()
    await client.hello()
    await house.ledger.change_directory(hours=OpeningHours(week={}))
    told = await client.until("availability")
    assert not told["open"]
    banner = {"nb": "Kokevarsel i hele kommunen"}
    since = house.ledger._wrap("sarpsborg", OpenConversation(conversation=uuid4())).time
    await house.ledger.change_directory(emergency=Emergency(since=since, by="kari", banner=banner))
    assert (await client.until("availability"))["banner"] == banner
    await house.ledger.change_directory(emergency=None, hours=None)
    told = await client.until("availability")
    assert (told["open"], told["banner"]) == (True, {})


async def test_a_resumed_widget_is_told_too(house):
    client = await house.client()
    await client.hello()
    conversation = await client.open()
    again = await house.client()
    assert (await again.hello(conversation=str(conversation)))["availability"]["open"]
    await house.ledger.change_directory(hours=OpeningHours(week={}))
    assert not (await again.until("availability"))["open"]


# The first words


async def test_the_first_words_suggest_a_topic_and_are_not_kept(house):
    client = await house.client()
    await client.hello()
    before = uuid4()
    await client.open(words="Vannet er brunt i springen", follows=str(before))
    (opened,) = _commands(house, OpenConversation)
    assert opened.suggested.topic == "vann"
    assert opened.suggested.score == 0.99
    assert opened.topic is None
    assert opened.follows == before
    assert b"springen" not in b"".join(house.ledger.raw)


@pytest.mark.parametrize("words", [None, "", " ", "\x00", "\ud800", "x" * 8_193, "Hei"])
async def test_words_that_tell_nothing_open_all_the_same(house, words):
    client = await house.client()
    await client.hello()
    await client.open(words=words)
    (opened,) = _commands(house, OpenConversation)
    assert opened.suggested is None


# Written answers


async def _ask(client, **fields) -> str:
    action = str(uuid4())
    await client.say("ask_written", id=action, **fields)
    return action


async def test_a_written_question_has_a_deadline_a_receipt_and_its_secret(house):
    client = await house.client()
    await client.hello()
    conversation = await client.open()
    action = await _ask(client, answer_by="email", contact=" ola@example.no ")
    await client.until("accepted", id=action)
    status = await client.until("status", state="written")
    assert status["due_at"] == "2026-11-25T09:00:00Z"
    assert status["receipt"] == RECEIPT
    assert status["receipt_secret"] == secret_of(KEY, "sarpsborg", RECEIPT)
    assert status["answer_by"] == "email"
    (asked,) = _commands(house, AskWritten)
    assert asked == AskWritten(
        conversation=conversation, answer_by="email", contact="ola@example.no"
    )
    assert "ola@example.no" not in json.dumps(client.frames)


async def test_the_way_to_answer_can_be_changed(house):
    client = await house.client()
    await client.hello()
    await client.open()
    await _ask(client, answer_by="phone", contact="900 00 000")
    assert (await client.until("status", state="written"))["answer_by"] == "phone"
    await _ask(client, answer_by="receipt", contact="ola@example.no")
    await client.until("status", answer_by="receipt")
    assert [a.contact for a in _commands(house, AskWritten)] == ["90000000", None]


@pytest.mark.parametrize(
    ("answer_by", "contact"),
    [
        ("email", "ola"),
        ("email", None),
        ("email", "\ud800@example.no"),
        ("email", "a\x00@example.no"),
        ("phone", "13097248022"),
        ("phone", "1309 72 48022"),
        ("email", "13097248022@example.no"),
        ("email", "x" * 8_193),
    ],
)
async def test_what_reaches_nobody_does_not_reach_the_bus(house, answer_by, contact):
    client = await house.client()
    await client.hello()
    await client.open()
    action = await _ask(client, answer_by=answer_by, contact=contact)
    await client.until("refused", id=action, code="contact_invalid")
    assert _commands(house, AskWritten) == []


async def test_naughty_contacts_are_refused_and_the_socket_lives(house, naughty):
    client = await house.client()
    await client.hello()
    await client.open(words=naughty)
    action = await _ask(client, answer_by="email", contact=naughty)
    await client.until("refused", id=action, code="contact_invalid")
    assert (await client.send(naughty))["body"]["text"] == naughty


async def test_a_written_answer_needs_a_conversation(house):
    client = await house.client()
    await client.hello()
    action = await _ask(client, answer_by="receipt")
    await client.until("refused", id=action, code="not_found")


async def test_a_way_to_answer_that_is_none_is_a_bad_frame(house):
    client = await house.client()
    await client.hello()
    action = await _ask(client, answer_by="pigeon")
    await client.until("refused", id=action, code="frame_invalid")


class TestLimits:
    @pytest.fixture
    def changes(self):
        return {"message_burst": 2}

    async def test_asking_for_a_written_answer_counts_as_an_action(self, house):
        client = await house.client()
        await client.hello()
        await client.open()
        await _ask(client, answer_by="receipt")
        await client.until("status", state="written")
        action = await _ask(client, answer_by="receipt")
        await client.until("refused", id=action, code="rate_limited")


# Danger


async def test_danger_shows_the_emergency_numbers_and_alarms_the_desk(house):
    client = await house.client()
    await client.hello()
    await client.open()
    await client.send("Jeg vil ta livet av meg")
    kinds = [frame["type"] for frame in client.frames]
    assert kinds.index("emergency") < kinds.index("accepted", kinds.index("status"))
    assert [p.alarm for p in _commands(house, PostMessage)] == ["danger"]


async def test_the_emergency_numbers_wait_for_nobody(house):
    client = await house.client()
    await client.hello()
    await client.open()
    house.broker.stop()
    await client.say("send", id=str(uuid4()), text="Faren min puster ikke!")
    assert (await client.until("emergency"))["alarm"] == "danger"
    await client.until("refused", code="busy")


async def test_danger_in_the_first_words_is_seen_before_anything_is_open(house):
    client = await house.client()
    await client.hello()
    house.broker.stop()
    await client.say(
        "open", id=str(uuid4()), conversation=str(uuid4()), words="Det brenner i leiligheten"
    )
    await client.until("emergency")


async def test_danger_shows_on_every_screen_of_that_citizen_and_of_no_other(house):
    first = await house.client()
    await first.hello()
    conversation = await first.open()
    second = await house.client()
    await second.hello(conversation=str(conversation))
    other = await house.client()
    await other.hello(secret="t" * 43)
    await other.open()
    await first.send("Rasfare ved husene våre nå")  # the municipality's own words
    await second.until("emergency")
    await other.send("Hei")
    assert "emergency" not in [frame["type"] for frame in other.frames]


async def test_a_question_alarms_nobody(house):
    client = await house.client()
    await client.hello()
    await client.open()
    await client.send("Når har brannvesenet åpent?")
    assert [p.alarm for p in _commands(house, PostMessage)] == [None]
    assert "emergency" not in [frame["type"] for frame in client.frames]


# The place in line, and refusals


async def test_the_place_in_line_comes_with_a_range_and_an_offer(house):
    client = await house.client()
    await client.hello()
    await client.open()
    conversation = house.ledger.only
    body = PositionChanged(
        conversation=conversation.id,
        position=3,
        wait_from_s=60,
        wait_to_s=180,
        offer_written=True,
    )
    envelope = house.ledger._wrap("sarpsborg", body).evolve(source="router")
    topic = stream_topic(conversation.id, "dialogue")
    house.bus.offer("gateway", topic, envelope.model_dump_json().encode(), "router")
    assert await client.until("position") == {
        "type": "position",
        "position": 3,
        "wait_from_s": 60,
        "wait_to_s": 180,
        "offer_written": True,
    }


@pytest.mark.parametrize("code", ["blocked", "closed", "no_way_to_answer", "already_written"])
async def test_a_refusal_keeps_its_code(house, code):
    client = await house.client()
    await client.hello()
    house.ledger.refuse_with = code
    action = str(uuid4())
    await client.say("open", id=action, conversation=str(uuid4()))
    refused = await client.until("refused", id=action, code=code)
    assert refused["retry_after_s"] is None
