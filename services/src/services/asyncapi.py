"""The AsyncAPI 3.0 document of the bus and both sockets; `python -m services.asyncapi` prints it.

Computed from the contracts and the topology, so that it can say nothing else than the code does.
"""

import json
import re
import sys
from collections.abc import Iterable, Mapping
from typing import Any, Final, get_args

from services import topology
from services.components import ANSWERS, DEAD_LETTER, Json, components, frame_names, query_of
from services.contracts import Source
from services.contracts.wire_citizen import CLOSE_RATE, CLOSE_SLOW, CLOSE_TOKEN

VERSION: Final = "1.1.0"
"""Raised with a new message or field; messages and sockets have versions of their own."""
SUBPROTOCOL: Final = "prek.v1"
CLOSE_CODES: Final[Mapping[int, str]] = {
    1000: "The end.",
    1008: "Not allowed, or an unknown municipality. Give up.",
    1009: "The frame was too large. Do not send it again.",
    1012: "The server restarts. Come back within 0-3 s, at random.",
    1013: "Too much to do, or no answer in time. Come back after 5 s or more.",
    CLOSE_TOKEN: "No hello in time, a token that opens nothing, or signed out.",
    CLOSE_SLOW: "You read too slowly. Come back and go on by your last seq.",
    CLOSE_RATE: "Too many frames, bad frames or handshakes. Come back after 5 s or more.",
}

_SERVICES: Final[tuple[Source, ...]] = get_args(Source)
_SOCKETS: Final[Mapping[str, tuple[Source, str]]] = {
    "citizen": ("gateway", "/ws/citizen"),
    "agent": ("agent", "/ws/agent"),
}


def document() -> Json:
    """Return the whole document."""
    channels = _exchanges() | _queues() | _sockets()
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Prek med oss",
            "version": VERSION,
            "license": {"name": "MIT"},
            "description": "Who says what to whom: the bus between the services, and the sockets "
            "of citizens and agents. A field or a type that is not here comes from a newer peer: "
            "ignore it.",
        },
        "defaultContentType": "application/json",
        "servers": {
            "broker": {"host": "broker:5672", "pathname": f"/{topology.VHOST}", "protocol": "amqp"},
            "gateway": {"host": "chat.example", "protocol": "wss"},
            "agent-service": {"host": "console.example", "protocol": "wss"},
        },
        "channels": channels,
        "operations": _bus_operations() | _socket_operations(),
        "components": components(),
    }


# Channels


def _channel(title: str, address: str, server: str, messages: Iterable[str], **more: Any) -> Json:
    return {
        "title": title,
        "address": address,
        "servers": [{"$ref": f"#/servers/{server}"}],
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in messages},
        **more,
    }


def _types(exchange: str, source: Source | None = None) -> list[str]:
    """Return the types published to an exchange, by anybody or by one service."""
    if exchange == "dead":
        buries = [user for user in _SERVICES if _may(user, "write", exchange)]
        return [DEAD_LETTER] if source is None or source in buries else []
    if exchange.startswith("push."):
        return [
            name
            for name in _pushes_to(exchange.removeprefix("push."))
            if source is None or (source in topology.SAYS[name] and _may(source, "write", exchange))
        ]
    return [
        name
        for name, who in topology.SAYS.items()
        if topology.exchange_of(name) == exchange and source in (None, *who)
    ]


def _pushes_to(target: str) -> list[str]:
    """Return what is pushed to a kind of service: news, and answers to what it may ask."""
    writers = {user for user in _SERVICES if target in topology.PUSHES_TO[user]}
    return [
        name
        for name, who in topology.SAYS.items()
        if topology.exchange_of(name) is None
        and who & writers
        and target in topology.SAYS.get(query_of(name), {target})
        and target in topology.HEARD_BY.get(name, (target,))
    ]


def _may(source: Source, right: str, name: str) -> bool:
    return re.match(topology.permissions(source)[right], name) is not None


def _exchanges() -> Json:
    keys = {"cmd": "{shard}", "query": "ledger", "evt": "{type}", "dead": ""}
    parameters = {
        "cmd": {
            "shard": {
                "enum": [str(n) for n in range(topology.COMMAND_SHARDS)],
                "description": "CRC-32 of the conversation's id, modulo the number of queues.",
            }
        },
        "evt": {"type": {"enum": _types("evt"), "description": "The message's type."}},
    }
    topic = {"topic": {"description": "A stream, an agent, a tenant's line, or an instance."}}
    return {
        name: _channel(
            f"Exchange {name}",
            keys.get(name, "{topic}"),
            "broker",
            _types(name),
            parameters=parameters.get(name, {} if name in keys else topic),
            bindings=_amqp("routingKey", exchange=_exchange(name)),
        )
        for name in topology.EXCHANGES
    }


def _exchange(name: str) -> Json:
    kind = topology.EXCHANGES[name]
    durable = {"durable": True, "autoDelete": False, "vhost": topology.VHOST}
    return {"name": name, "type": kind, **durable}


def _amqp(what: str, **more: Any) -> Json:
    return {"amqp": {"is": what, **more, "bindingVersion": "0.3.0"}}


def _queues() -> Json:
    found = {}
    for name, arguments in topology.queues().items():
        bound = [(exchange, key) for exchange, queue, key in topology.bindings() if queue == name]
        found[name] = _queue_channel(
            name,
            [type_ for exchange, key in bound for type_ in _bound(exchange, key)],
            {"durable": True, "exclusive": False, "autoDelete": False},
        )
        found[name] |= {
            "x-arguments": arguments,
            "x-bound-to": [{"exchange": exchange, "key": key} for exchange, key in bound],
        }
    for source in _SERVICES:
        if f"push.{source}" in topology.EXCHANGES:
            name = f"at.{source}"
            found[name] = _queue_channel(
                topology.instance_queue(source, "{instance}", 0).replace(".0", ".{n}"),
                _types(f"push.{source}"),
                {"durable": False, "exclusive": True, "autoDelete": True},
            )
            found[name] |= {
                "parameters": {
                    "instance": {"description": "One process of the service."},
                    "n": {"description": "Counts its connections."},
                },
                "x-arguments": {"x-max-length": topology.INSTANCE_QUEUE_LENGTH},
                "x-bound-to": [{"exchange": f"push.{source}", "key": "{topic}"}],
            }
    return found


def _bound(exchange: str, key: str) -> list[str]:
    """Return the types that a binding lets through; only a topic exchange chooses by type."""
    chooses = topology.EXCHANGES[exchange] == "topic"
    stem = key.removesuffix("#")
    return [name for name in _types(exchange) if not chooses or name.startswith(stem)]


def _queue_channel(address: str, messages: Iterable[str], flags: Json) -> Json:
    queue = {"name": address, **flags, "vhost": topology.VHOST}
    title = f"Queue {address}"
    return _channel(title, address, "broker", messages, bindings=_amqp("queue", queue=queue))


def _sockets() -> Json:
    found = {}
    for name, (source, path) in _SOCKETS.items():
        server = {"agent": "agent-service"}.get(source, source)
        frames = [*frame_names(f"{name}.in"), *frame_names(f"{name}.out")]
        found[f"socket.{name}"] = _channel(
            f"The {name}s' socket",
            path,
            server,
            frames,
            bindings={"ws": {"method": "GET", "bindingVersion": "0.1.0"}},
        )
        found[f"socket.{name}"] |= {
            "x-subprotocol": SUBPROTOCOL,
            "x-close-codes": {str(code): means for code, means in CLOSE_CODES.items()},
        }
    return found


# Operations


def _operation(action: str, source: Source, channel: str, names: Iterable[str]) -> Json:
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{channel}"},
        "messages": [{"$ref": f"#/channels/{channel}/messages/{name}"} for name in names],
        "tags": [{"name": source}],
    }


def _bus_operations() -> Json:
    found = {}
    for source in _SERVICES:
        for exchange in topology.EXCHANGES:
            if names := _types(exchange, source):
                found[f"{source}.send.{exchange}"] = _send(source, exchange, names)
        for queue, channel in _queues().items():
            if queue == f"at.{source}" or _may(source, "read", queue):
                receives = _operation("receive", source, queue, channel["messages"])
                receives["bindings"] = {
                    "amqp": {"ack": not queue.startswith("at."), "bindingVersion": "0.3.0"}
                }
                found[f"{source}.receive.{queue}"] = receives
    return found


def _send(source: Source, exchange: str, names: list[str]) -> Json:
    confirmed = not exchange.startswith("push.")
    sends = _operation("send", source, exchange, names)
    sends["bindings"] = {
        "amqp": {
            "userId": source,
            "mandatory": confirmed,
            "deliveryMode": 2 if confirmed else 1,
            "bindingVersion": "0.3.0",
        }
    }
    if exchange == "query":
        answers = [name for name in _pushes_to(source) if name in ANSWERS]
        sends["reply"] = {
            "address": {"location": "$message.payload#/reply_to"},
            "channel": {"$ref": f"#/channels/push.{source}"},
            "messages": [{"$ref": f"#/channels/push.{source}/messages/{name}"} for name in answers],
        }
    return sends


def _socket_operations() -> Json:
    return {
        f"{source}.{action}.socket.{name}": _operation(
            action, source, f"socket.{name}", frame_names(f"{name}.{side}")
        )
        for name, (source, _) in _SOCKETS.items()
        for action, side in (("receive", "in"), ("send", "out"))
    }


def main() -> None:
    """Print the document."""
    json.dump(document(), sys.stdout, indent=2, sort_keys=True, ensure_ascii=False)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
