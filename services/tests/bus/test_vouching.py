"""Who may say what, on every bus, and what becomes of that which is no message at all."""

import asyncio
from uuid import uuid4

import aio_pika
import pytest
from services.bus import Push, decode
from services.contracts import Refused
from services.errors import ContractViolation, NotVouched
from services.inbox import Inbox

from services import topology


async def test_a_push_said_by_one_who_may_not_is_dropped(bench, gateway, agent, pushes, make):
    pretended = make.envelope(make.typing().body, source="ledger")
    not_its_to_say = make.envelope(Refused(about=uuid4(), code="closed"), source="gateway")
    honest = make.typing()
    await bench.push_as(Push("agent", agent.instance, pretended), "gateway")
    await bench.push_as(Push("agent", agent.instance, not_its_to_say), "gateway")
    await bench.push_as(Push("agent", agent.instance, honest), "gateway")
    await pushes.until_some(lambda push: push[1].id == honest.id)

    assert [envelope.id for _, envelope in pushes.all] == [honest.id]


@pytest.mark.parametrize("body", [b"", b"\xff\x00", b"null", b'{"id": 1}', b"[" * 100_000])
async def test_what_is_no_message_becomes_a_dead_letter_with_its_reason(
    bench, body, eventually, make
):
    assert await _buried(bench, body, "gateway", eventually) == [(body, "ContractViolation")]


@pytest.mark.parametrize("source", ["ledger", "router"])
async def test_a_command_said_by_one_who_may_not_becomes_a_dead_letter(
    bench, source, eventually, make
):
    body = make.envelope(make.post().body, source=source).model_dump_json().encode()
    user = "router" if source == "router" else "gateway"

    assert await _buried(bench, body, user, eventually) == [(body, "NotVouched")]


async def _buried(bench, body, user, eventually):
    """Return the dead letters after an inbox was given some bytes."""
    handled = []

    async def handle(envelopes):
        handled.extend(envelopes)
        return [[] for _ in envelopes]

    ledger = bench.bus("ledger")
    inbox = Inbox(ledger, handle, queues=topology.COMMANDS)
    ledger.consume(inbox.subscription)
    await inbox.start()
    await ledger.start()
    await ledger.wait_connected()
    await bench.publish("cmd", "0", body, user)
    found = []
    async with asyncio.timeout(30):
        while not found:
            found = await bench.dead_letters()
            await asyncio.sleep(0.005)
    await ledger.cancel_consumers()
    await inbox.drain(30)

    assert handled == []
    assert await bench.waiting("ledger.cmd.0") == 0
    return list(found)


async def test_the_reason_of_a_violation_quotes_nothing_of_the_input(make):
    secret = "hemmelig"
    with pytest.raises(ContractViolation) as caught:
        decode(f'{{"{secret}": "{secret}", "body": {{"type": "{secret}"}}}}'.encode(), "gateway")

    assert secret not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("vouched", ["", "agent", "ledger", "admin"])
def test_a_message_counts_only_with_the_user_it_names(make, vouched):
    with pytest.raises(NotVouched):
        decode(make.post().model_dump_json().encode(), vouched)


@pytest.mark.contract
async def test_the_broker_refuses_a_user_that_is_not_the_connections(broker, parts):
    """Vouching rests on this."""
    url = parts.settings("gateway")["PREK_AMQP_URL"]
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        target = await channel.get_exchange("cmd", ensure=False)

        with pytest.raises(aio_pika.exceptions.ChannelPreconditionFailed):
            await target.publish(aio_pika.Message(b"", user_id="ledger"), "0")
