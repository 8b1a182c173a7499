"""What a citizen says besides words: files, "I am here", the rating, the copy, "forget me"."""

import json
from uuid import uuid4

import pytest
from services.bus import Push
from services.contracts import (
    AnswerNudge,
    AskForget,
    DialogueSeen,
    FileRules,
    Look,
    MailCopy,
    PostFile,
    PostMessage,
    Privacy,
    Rate,
)
from services.testing import MemoryBus
from services.topology import stream_topic

SOME_ID = "02013299997"
"""Valid under the rules from 2032, and nobody's."""
CARD = "4111 1111 1111 1111"


def commands(house, kind):
    return [e for e in house.ledger.commands if isinstance(e.body, kind)]


@pytest.fixture
async def client(house):
    client = await house.client()
    await client.hello()
    await client.open()
    return client


async def act(client, kind, **fields):
    action = str(uuid4())
    await client.say(kind, id=action, **fields)
    return await client.until("accepted", id=action)


async def test_the_welcome_says_how_it_looks_what_is_kept_and_what_may_be_sent(house):
    await house.ledger.change_directory(
        look=Look(colour="#004488"),
        privacy=Privacy(kept_days=30, policy_url="https://www.sarpsborg.example/personvern"),
        files=FileRules(max_bytes=1_000),
    )
    client = await house.client()
    welcome = await client.hello()

    assert welcome["look"] == {"colour": "#004488", "logo": None}
    assert welcome["privacy"]["kept_days"] == 30
    assert welcome["files"]["max_bytes"] == 1_000


async def test_a_file_of_the_store_is_shown_under_its_own_id(house, client):
    file = uuid4()
    await act(client, "send_file", file=str(file), seen=2**40)
    (told,) = commands(house, PostFile)

    assert (told.body.file, told.body.epoch) == (file, None)
    assert told.body.seen == 2**31 - 1
    assert told.sender == house.ledger.only.citizen


@pytest.mark.parametrize(("kind", "command"), [("here", AnswerNudge), ("forget", AskForget)])
async def test_what_needs_no_words_is_passed_on(house, client, kind, command):
    accepted = await act(client, kind)
    (told,) = commands(house, command)

    assert told.body.conversation == house.ledger.only.id
    assert (accepted["masked"], accepted["kinds"]) == (0, [])


async def test_a_rating_is_one_click_and_its_line_is_masked(house, client):
    await act(client, "rate", rating="yes")
    accepted = await act(client, "rate", rating="no", comment=f"Kortet mitt er {CARD}.")
    click, line = commands(house, Rate)

    assert (click.body.rating, click.body.comment) == ("yes", None)
    assert (line.body.rating, line.body.comment) == ("no", "Kortet mitt er ***********.")
    assert line.body.masked == accepted["masked"] == 1
    assert accepted["kinds"] == ["card"]


async def test_the_writer_is_told_what_was_taken_out_of_a_text(house, client):
    accepted = await act(client, "send", text=f"{SOME_ID} og {CARD}")
    (told,) = commands(house, PostMessage)

    assert told.body.text == "*********** og ***********"
    assert (accepted["masked"], accepted["kinds"]) == (2, ["national_id", "card"])


@pytest.mark.parametrize("contact", ["nobody", "a@b", f"{SOME_ID}@post.example", "+47 99887766"])
async def test_a_copy_goes_to_an_e_mail_address_alone(house, client, contact):
    action = str(uuid4())
    await client.say("mail_copy", id=action, contact=contact)

    assert (await client.until("refused", id=action))["code"] == "contact_invalid"
    assert commands(house, MailCopy) == []


async def test_nobody_is_flooded_with_letters_and_none_is_counted_twice(house, client):
    again = str(uuid4())
    for _ in range(5):
        await client.say("mail_copy", id=again, contact="innbygger@post.example")
        await client.until("accepted", id=again)
    for _ in range(2):
        await act(client, "mail_copy", contact="innbygger@post.example")
    fourth = str(uuid4())
    await client.say("mail_copy", id=fourth, contact="innbygger@post.example")
    refused = await client.until("refused", id=fourth)

    assert (refused["code"], refused["retry_after_s"]) == ("not_allowed", None)
    assert {e.id for e in commands(house, MailCopy)} >= {commands(house, MailCopy)[0].id}
    assert fourth not in {str(e.id) for e in commands(house, MailCopy)}


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("send_file", {"file": str(uuid4())}),
        ("here", {}),
        ("rate", {"rating": "yes"}),
        ("mail_copy", {"contact": "innbygger@post.example"}),
        ("forget", {}),
    ],
)
async def test_nothing_of_it_is_about_nothing(house, kind, fields):
    client = await house.client()
    await client.hello()
    action = str(uuid4())
    await client.say(kind, id=action, **fields)

    assert (await client.until("refused", id=action))["code"] == "not_found"


async def _saw(house, agent, seq):
    known = house.ledger.only
    body = DialogueSeen(conversation=known.id, agent=agent, seq=seq)
    envelope = house.ledger._wrap("sarpsborg", body).evolve(source="agent")
    desk = MemoryBus(house.broker, source="agent", instance="agent-1")
    await desk.start()
    await desk.push(Push("gateway", stream_topic(known.id, "dialogue"), envelope))
    await desk.stop()


async def test_the_citizen_is_told_what_whoever_answers_has_read(house, client):
    sent = await client.send("Hei!")
    await house.ledger.join(house.ledger.only)
    await client.until("status", state="active")
    for agent, seq in (("ola", 2), ("kari", 99), ("kari", sent["seq"])):
        await _saw(house, agent, seq)
    told = await client.until("seen")
    tab = await house.client()
    await tab.hello(conversation=str(house.ledger.only.id))

    assert told["seq"] == sent["seq"]
    assert [f["seq"] for f in client.frames if f["type"] == "seen"] == [sent["seq"]]
    assert (await tab.until("seen"))["seq"] == sent["seq"]


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ({"type": "send_file", "file": "x"}, "frame_invalid"),
        ({"type": "send_file", "file": str(uuid4()), "seen": -1}, "frame_invalid"),
        ({"type": "rate", "rating": "maybe"}, "frame_invalid"),
        ({"type": "rate", "rating": "yes", "comment": "x" * 8_193}, "text_too_long"),
        ({"type": "rate", "rating": "yes", "comment": "a\x00"}, "text_has_nul"),
        ({"type": "mail_copy"}, "frame_invalid"),
        ({"type": "mail_copy", "contact": "a\x00@b.no"}, "contact_invalid"),
    ],
)
async def test_what_cannot_be_obeyed_has_its_code(client, frame, code):
    action = str(uuid4())
    await client.connection.send(json.dumps({**frame, "id": action}))

    assert (await client.until("refused", id=action))["code"] == code


async def test_a_lone_surrogate_in_a_rating_has_its_code(client):
    action = str(uuid4())
    await client.connection.send(
        f'{{"type":"rate","id":"{action}","rating":"yes","comment":"\\ud800"}}'
    )

    assert (await client.until("refused", id=action))["code"] == "text_has_lone_surrogate"
