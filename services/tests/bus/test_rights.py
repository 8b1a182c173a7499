"""What each service's broker user can and cannot do, tried on a real broker."""

import asyncio

import aio_pika
import pytest
from aiormq.exceptions import ChannelAccessRefused

from services import topology

pytestmark = pytest.mark.contract

USERS = ("gateway", "agent", "router", "ledger")
EXCHANGES = (*topology.EXCHANGES, "")
QUEUES = tuple(topology.queues())

WRITES = {
    "gateway": {"cmd", "query", "push.agent"},
    "agent": {"cmd", "query", "evt", "dead", "push.gateway", "push.agent"},
    "router": {"cmd", "query", "evt", "dead", "push.gateway", "push.agent"},
    "ledger": {"evt", "dead", "push.gateway", "push.agent", "push.router"},
}
BINDS = {
    "gateway": {"push.gateway"},
    "agent": {"push.agent"},
    "router": {"push.router"},
}
READS = {
    "gateway": set(),
    "agent": {"desk.alerts"},
    "router": {"router.inbox"},
    "ledger": {*topology.COMMANDS, "ledger.query"},
}


@pytest.fixture
async def connections(broker):
    """One connection per user, and a channel for each question: a refusal closes it."""
    open_ones = {}
    for user in USERS:
        service = {"agent": "agent-service", "ledger": "transcript-service"}.get(user, user)
        url = broker.settings(service)["PREK_AMQP_URL"]
        open_ones[user] = await aio_pika.connect(url)
    yield open_ones
    for connection in open_ones.values():
        await connection.close()


async def may(connection, request):
    """Tell whether the broker lets a user do something."""
    channel = await connection.channel(publisher_confirms=True)
    try:
        await asyncio.wait_for(request(channel), 10)
    except ChannelAccessRefused:
        return False
    else:
        return True
    finally:
        if not channel.is_closed:
            await channel.close()


@pytest.mark.parametrize("user", USERS)
async def test_a_user_publishes_only_where_it_has_something_to_say(connections, user):
    async def publish(channel, exchange):
        target = (
            await channel.get_exchange(exchange, ensure=False)
            if exchange
            else channel.default_exchange
        )
        await target.publish(aio_pika.Message(b"", user_id=user), "nowhere", mandatory=False)

    allowed = {
        exchange
        for exchange in EXCHANGES
        if await may(connections[user], lambda channel, e=exchange: publish(channel, e))
    }

    assert allowed == WRITES[user]


@pytest.mark.parametrize("user", USERS)
async def test_a_user_consumes_only_its_own_inboxes(connections, user):
    async def ignore(message):
        pass

    async def consume(channel, name):
        queue = await channel.get_queue(name, ensure=False)
        tag = await queue.consume(ignore)
        await queue.cancel(tag)

    allowed = {
        queue
        for queue in QUEUES
        if await may(connections[user], lambda channel, q=queue: consume(channel, q))
    }

    assert allowed == READS[user]


@pytest.mark.parametrize("user", sorted(BINDS))
async def test_a_user_hears_only_the_pushes_meant_for_it(connections, user):
    async def bind(channel, exchange):
        name = topology.instance_queue(user, "rights", 1)
        queue = await channel.declare_queue(name, exclusive=True, auto_delete=True)
        await queue.bind(exchange, "t1")

    allowed = {
        exchange
        for exchange in topology.EXCHANGES
        if await may(connections[user], lambda channel, e=exchange: bind(channel, e))
    }

    assert allowed == BINDS[user]


async def test_the_ledger_has_no_queue_of_its_own(connections):
    async def declare(channel):
        name = topology.instance_queue("ledger", "rights", 1)
        await channel.declare_queue(name, exclusive=True, auto_delete=True)

    assert not await may(connections["ledger"], declare)


@pytest.mark.parametrize("user", USERS)
@pytest.mark.parametrize("owner", USERS)
async def test_a_user_declares_no_queue_of_anothers(connections, user, owner):
    async def declare(channel):
        name = topology.instance_queue(owner, "of-another", 1)
        await channel.declare_queue(name, exclusive=True, auto_delete=True)

    assert await may(connections[user], declare) == (user == owner and user in BINDS)


@pytest.mark.parametrize("user", USERS)
@pytest.mark.parametrize("queue", QUEUES)
async def test_a_user_deletes_no_inbox_and_empties_only_its_own(connections, user, queue):
    async def delete(channel):
        await channel.queue_delete(queue)

    async def purge(channel):
        await (await channel.get_queue(queue, ensure=False)).purge()

    assert not await may(connections[user], delete)
    assert await may(connections[user], purge) == (queue in READS[user])


@pytest.mark.parametrize("user", USERS)
async def test_a_user_adds_no_binding_to_an_inbox(connections, user):
    async def bind(channel):
        queue = await channel.get_queue("ledger.cmd.0", ensure=False)
        await queue.bind("evt", "line.#")

    assert not await may(connections[user], bind)
