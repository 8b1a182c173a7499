"""Lists what nobody could handle, and replays or discards it: `python -m services.dead_letters`.

It shows where a message came from, why it is here and since when, never what it says. Looking
loses nothing: a message is taken without being settled and given back. Needs the administrator's
broker user, who may say again what another user said.
"""

import argparse
import asyncio
import sys
import warnings
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, cast
from uuid import UUID, uuid5

import aio_pika
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage
from pydantic import ValidationError

from services import log, topology
from services.clock import utc_now
from services.contracts import Envelope
from services.ids import NAMESPACE
from services.link import AWAY, CONNECT_TIMEOUT_S
from services.settings import KitSettings

ALL: Final = "all"
_COLUMNS = (
    "{id:<36}  {age:>5}  {reason:<18}  {said_by:<8}  {queue:<13}  {type:<26}  {tenant:<14}  "
    "{conversation}"
)
_UNKNOWN = "-"


@dataclass(frozen=True, slots=True)
class Letter:
    """What may be shown of a dead letter."""

    id: UUID
    """The message's own; derived from its bytes when they are no message of ours."""
    reason: str
    said_by: str
    """The broker user that published it; empty when nobody vouched for it."""
    queue: str
    """Where it was taken from; empty when that is not known."""
    since: datetime | None
    type: str = _UNKNOWN
    tenant: str = _UNKNOWN
    conversation: str = _UNKNOWN

    def line(self, now: datetime) -> str:
        """Return one line of the list."""
        return _COLUMNS.format(
            id=str(self.id),
            age=_age(self.since, now),
            reason=self.reason,
            said_by=self.said_by or _UNKNOWN,
            queue=self.queue or _UNKNOWN,
            type=self.type,
            tenant=self.tenant,
            conversation=self.conversation,
        ).rstrip()


HEADING: Final = _COLUMNS.format(
    id="ID",
    age="AGE",
    reason="REASON",
    said_by="SAID BY",
    queue="QUEUE",
    type="TYPE",
    tenant="TENANT",
    conversation="CONVERSATION",
)


class NotReplayableError(Exception):
    """It is not known where this message came from."""


def read(message: AbstractIncomingMessage) -> Letter:
    """Return what may be shown of a message in `dead.letters`.

    An inbox says in headers why it gave up (`RabbitBus.bury`); the broker, which does so at the
    delivery limit, in `x-death`.
    """
    headers = message.headers
    deaths = cast("list[dict[str, Any]]", headers.get("x-death") or [{}])
    said_by = headers.get("x-said-by", message.user_id)
    return Letter(
        reason=str(headers.get("x-reason") or deaths[0].get("reason") or _UNKNOWN),
        said_by=str(said_by or ""),
        queue=str(headers.get("x-queue") or deaths[0].get("queue") or ""),
        since=message.timestamp or deaths[0].get("time"),
        **_about(message.body),
    )


def _about(body: bytes) -> Any:
    try:
        envelope = Envelope.read(body)
    except ValidationError:
        return {"id": uuid5(NAMESPACE, body.hex())}
    return {
        "id": envelope.id,
        "type": envelope.body.type,
        "tenant": envelope.tenant,
        "conversation": str(getattr(envelope.body, "conversation", _UNKNOWN)),
    }


async def letters(
    channel: AbstractChannel,
) -> AsyncIterator[tuple[Letter, AbstractIncomingMessage]]:
    """Take every dead letter there is now. What is not acknowledged returns with the channel."""
    queue = await channel.get_queue(topology.DEAD_LETTERS, ensure=False)
    message = await queue.get(fail=False)
    # As many as there were at first: what dies meanwhile must not keep us here.
    left = int(message.message_count or 0) if message is not None else 0
    while message is not None:
        yield read(message), message
        message = await queue.get(fail=False) if left > 0 else None
        left -= 1


async def replay(
    channel: AbstractChannel, letter: Letter, message: AbstractIncomingMessage
) -> None:
    """Publish a dead letter again to the queue it came from, then settle it.

    A crash in between leaves it here too; handled twice it changes nothing.

    Raises:
        NotReplayableError: its queue is not known, or is none of ours.
        AMQPError, OSError, RuntimeError, TimeoutError: `AWAY`.
    """
    if letter.queue not in topology.queues() or letter.queue == topology.DEAD_LETTERS:
        raise NotReplayableError
    again = aio_pika.Message(
        message.body,
        content_type="application/json",
        delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
        user_id=letter.said_by or None,
    )
    await channel.default_exchange.publish(again, letter.queue, mandatory=True)
    await message.ack()


def _age(since: datetime | None, now: datetime) -> str:
    if since is None:
        return _UNKNOWN
    if since.tzinfo is None:
        since = since.replace(tzinfo=UTC)
    seconds = max(0, int((now - since).total_seconds()))
    for unit, length in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds >= length:
            return f"{seconds // length}{unit}"
    return f"{seconds}s"


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


async def _list(channel: AbstractChannel) -> int:
    count = 0
    async for letter, _ in letters(channel):
        if count == 0:
            _say(HEADING)
        _say(letter.line(utc_now()))
        count += 1
    if count == 0:
        _say("no dead letters")
    return 0


async def _change(channel: AbstractChannel, wanted: str, *, discard: bool) -> int:
    changed = failed = 0
    async for letter, message in letters(channel):
        if wanted not in (ALL, str(letter.id)):
            continue
        try:
            if discard:
                await message.ack()
                _say(f"discarded {letter.id}")
            else:
                await replay(channel, letter, message)
                _say(f"replayed {letter.id} to {letter.queue}")
            changed += 1
        except NotReplayableError:
            _say(f"kept {letter.id}: it is not known where it came from")
            failed += 1
    if not changed and not failed:
        _say("no dead letters" if wanted == ALL else f"no dead letter {wanted}")
    return 1 if failed or (not changed and wanted != ALL) else 0


async def _run(url: str, options: argparse.Namespace) -> int:
    connection = await aio_pika.connect(url, timeout=CONNECT_TIMEOUT_S)
    async with connection, connection.channel(on_return_raises=True) as channel:
        if options.replay:
            return await _change(channel, options.replay, discard=False)
        if options.discard:
            return await _change(channel, str(options.discard), discard=True)
        return await _list(channel)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m services.dead_letters",
        description="List what nobody could handle. PREK_AMQP_URL, or prek_amqp_url in the "
        "folder PREK_SECRETS_DIR, names the administrator's broker user.",
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--replay",
        metavar="ID|all",
        type=lambda text: text if text == ALL else str(UUID(text)),
        help="publish it again to where it came from, and remove it here",
    )
    what.add_argument("--discard", metavar="ID", type=UUID, help="remove it for ever")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says. Return the exit code."""
    options = _options(arguments)
    try:
        with warnings.catch_warnings(action="ignore"):  # of a folder of secrets that is not there
            url = KitSettings().amqp_url
    except ValidationError:
        sys.stderr.write("nothing runs here: no administrator's address of a broker was found\n")
        return 1
    try:
        return asyncio.run(_run(url, options))
    except AWAY as error:
        sys.stderr.write(f"nothing runs here: no broker answers ({type(error).__name__})\n")
        return 1


if __name__ == "__main__":
    log.silence_libraries()
    sys.exit(main())
