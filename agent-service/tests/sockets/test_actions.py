"""Every action becomes a command under the agent's name, and is answered."""

from uuid import UUID, uuid4

import pytest

NIN = "13097248022"


@pytest.fixture
def known(ledger):
    return ledger.conversation(state="active", owner="kari", epoch=1)


@pytest.mark.parametrize(
    ("kind", "fields", "command"),
    [
        ("send", {"text": "Hei", "epoch": 1}, "message.post.v1"),
        ("note", {"text": "Hei"}, "note.post.v1"),
        ("accept", {"offer": uuid4()}, "offer.accept.v1"),
        ("decline", {"offer": uuid4()}, "offer.decline.v1"),
        ("handover", {"epoch": 1, "department": "byggesak"}, "handover.request.v1"),
        ("cancel_handover", {"handover": uuid4()}, "handover.return.v1"),
        ("take_over", {"epoch": 1}, "conversation.take_over.v1"),
        ("requeue", {"epoch": 1}, "conversation.requeue.v1"),
        ("close", {"epoch": 1}, "conversation.close.v1"),
        ("wrapup_done", {}, "wrapup.end.v1"),
        ("make_written", {"epoch": 1}, "written.make.v1"),
        ("set_topic", {"topic": "garasje"}, "topic.set.v1"),
        ("consult", {"epoch": 1, "agent": "per", "note": "Hva gjelder?"}, "consult.begin.v1"),
        ("consult", {"epoch": 1, "agent": "per"}, "consult.begin.v1"),
        ("end_consult", {"agent": "per"}, "consult.end.v1"),
        ("alarm", {"alarm": "threat"}, "alarm.raise.v1"),
        ("clear_alarm", {}, "alarm.clear.v1"),
        ("block", {"reason": "Trusler", "hours": 2.5}, "citizen.block.v1"),
        ("note", {"text": "Spør om adressen", "whisper": True}, "note.post.v1"),
        ("move", {"epoch": 1, "department": "byggesak"}, "conversation.move.v1"),
        ("classify", {"outcome": "guided"}, "conversation.classify.v1"),
        ("classify", {"archive": "none"}, "conversation.classify.v1"),
        ("break_glass", {"reason": "Bekymring"}, "glass.break.v1"),
    ],
)
async def test_an_action_is_said_in_the_agents_name_under_its_own_id(
    house, ledger, known, kind, fields, command
):
    client = await house.console("kari")
    action = await client.act(kind, conversation=known.id, **fields)
    await client.until("accepted", id=action, masked=0)
    said = await ledger.next_command(command)

    assert (str(said.id), said.sender, said.tenant) == (action, "agent:kari", "sarpsborg")
    assert (said.source, said.reply_to) == ("agent", "agent-1")
    assert said.body.conversation == known.id


async def test_what_makes_no_event_is_answered_done(house, known):
    client = await house.console("kari")
    action = await client.act("wrapup_done", conversation=known.id)

    assert (await client.until("done"))["id"] == action


async def test_what_changes_the_state_is_done_when_the_state_is_told(house, ledger, known):
    client = await house.console("kari")
    ledger.refuse_with = None
    action = str(uuid4())
    await client.say("close", id=action, conversation=known.id, epoch=1)
    await ledger.next_command("conversation.close.v1")
    await ledger.change(known, by="agent:kari", cause=UUID(action), state="closed", owner=None)
    await client.until("summary")
    done = [f["id"] for f in client.frames if f["type"] == "done"]

    assert action in done or (await client.until("done"))["id"] == action


async def test_a_message_is_done_when_its_event_is_committed_and_seen_by_who_follows(house, known):
    client = await house.console("kari")
    await client.follow(known.id)
    action = await client.act("send", conversation=known.id, text="Hei", epoch=1)
    event = await client.until("event")
    await client.until("done", id=action)
    await client.echo()

    assert [f["type"] for f in client.frames].count("done") == 1
    assert event["event"]["id"] == action
    assert event["event"]["mine"]
    assert event["event"]["body"]["text"] == "Hei"


@pytest.mark.parametrize("code", ["stale_epoch", "closed", "not_found"])
async def test_a_refusal_of_the_ledger_reaches_the_sender_and_is_final(house, ledger, known, code):
    client = await house.console("kari")
    ledger.refuse_with = code
    action = await client.act("send", conversation=known.id, text="Hei", epoch=1)
    refused = await client.until("refused", id=action, code=code)

    assert refused["retry_after_s"] is None


async def test_a_busy_ledger_is_asked_again_later(house, ledger, known):
    client = await house.console("kari")
    ledger.refuse_with = "busy"
    action = await client.act("send", conversation=known.id, text="Hei", epoch=1)
    refused = await client.until("refused", id=action, code="busy")

    assert refused["retry_after_s"] == 2


async def test_an_action_sent_twice_happens_once_and_both_are_answered(house, ledger, known):
    client = await house.console("kari")
    await client.follow(known.id)
    action = str(uuid4())
    for _ in range(2):
        await client.say("send", id=action, conversation=known.id, text="Hei", epoch=1)
        await client.until("done", id=action)

    assert len(known.streams["dialogue"]) == 1
    assert [f["type"] for f in client.frames].count("event") == 1


async def test_an_outcome_is_told_to_the_console_that_asked_and_no_other(house, ledger, known):
    first, second = await house.console("kari"), await house.console("kari")
    ledger.refuse_with = "closed"
    action = await first.act("close", conversation=known.id, epoch=1)
    await first.until("refused", id=action)
    await second.echo()

    assert not [f for f in second.frames if f["type"] in ("refused", "done", "accepted")]


async def test_after_a_reconnect_the_new_socket_is_told(house, ledger, known, eventually):
    session = house.store.sit("kari")
    first = await house.console("kari", session=session)
    house.broker.drop_pushes = True
    action = await first.act("wrapup_done", conversation=known.id)
    await first.until("accepted", id=action)
    await ledger.next_command("wrapup.end.v1")
    await first.connection.close()
    house.broker.drop_pushes = False
    second = await house.console("kari", session=session)
    await second.say("wrapup_done", id=action, conversation=known.id)

    assert (await second.until("done"))["id"] == action


@pytest.mark.parametrize(
    ("kind", "field", "command"),
    [
        ("send", "text", "message.post.v1"),
        ("note", "text", "note.post.v1"),
        ("handover", "note", "handover.request.v1"),
        ("consult", "note", "consult.begin.v1"),
        ("block", "reason", "citizen.block.v1"),
    ],
)
@pytest.mark.parametrize("spelling", [NIN, "130972 48022", "13 09 72 480 22", "53097248016"])
async def test_no_identity_number_reaches_the_bus_and_the_writer_is_told(
    house, ledger, known, kind, field, command, spelling
):
    client = await house.console("kari")
    more = {"handover": {"department": "byggesak"}, "consult": {"agent": "per"}}.get(kind, {})
    words = {field: f"Gjelder {spelling}."}
    action = await client.act(kind, conversation=known.id, epoch=1, **words, **more)
    accepted = await client.until("accepted", id=action)
    said = await ledger.next_command(command)

    assert accepted["masked"] == said.body.masked == 1
    assert getattr(said.body, field) == "Gjelder ***********."
    assert spelling.encode() not in b"".join(ledger.raw)


@pytest.mark.parametrize("target", [{"department": NIN}, {"department": "byggesak", "agent": NIN}])
async def test_a_hand_over_to_nobody_known_does_not_leave_the_desk(house, ledger, known, target):
    client = await house.console("kari")
    action = await client.act("handover", conversation=known.id, epoch=1, **target)
    await client.until("refused", id=action, code="handover_target_unknown")
    await client.echo()

    assert NIN.encode() not in b"".join(ledger.raw)


@pytest.mark.parametrize(
    ("kind", "target", "code"),
    [
        ("consult", {"epoch": 1, "agent": NIN}, "unknown_agent"),
        ("end_consult", {"agent": NIN}, "unknown_agent"),
        ("set_topic", {"topic": NIN}, "topic_unknown"),
        ("move", {"epoch": 1, "department": NIN}, "department_unknown"),
    ],
)
async def test_what_names_nobody_and_nothing_known_does_not_leave_the_desk(
    house, ledger, known, kind, target, code
):
    client = await house.console("kari")
    action = await client.act(kind, conversation=known.id, **target)
    await client.until("refused", id=action, code=code)
    await client.echo()

    assert NIN.encode() not in b"".join(ledger.raw)


async def test_no_identity_number_hides_in_the_reason_for_being_away(house):
    client = await house.console("kari")
    await client.say("presence", presence="away", reason=f"Møte om {NIN}")
    told = await client.until("presence", agent="kari")

    assert told["reason"] == "Møte om ***********"
    pushed = [p.envelope.model_dump_json() for p in house.broker.pushed]
    assert NIN not in "".join([*pushed, *house.leases.held.values()])


async def test_who_acts_too_quickly_is_told_when_to_try_again(house, known):
    client = await house.console("kari")
    actions = [await client.act("wrapup_done", conversation=known.id) for _ in range(130)]
    refused = await client.until("refused", code="rate_limited")

    assert refused["id"] in actions[100:]
    assert 0 < refused["retry_after_s"] <= 1


async def test_while_the_broker_is_away_actions_are_busy_and_then_served(house, ledger, known):
    client = await house.console("kari")
    await client.follow(known.id)
    house.broker.stop()
    action = str(uuid4())
    await client.say("send", id=action, conversation=known.id, text="Er du der?", epoch=1)
    refused = await client.until("refused", id=action)

    assert (refused["code"], refused["retry_after_s"]) == ("busy", 2)

    house.broker.start()
    await client.say("send", id=action, conversation=known.id, text="Er du der?", epoch=1)
    await client.until("event")
    await client.until("done", id=action)


async def test_a_bad_frame_is_refused_under_its_own_id(house, known):
    client = await house.console("kari")
    action = await client.act("send", conversation=known.id, text=" ", epoch=1)
    refused = await client.until("refused", id=action, code="text_blank")

    assert refused["conversation"] == str(known.id)


async def test_what_is_read_is_hinted_once_and_only_of_what_is_followed(house, known):
    client = await house.console("kari")
    await client.say("seen", conversation=known.id, seq=1)  # not followed: nothing is hinted
    await client.follow(known.id)
    for seq in (3, 3, 2, 4):
        await client.say("seen", conversation=known.id, seq=seq)
    await client.echo()
    read = [p for p in house.broker.pushed if p.envelope.body.type == "dialogue.seen.v1"]

    assert [(p.envelope.body.agent, p.envelope.body.seq) for p in read] == [
        ("kari", 3),
        ("kari", 4),
    ]
    assert {p.target for p in read} == {"gateway"}


async def test_typing_is_hinted_to_the_citizen_by_name_and_not_too_often(house, known):
    client = await house.console("kari")
    await client.say("typing", conversation=known.id)  # not followed: nothing is hinted
    await client.follow(known.id)
    for _ in range(3):
        await client.say("typing", conversation=known.id)
    await client.echo()
    typed = [p for p in house.broker.pushed if p.envelope.body.type == "typing.v1"]

    assert [(p.target, p.topic) for p in typed] == [("gateway", f"{known.id}.dialogue")]
    assert typed[0].envelope.body.author == "Kari N."


@pytest.mark.parametrize(
    ("sits", "target", "away"),
    [
        ("ola", {"department": "byggesak"}, True),
        ("per", {"department": "byggesak"}, False),
        ("ola", {"department": "servicetorget", "agent": "ola"}, False),
        ("ola", {"department": "servicetorget", "agent": "mona"}, True),
    ],
)
async def test_a_hand_over_says_whether_anybody_asked_is_at_a_desk(
    house, ledger, known, sits, target, away
):
    await house.console(sits)
    client = await house.console("kari")
    await client.act("handover", conversation=known.id, epoch=1, **target)

    assert (await ledger.next_command("handover.request.v1")).body.away is away


async def test_nobody_is_taken_for_away_while_redis_is(house, ledger, leases, known):
    client = await house.console("kari")
    leases.away = True
    await client.act("handover", conversation=known.id, epoch=1, department="byggesak")

    assert (await ledger.next_command("handover.request.v1")).body.away is False
