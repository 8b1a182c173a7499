"""Where what is said goes: exchanges, queues and bindings. `rights` has who says what.

Identical on RabbitMQ 3.10 and 4.x. Services declare nothing durable: `definitions` is loaded by
the broker at boot. `python -m services.topology definitions` prints it.
"""

import base64
import hashlib
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, get_args
from uuid import UUID
from zlib import crc32

from services import contracts
from services.contracts import Envelope, PublishDirectory, Source, Stream
from services.rights import HEARD_BY, PUSHES_TO, SAYS, permissions

__all__ = [
    "ADMIN_TAGS",
    "ALERTS",
    "COMMANDS",
    "COMMAND_SHARDS",
    "DEAD_LETTERS",
    "DELIVERY_LIMIT",
    "EXCHANGES",
    "HEARD_BY",
    "INSTANCE_QUEUE_LENGTH",
    "MAX_COMMANDS",
    "PUSHES_TO",
    "QUERIES",
    "ROUTER_INBOX",
    "SAYS",
    "VHOST",
    "Route",
    "agent_topic",
    "bindings",
    "definitions",
    "directory_topic",
    "exchange_of",
    "instance_queue",
    "line_topic",
    "permissions",
    "queues",
    "route",
    "stream_topic",
]

VHOST: Final = "chat"
COMMAND_SHARDS: Final = 4
"""Command queues; they only spread leaders over nodes and cores, every replica consumes all."""
DELIVERY_LIMIT: Final = 1_000_000
"""Never -1: on 3.10 it drops a message on its first redelivery (reliability study 1.2)."""
MAX_COMMANDS: Final = 200_000
INSTANCE_QUEUE_LENGTH: Final = 20_000

COMMANDS: Final = tuple(f"ledger.cmd.{n}" for n in range(COMMAND_SHARDS))
QUERIES: Final = ("ledger.query",)
ROUTER_INBOX: Final = ("router.inbox",)
ALERTS: Final = ("desk.alerts",)
"""What is to be told outside the chat, by e-mail and webhook; every agent-service consumes it."""
DEAD_LETTERS: Final = "dead.letters"

ADMIN_TAGS: Final = ["administrator", "impersonator"]
"""`impersonator`: a replayed dead letter is vouched for by the user that said it."""

EXCHANGES: Final = {
    "cmd": "direct",
    "query": "direct",
    "evt": "topic",
    "dead": "fanout",
    "push.gateway": "direct",
    "push.agent": "direct",
    "push.router": "direct",
}

_COMMAND_TYPES = frozenset(
    model.model_fields["type"].default for model in get_args(get_args(contracts.Command)[0])
)
_QUERY_TYPES = frozenset(
    model.model_fields["type"].default for model in get_args(get_args(contracts.Query)[0])
)
_DOMAIN_TYPES = frozenset(
    {
        "line.changed.v1",
        "department.alerted.v1",
        "answer.ready.v1",
        "copy.ready.v1",
        "milestone.reached.v1",
    }
)


@dataclass(frozen=True, slots=True)
class Route:
    """Where a confirmed message goes."""

    exchange: str
    routing_key: str


def exchange_of(message_type: str) -> str | None:
    """Return the exchange of a confirmed message, or None for a push, which goes to a topic."""
    if message_type in _COMMAND_TYPES:
        return "cmd"
    if message_type in _QUERY_TYPES:
        return "query"
    return "evt" if message_type in _DOMAIN_TYPES else None


def route(envelope: Envelope) -> Route:
    """Return where a command, a query or a domain event is published.

    Raises:
        ValueError: the body is a push, which has a topic instead.
    """
    body = envelope.body
    match exchange_of(body.type):
        case "cmd" as exchange:
            about = (
                body.directory.tenant if isinstance(body, PublishDirectory) else body.conversation  # type: ignore[union-attr]
            )
            return Route(exchange, str(crc32(str(about).encode()) % COMMAND_SHARDS))
        case "query" as exchange:
            return Route(exchange, "ledger")
        case "evt" as exchange:
            return Route(exchange, body.type)
        case _:
            raise ValueError(body.type)


def stream_topic(conversation: UUID, stream: Stream) -> str:
    """Topic of one stream of one conversation."""
    return f"{conversation}.{stream}"


def agent_topic(tenant: str, agent: str) -> str:
    """Topic of everything that concerns one agent."""
    return f"agent.{tenant}.{agent}"


def line_topic(tenant: str) -> str:
    """Topic of a tenant's waiting line and presence."""
    return f"line.{tenant}"


def directory_topic() -> str:
    """Topic of set-up changes of every tenant."""
    return "directory"


def instance_queue(source: Source, instance: str, n: int) -> str:
    """Name of an instance's exclusive queue; a new `n` for each connection."""
    return f"at.{source}.{instance}.{n}"


def _quorum(**more: Any) -> dict[str, Any]:
    return {
        "x-queue-type": "quorum",
        "x-delivery-limit": DELIVERY_LIMIT,
        **more,
    }


def queues() -> dict[str, dict[str, Any]]:
    """Return the durable queues and their arguments."""
    work = _quorum(
        **{
            "x-dead-letter-exchange": "dead",
            "x-dead-letter-strategy": "at-least-once",
            "x-overflow": "reject-publish",
            "x-max-length": MAX_COMMANDS,
        }
    )
    query = _quorum(**{"x-message-ttl": 30_000, "x-max-length": MAX_COMMANDS})
    return {
        **dict.fromkeys(COMMANDS, work),
        **dict.fromkeys(QUERIES, query),
        **dict.fromkeys(ROUTER_INBOX, work),
        **dict.fromkeys(ALERTS, work),
        DEAD_LETTERS: _quorum(),
    }


def bindings() -> list[tuple[str, str, str]]:
    """Return (exchange, queue, routing key) of the durable bindings."""
    return [
        *(("cmd", queue, str(n)) for n, queue in enumerate(COMMANDS)),
        ("query", QUERIES[0], "ledger"),
        ("evt", ROUTER_INBOX[0], "line.#"),
        ("evt", ALERTS[0], "department.#"),
        ("evt", ALERTS[0], "answer.#"),
        ("evt", ALERTS[0], "copy.#"),
        ("evt", ALERTS[0], "milestone.#"),
        ("dead", DEAD_LETTERS, ""),
    ]


def _password_hash(password: str) -> str:
    salt = os.urandom(4)
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()


def definitions(passwords: Mapping[str, str]) -> dict[str, Any]:
    """Return the broker's definitions document. `passwords`: user to password, `admin` too."""
    services: tuple[Source, ...] = get_args(Source)
    users = [
        {
            "name": name,
            "password_hash": _password_hash(password),
            "hashing_algorithm": "rabbit_password_hashing_sha256",
            "tags": ADMIN_TAGS if name == "admin" else [],
        }
        for name, password in passwords.items()
    ]
    rights = [{"user": name, "vhost": VHOST, **permissions(name)} for name in services]
    if "admin" in passwords:
        everything = {"configure": ".*", "write": ".*", "read": ".*"}
        rights.append({"user": "admin", "vhost": VHOST, **everything})
    return {
        "vhosts": [{"name": VHOST}],
        "users": users,
        "permissions": rights,
        "exchanges": [
            {
                "name": name,
                "vhost": VHOST,
                "type": kind,
                "durable": True,
                "auto_delete": False,
                "internal": False,
                "arguments": {},
            }
            for name, kind in EXCHANGES.items()
        ],
        "queues": [
            {
                "name": name,
                "vhost": VHOST,
                "durable": True,
                "auto_delete": False,
                "arguments": arguments,
            }
            for name, arguments in queues().items()
        ],
        "bindings": [
            {
                "source": exchange,
                "vhost": VHOST,
                "destination": queue,
                "destination_type": "queue",
                "routing_key": key,
                "arguments": {},
            }
            for exchange, queue, key in bindings()
        ],
    }


if __name__ == "__main__":
    if sys.argv[1:] != ["definitions"]:
        sys.exit("usage: PREK_BROKER_PASSWORDS=FILE python -m services.topology definitions")
    known = json.loads(Path(os.environ["PREK_BROKER_PASSWORDS"]).read_text("utf-8"))
    json.dump(definitions(known), sys.stdout, indent=1)
