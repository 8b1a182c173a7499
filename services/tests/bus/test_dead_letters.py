"""Dead letters are shown without their words, and replayed to where they came from."""

import asyncio
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from uuid import uuid4

import aio_pika
import pytest
from services.bus import Subscription, decode
from services.dead_letters import HEADING, _age, main, read
from services.errors import Permanent
from services.inbox import Inbox

from services import topology

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
WORDS = "hemmelige ord"


async def lie(bench, queue, count):
    """Wait until so many messages lie in a queue: what is given back takes a moment."""
    async with asyncio.timeout(30):
        while await bench.waiting(queue) != count:  # noqa: ASYNC110 - the broker tells nobody
            await asyncio.sleep(0.01)


@pytest.fixture
def told(bench, monkeypatch, capfd):
    """Run the command against the broker; return its exit code and what it said."""
    monkeypatch.setenv("PREK_AMQP_URL", bench.url("admin"))

    async def run(*arguments):
        capfd.readouterr()  # the buses' own lines
        code = await asyncio.to_thread(main, arguments)
        return code, capfd.readouterr().out

    return run


@pytest.fixture
async def bury(bench, eventually):
    """Let a ledger give up messages; return them."""
    gateway = bench.bus("gateway")
    await gateway.start()
    await gateway.wait_connected()

    async def give_up(*envelopes):
        async def handle(batch):
            return [Permanent() for _ in batch]

        ledger = bench.bus("ledger")
        inbox = Inbox(ledger, handle, queues=topology.COMMANDS)
        ledger.consume(inbox.subscription)
        await inbox.start()
        await ledger.start()
        await ledger.wait_connected()
        for envelope in envelopes:
            await gateway.send(envelope)
        await lie(bench, "dead.letters", len(envelopes))
        await ledger.cancel_consumers()
        await inbox.drain(30)
        await ledger.stop()

    return give_up


@pytest.mark.needs("programs")
async def test_nothing_there_is_said_so(told):
    assert await told() == (0, "no dead letters\n")


@pytest.mark.needs("programs")
async def test_a_dead_letter_is_listed_without_its_words_and_stays(bench, told, bury, make):
    envelopes = [make.post(WORDS), make.post(WORDS)]
    await bury(*envelopes)
    first, again = await told(), await told()

    code, out = first
    heading, *lines = out.splitlines()
    assert code == 0
    assert heading == HEADING
    assert len(lines) == 2
    for envelope in envelopes:
        (line,) = [line for line in lines if str(envelope.id) in line]
        queue = topology.COMMANDS[int(topology.route(envelope).routing_key)]
        expected = ["Permanent", "gateway", queue, "message.post.v1", "sarpsborg"]
        assert line.split()[2:] == [*expected, str(envelope.body.conversation)]
    assert WORDS not in out
    assert len(again[1].splitlines()) == 3
    await lie(bench, "dead.letters", 2)


@pytest.mark.needs("programs")
async def test_a_replayed_message_goes_where_it_came_from_vouched_for_by_who_said_it(
    bench, told, bury, make, deliveries
):
    wanted, other = make.post(WORDS), make.post(WORDS)
    await bury(wanted, other)
    code, out = await told("--replay", str(wanted.id))
    ledger = bench.bus("ledger")
    ledger.consume(Subscription(topology.COMMANDS, 10, deliveries.take))
    await ledger.start()
    (delivery,) = await deliveries.until(1)

    assert code == 0
    assert out == f"replayed {wanted.id} to {delivery.queue}\n"
    assert decode(delivery.body, delivery.vouched) == wanted
    await lie(bench, "dead.letters", 1)


@pytest.mark.needs("programs")
async def test_all_are_replayed_at_once(bench, told, bury, make, deliveries):
    envelopes = [make.post() for _ in range(5)]
    await bury(*envelopes)
    code, _ = await told("--replay", "all")
    ledger = bench.bus("ledger")
    ledger.consume(Subscription(topology.COMMANDS, 10, deliveries.take))
    await ledger.start()
    arrived = await deliveries.until(5)

    assert code == 0
    assert {decode(d.body, d.vouched).id for d in arrived} == {e.id for e in envelopes}
    await lie(bench, "dead.letters", 0)


@pytest.mark.needs("programs")
async def test_a_discarded_message_is_gone(bench, told, bury, make):
    envelope, other = make.post(), make.post()
    await bury(envelope, other)

    assert await told("--discard", str(envelope.id)) == (0, f"discarded {envelope.id}\n")
    await lie(bench, "dead.letters", 1)
    assert sum([await bench.waiting(queue) for queue in topology.COMMANDS]) == 0


@pytest.mark.needs("programs")
async def test_an_id_that_is_not_there_is_an_error_and_changes_nothing(bench, told, bury, make):
    await bury(make.post())
    missing = uuid4()

    assert await told("--replay", str(missing)) == (1, f"no dead letter {missing}\n")
    assert await told("--discard", str(missing)) == (1, f"no dead letter {missing}\n")
    await lie(bench, "dead.letters", 1)


@pytest.mark.needs("programs")
async def test_what_is_no_message_of_ours_has_an_id_to_discard_it_by(bench, told):
    dead = await bench.admin.get_exchange("dead", ensure=False)
    await dead.publish(aio_pika.Message(f"{WORDS}\x1b[2J".encode()), "")
    _, out = await told()
    id_, age, *rest = out.splitlines()[1].split()
    kept = await told("--replay", "all")
    code, _ = await told("--discard", id_)

    assert (age, rest) == ("-", ["-"] * 6)
    assert kept == (1, f"kept {id_}: it is not known where it came from\n")
    assert code == 0
    await lie(bench, "dead.letters", 0)


@pytest.mark.needs("programs")
async def test_what_the_broker_gave_up_is_listed_and_replayed_too(bench, told, make):
    """At the delivery limit the broker itself makes a dead letter, with headers of its own."""
    envelope = make.post(WORDS)
    queue = topology.COMMANDS[int(topology.route(envelope).routing_key)]
    gateway = bench.bus("gateway")
    await gateway.start()
    await gateway.wait_connected()
    await gateway.send(envelope)
    taken = await bench.admin.get_queue(queue, ensure=False)
    message = await taken.get()
    await message.reject(requeue=False)
    await lie(bench, "dead.letters", 1)
    _, out = await told()
    code, _ = await told("--replay", "all")

    fields = out.splitlines()[1].split()
    assert fields[0] == str(envelope.id)
    assert fields[2:5] == ["rejected", "gateway", queue]
    assert code == 0
    await lie(bench, queue, 1)
    again = await taken.get()
    assert decode(again.body, again.user_id) == envelope


@pytest.mark.needs("programs")
async def test_a_service_may_not_look(bench, monkeypatch, capfd):
    monkeypatch.setenv("PREK_AMQP_URL", bench.url("ledger"))
    code = await asyncio.to_thread(main, [])

    assert code == 1
    assert "ChannelAccessRefused" in capfd.readouterr().err


def run_where_nothing_runs(folder, *arguments):
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PREK_")}
    return subprocess.run(
        [sys.executable, "-m", "services.dead_letters", *arguments],
        env={**environment, "PREK_SECRETS_DIR": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_where_nothing_was_ever_started_it_says_so_in_one_line(tmp_path):
    done = run_where_nothing_runs(tmp_path / "none")

    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == "nothing runs here: no administrator's address of a broker was found\n"


def test_where_the_broker_is_stopped_it_says_so_without_the_password(tmp_path):
    (tmp_path / "prek_amqp_url").write_text("amqp://admin:topsecret@127.0.0.1:1/chat")
    done = run_where_nothing_runs(tmp_path)

    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("nothing runs here: no broker answers")
    assert len(done.stderr.splitlines()) == 1
    assert "topsecret" not in done.stderr


@pytest.mark.parametrize("arguments", [["--replay", "x"], ["--discard", "all"], ["more"]])
def test_what_makes_no_sense_is_refused_before_anything_is_done(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        main(arguments)

    assert ended.value.code == 2


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (-5, "0s"),
        (0, "0s"),
        (59, "59s"),
        (60, "1m"),
        (3_599, "59m"),
        (3_600, "1h"),
        (200_000, "2d"),
    ],
)
def test_an_age_is_short(seconds, shown):
    assert _age(NOW - timedelta(seconds=seconds), NOW) == shown


def test_an_age_that_is_not_known_is_a_dash():
    assert _age(None, NOW) == "-"


def test_a_letter_nobody_vouched_for_is_no_ones():
    message = SimpleNamespace(
        headers={"x-reason": "NotVouched", "x-said-by": ""},
        user_id="ledger",
        timestamp=NOW,
        body=b"",
    )

    assert read(message).said_by == ""
